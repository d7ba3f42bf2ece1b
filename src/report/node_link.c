/*-------------------------------------------------------------------------
 *
 * node_link.c
 *		Connections to other servers, by contrib's dblink.
 *
 * dblink is called as any user calls it: with the caller's rights and user
 * mapping, by names that nobody's search_path changes.  Each call is in a
 * subtransaction of its own, since a server that is not there is an error to
 * dblink and a fact to us.
 *
 * The question is sent and not waited for; whoever asks looks now and then
 * whether there is an answer (nodes.c).  Only connecting waits: up to 15 for
 * as long as the foreign server's connect_timeout allows, and deaf to a cancel
 * meanwhile; from 16 on, where dblink does not heed that option, until a
 * timeout of ours.
 *
 * IDENTIFICATION
 *		src/report/node_link.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xlog.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "base/attempt.h"
#include "base/time_limit.h"
#include "report/node_link.h"

/*
 * As the answer's columns below; times in microseconds of Unix.  One statement
 * alone: dblink_is_busy() tells that its result is there to the last byte, of a
 * second one the rest would be waited for.
 */
#define QUESTION \
	"SELECT s.system_identifier, pg_catalog.pg_is_in_recovery(), d.oid, u.indexrelid, u.uses," \
	" (extract(epoch FROM u.last_used) * 1000000)::pg_catalog.int8," \
	" (extract(epoch FROM u.first_seen) * 1000000)::pg_catalog.int8, u.complete," \
	" (extract(epoch FROM pg_catalog.pg_postmaster_start_time()) * 1000000)::pg_catalog.int8," \
	" (SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_replication AS r" \
	" FULL JOIN pg_catalog.pg_replication_slots AS l ON l.active_pid OPERATOR(pg_catalog.=) r.pid" \
	" WHERE l.slot_type IS DISTINCT FROM 'logical'" \
	" AND (r.pid IS NULL OR r.replay_lsn IS NOT NULL))" \
	" FROM pg_catalog.pg_control_system() AS s" \
	" JOIN pg_catalog.pg_database AS d ON d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()" \
	" LEFT JOIN perf_advisor.index_usage AS u ON true"

#define ANSWER \
	" AS a(system_identifier bigint, in_recovery boolean, dbid oid, indexrelid oid," \
	" uses bigint, last_used bigint, first_seen bigint, complete boolean," \
	" started_at bigint, receivers bigint)"

#define UNIX_EPOCH_USEC \
	((int64) (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * USECS_PER_DAY)

/* A call of dblink and where its result goes. */
typedef struct Call
{
	const char *sql;
	int			narguments;
	const char *arguments[2];
	bool		(*take) (struct Call *call);
	PaNodeLink *link;
	char	   *text;			/* palloc'd in "context" */
	MemoryContext context;
} Call;

static void
say(PaNodeLink *link, PaNodeState state, char *message)
{
	link->node->state = state;
	link->node->message = message;
}

/* ---- calling ---- */

/* The first value of the first row as text; NULL for none. */
static bool
take_text(Call *call)
{
	if (SPI_processed > 0)
	{
		char	   *value = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);

		call->text = value == NULL ? NULL : MemoryContextStrdup(call->context, value);
	}
	return true;
}

static bool
call_cb(void *arg)
{
	Call	   *call = arg;
	Oid			types[2] = {TEXTOID, TEXTOID};
	Datum		values[2];
	bool		done;

	for (int i = 0; i < call->narguments; i++)
		values[i] = CStringGetTextDatum(call->arguments[i]);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	if (SPI_execute_with_args(call->sql, call->narguments, types, values, NULL, true, 0) != SPI_OK_SELECT)
		elog(ERROR, "unexpected result of dblink");
	done = call->take(call);
	SPI_finish();
	return done;
}

/* What an error says, with the first line of its detail: libpq's words. */
static char *
error_words(const ErrorData *error)
{
	const char *detail = error->detail;

	if (detail == NULL)
		return pstrdup(error->message);
	return psprintf("%s: %.*s", error->message, (int) strcspn(detail, "\n"), detail);
}

/*
 * Calls a function of dblink with the connection's name and maybe one more
 * argument.  When that fails the node's state is "failed", and false returned.
 */
static bool
call_dblink(Call *call, const char *schema, const char *function,
			const char *argument, PaNodeState failed)
{
	ErrorData  *error;
	bool		done;

	call->context = CurrentMemoryContext;
	call->arguments[0] = call->link->name;
	call->arguments[1] = argument;
	call->narguments = argument == NULL ? 1 : 2;
	if (call->sql == NULL)
		call->sql = psprintf("SELECT %s.%s(%s)::pg_catalog.text", schema, function,
							 argument == NULL ? "$1" : "$1, $2");
	error = pa_attempt_catch(call_cb, call, &done);
	if (error == NULL)
		return done;
	if (error->sqlerrcode == ERRCODE_QUERY_CANCELED && pa_time_limit_passed() && !pa_is_cancel(error))
	{
		say(call->link, failed, pstrdup("it did not answer in time"));
		return false;
	}
	if (pa_is_interruption(error))
		ReThrowError(error);
	say(call->link, failed, error_words(error));
	return false;
}

/* ---- the steps ---- */

static bool
take_schema(Call *call)
{
	(void) take_text(call);
	return true;
}

char *
pa_node_dblink_schema(void)
{
	Call		call = {.take = take_schema, .context = CurrentMemoryContext};

	call.sql = "SELECT pg_catalog.quote_ident(n.nspname) FROM pg_catalog.pg_extension AS e"
		" JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) e.extnamespace"
		" WHERE e.extname OPERATOR(pg_catalog.=) 'dblink'";
	(void) call_cb(&call);
	return call.text;
}

bool
pa_node_connect(const char *schema, PaNodeLink *link, int msec)
{
	Call		call = {.take = take_text, .link = link};

	pa_time_limit_start(msec);
	PG_TRY();
	{
		link->connected = call_dblink(&call, schema, "dblink_connect", link->node->server,
									  PA_NODE_UNREACHABLE);
	}
	PG_FINALLY();
	{
		pa_time_limit_stop();
	}
	PG_END_TRY();
	return link->connected;
}

bool
pa_node_send(const char *schema, PaNodeLink *link)
{
	Call		call = {.take = take_text, .link = link};

	link->waiting = call_dblink(&call, schema, "dblink_send_query", QUESTION, PA_NODE_UNREACHABLE);
	if (link->waiting && (call.text == NULL || strcmp(call.text, "1") != 0))
	{
		say(link, PA_NODE_UNREACHABLE, pstrdup("the question could not be sent"));
		link->waiting = false;
	}
	return link->waiting;
}

bool
pa_node_is_ready(const char *schema, PaNodeLink *link)
{
	Call		call = {.take = take_text, .link = link};

	return !call_dblink(&call, schema, "dblink_is_busy", NULL, PA_NODE_UNREACHABLE) ||
		call.text == NULL || strcmp(call.text, "0") == 0;
}

void
pa_node_disconnect(const char *schema, PaNodeLink *link)
{
	Call		call = {.take = take_text, .link = link};
	PaNode		kept = *link->node;

	if (!link->connected)
		return;
	link->connected = link->waiting = false;
	(void) call_dblink(&call, schema, "dblink_disconnect", NULL, PA_NODE_UNREACHABLE);
	*link->node = kept;			/* what it said before counts */
}

/* ---- the answer ---- */

static int64
int8_value(HeapTuple tuple, int column, bool *isnull)
{
	Datum		value = SPI_getbinval(tuple, SPI_tuptable->tupdesc, column, isnull);

	return *isnull ? 0 : DatumGetInt64(value);
}

static Oid
oid_value(HeapTuple tuple, int column, bool *isnull)
{
	Datum		value = SPI_getbinval(tuple, SPI_tuptable->tupdesc, column, isnull);

	return *isnull ? InvalidOid : DatumGetObjectId(value);
}

static bool
bool_value(HeapTuple tuple, int column)
{
	bool		isnull;
	Datum		value = SPI_getbinval(tuple, SPI_tuptable->tupdesc, column, &isnull);

	return !isnull && DatumGetBool(value);
}

static TimestampTz
time_value(HeapTuple tuple, int column)
{
	bool		isnull;
	int64		usec = int8_value(tuple, column, &isnull);

	return isnull ? 0 : usec - UNIX_EPOCH_USEC;
}

/* Why the answer is not about this database's indexes, or NULL. */
static const char *
refusal(HeapTuple tuple)
{
	bool		isnull;

	if ((uint64) int8_value(tuple, 1, &isnull) != GetSystemIdentifier())
		return "it is no copy of this server: the system identifiers differ";
	if (!bool_value(tuple, 2))
		return "it is not a standby";
	if (oid_value(tuple, 3, &isnull) != MyDatabaseId)
		return "the foreign server leads to another database";
	(void) int8_value(tuple, 7, &isnull);
	if (isnull && oid_value(tuple, 4, &isnull) != InvalidOid)
		return "perf_advisor is not in its shared_preload_libraries";
	return NULL;
}

/* No server has been up for that long, nor any index been used so often. */
#define MAX_USES INT64CONST(1000000000000000)

static bool
is_plausible_time(TimestampTz time)
{
	return time >= 0 && time < GetCurrentTimestamp() + USECS_PER_DAY;
}

static bool
is_plausible(const PaNodeIndexUse *use)
{
	return use->uses >= 0 && use->uses <= MAX_USES && use->first_seen != 0 &&
		is_plausible_time(use->first_seen) && is_plausible_time(use->last_used);
}

static void
take_use(PaNodeIndexUse *use, HeapTuple tuple)
{
	bool		isnull;

	use->indexid = oid_value(tuple, 4, &isnull);
	use->uses = int8_value(tuple, 5, &isnull);
	use->last_used = time_value(tuple, 6);
	use->first_seen = time_value(tuple, 7);
	use->complete = bool_value(tuple, 8);
}

static bool
take_answer(Call *call)
{
	PaNode	   *node = call->link->node;
	const char *why;
	bool		isnull;

	if (SPI_processed == 0)
		return false;
	why = refusal(SPI_tuptable->vals[0]);
	if (why != NULL)
	{
		say(call->link, PA_NODE_REFUSED, MemoryContextStrdup(call->context, why));
		return true;
	}
	node->started_at = int8_value(SPI_tuptable->vals[0], 9, &isnull);
	node->receivers = Max(int8_value(SPI_tuptable->vals[0], 10, &isnull), 0);
	node->uses = MemoryContextAllocHuge(call->context, SPI_processed * sizeof(PaNodeIndexUse));
	node->nuses = 0;
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		PaNodeIndexUse *use = &node->uses[node->nuses];

		take_use(use, SPI_tuptable->vals[i]);
		if (!OidIsValid(use->indexid))
			continue;
		if (!is_plausible(use))
		{
			node->nuses = 0;
			say(call->link, PA_NODE_REFUSED,
				MemoryContextStrdup(call->context, "what it says of its indexes cannot be true"));
			return true;
		}
		node->nuses++;
	}
	say(call->link, PA_NODE_ANSWERED, NULL);
	return true;
}

/* What the node said instead of an answer. */
static void
ask_for_error(const char *schema, PaNodeLink *link)
{
	Call		call = {.take = take_text, .link = link};

	if (call_dblink(&call, schema, "dblink_error_message", NULL, PA_NODE_UNREACHABLE))
		say(link, PA_NODE_REFUSED, call.text == NULL || call.text[0] == '\0' ?
			pstrdup("it gave no answer") :
			pnstrdup(call.text, strcspn(call.text, "\n")));
}

void
pa_node_receive(const char *schema, PaNodeLink *link)
{
	Call		call = {.take = take_answer, .link = link};

	link->waiting = false;
	say(link, PA_NODE_NOT_ASKED, NULL);
	call.sql = psprintf("SELECT a.* FROM %s.dblink_get_result($1, false)" ANSWER, schema);
	if (!call_dblink(&call, schema, NULL, NULL, PA_NODE_REFUSED) &&
		link->node->state == PA_NODE_NOT_ASKED)
		ask_for_error(schema, link);
}
