/*-------------------------------------------------------------------------
 *
 * nodes.c
 *		The standbys that this server was told about.
 *
 * Each is a row of perf_advisor.registered_nodes with the name of a foreign
 * server, which says where it is; the table of the primary is every standby's.
 * It is read without SQL, as ignore_rules is.
 *
 * They are asked when somebody reads, all at a time: what they say is of this
 * moment, and nothing is stored.  It takes ASKING_TIME at most, and what
 * connecting takes: a node that was waited for in vain is not tried again by
 * any session for RETRY_AFTER.  What did not answer did not say that an index
 * is unused.
 *
 * IDENTIFICATION
 *		src/report/nodes.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xlog.h"
#include "catalog/pg_type.h"
#include "commands/defrem.h"
#include "executor/spi.h"
#include "foreign/foreign.h"
#include "miscadmin.h"
#include "storage/latch.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/wait_event.h"

#include "base/attempt.h"
#include "base/time_limit.h"
#include "report/node_link.h"
#include "report/nodes.h"
#include "report/owner_sql.h"
#include "store/store.h"

#define NODES_TABLE "registered_nodes"
#define NODES_COLUMNS 3			/* server, added_at, added_by */

#define ASKING_TIME 2000		/* msec, for all nodes together */
#define LOOK_EVERY 10L			/* msec between looks for answers */
#define LONG_WAIT 500			/* msec; a failure that took longer is remembered */
#define RETRY_AFTER (60 * 1000) /* msec */
#define MAX_CONNECT_TIMEOUT 10	/* s */

/* ---- the table ---- */

static PaNode *
read_node(Relation relation, HeapTuple tuple)
{
	TupleDesc	desc = RelationGetDescr(relation);
	PaNode	   *node = palloc0(sizeof(PaNode));
	bool		isnull[2];
	Datum		server = heap_getattr(tuple, 1, desc, &isnull[0]);
	Datum		added_at = heap_getattr(tuple, 2, desc, &isnull[1]);

	node->server = isnull[0] ? pstrdup("") : pstrdup(NameStr(*DatumGetName(server)));
	node->added_at = isnull[1] ? 0 : DatumGetTimestampTz(added_at);
	return node;
}

static void
check_table(Relation relation)
{
	TupleDesc	desc = RelationGetDescr(relation);

	if (relation->rd_rel->relkind != RELKIND_RELATION || desc->natts != NODES_COLUMNS ||
		TupleDescAttr(desc, 0)->atttypid != NAMEOID ||
		TupleDescAttr(desc, 1)->atttypid != TIMESTAMPTZOID)
		pa_own_table_changed(NODES_TABLE);
}

/* List of PaNode *, none of them asked.  An error when the table is locked. */
static List *
read_nodes(void)
{
	Oid			relid = pa_own_table(NODES_TABLE);
	List	   *nodes = NIL;
	Relation	relation;
	SysScanDesc scan;
	HeapTuple	tuple;

	if (!ConditionalLockRelationOid(relid, AccessShareLock))
		ereport(ERROR,
				(errcode(ERRCODE_LOCK_NOT_AVAILABLE),
				 errmsg("perf_advisor.%s is locked by another transaction", NODES_TABLE),
				 errhint("Try again when that transaction has ended.")));
	relation = try_table_open(relid, NoLock);
	if (relation == NULL)
		return NIL;
	check_table(relation);
	scan = systable_beginscan(relation, InvalidOid, false, GetActiveSnapshot(), 0, NULL);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
		nodes = lappend(nodes, read_node(relation, tuple));
	systable_endscan(scan);
	table_close(relation, AccessShareLock);
	return nodes;
}

/* ---- foreign servers ---- */

/* The foreign server's connect_timeout, NULL when it has none. */
static const char *
connect_timeout(const ForeignServer *server)
{
	ListCell   *lc;

	foreach(lc, server->options)
	{
		DefElem    *option = lfirst(lc);

		if (strcmp(option->defname, "connect_timeout") == 0)
			return defGetString(option);
	}
	return NULL;
}

/*
 * Whether connecting takes a bounded time.  libpq takes a negative number and 0
 * for no limit.
 */
static bool
is_bounded(const ForeignServer *server)
{
	const char *value = connect_timeout(server);
	char	   *end;
	long		seconds;

	if (value == NULL)
		return false;
	seconds = strtol(value, &end, 10);
	return end != value && *end == '\0' && seconds > 0 && seconds <= MAX_CONNECT_TIMEOUT;
}

/* libpq tries each of several hosts for as long as one. */
static bool
has_several_hosts(const ForeignServer *server)
{
	ListCell   *lc;

	foreach(lc, server->options)
	{
		DefElem    *option = lfirst(lc);

		if ((strcmp(option->defname, "host") == 0 || strcmp(option->defname, "hostaddr") == 0) &&
			strchr(defGetString(option), ',') != NULL)
			return true;
	}
	return false;
}

/*
 * Whoever owns the foreign server says which server is asked, with the reader's
 * user mapping: that must be somebody who may add nodes.  A server that another
 * role made under a name that was left is none.
 */
static bool
is_trusted(const ForeignServer *server)
{
	return pg_class_aclcheck(pa_own_table(NODES_TABLE), server->owner, ACL_INSERT) == ACLCHECK_OK;
}

/* Why the foreign server can't be asked, or NULL. */
static const char *
server_refusal(const ForeignServer *server)
{
	if (server == NULL)
		return "the foreign server does not exist";
	if (!is_bounded(server))
		return "the foreign server has no connect_timeout of 1 to 10 seconds";
	if (has_several_hosts(server))
		return "the foreign server leads to several hosts";
	if (!is_trusted(server))
		return "the foreign server's owner may not add nodes";
	return NULL;
}

/* ---- what failed lately ---- */

/*
 * True when the server was waited for in vain a moment ago, by this session or
 * another one.
 */
static bool
failed_lately(const PaNodeLink *link, TimestampTz *at)
{
	*at = pa_store_unreachable_at(MyDatabaseId, link->serverid);
	return *at != 0 && !TimestampDifferenceExceeds(*at, GetCurrentTimestamp(), RETRY_AFTER);
}

/*
 * Remembers a failure that took its time.  What is refused at once costs
 * nothing, and may be for want of this user's password.
 */
static void
remember_failure(const PaNodeLink *link)
{
	TimestampTz now = GetCurrentTimestamp();

	if (TimestampDifferenceExceeds(link->node->asked_at, now, LONG_WAIT))
		pa_store_note_unreachable(MyDatabaseId, link->serverid, now);
}

static void
forget_failure(Oid serverid)
{
	if (pa_store_unreachable_at(MyDatabaseId, serverid) != 0)
		pa_store_note_unreachable(MyDatabaseId, serverid, 0);
}

/* ---- asking ---- */

typedef struct Asking
{
	List	   *links;			/* of PaNodeLink * */
	const char *schema;			/* of dblink */
	TimestampTz until;
} Asking;

static bool
is_time_up(const Asking *asking)
{
	return GetCurrentTimestamp() >= asking->until;
}

/* Milliseconds, at least one. */
static int
time_left(const Asking *asking)
{
	return Max(TimestampDifferenceMilliseconds(GetCurrentTimestamp(), asking->until), 1);
}

/* Connects and sends the question, unless there is a reason not to. */
static void
start_link(Asking *asking, PaNodeLink *link)
{
	PaNode	   *node = link->node;
	ForeignServer *server = GetForeignServerByName(node->server, true);
	const char *why = server_refusal(server);

	node->state = PA_NODE_REFUSED;
	node->message = why != NULL ? pstrdup(why) : NULL;
	if (why != NULL)
		return;
	link->serverid = server->serverid;
	link->name = psprintf("perf_advisor node %u", server->serverid);
	node->state = PA_NODE_NOT_ASKED;
	if (is_time_up(asking))
	{
		node->message = pstrdup("other nodes took all the time");
		return;
	}
	if (failed_lately(link, &node->asked_at))
	{
		node->state = PA_NODE_UNREACHABLE;
		node->message = pstrdup("it was waited for in vain less than a minute ago");
		return;
	}
	node->asked_at = GetCurrentTimestamp();
	if (pa_node_connect(asking->schema, link, time_left(asking)))
		(void) pa_node_send(asking->schema, link);
	if (node->state == PA_NODE_UNREACHABLE)
		remember_failure(link);
}

/* Takes the answers that have come.  True while some have not. */
static bool
take_answers(Asking *asking)
{
	bool		waiting = false;
	ListCell   *lc;

	foreach(lc, asking->links)
	{
		PaNodeLink *link = lfirst(lc);

		if (link->waiting && pa_node_is_ready(asking->schema, link))
			pa_node_receive(asking->schema, link);
		waiting |= link->waiting;
	}
	return waiting;
}

/* A server that answered under two names is one. */
static void
refuse_doubles(Asking *asking)
{
	for (int i = 0; i < list_length(asking->links); i++)
	{
		const PaNode *first = ((PaNodeLink *) list_nth(asking->links, i))->node;

		for (int j = i + 1; j < list_length(asking->links) && first->state == PA_NODE_ANSWERED; j++)
		{
			PaNode	   *node = ((PaNodeLink *) list_nth(asking->links, j))->node;

			if (node->state != PA_NODE_ANSWERED || node->started_at != first->started_at)
				continue;
			node->state = PA_NODE_REFUSED;
			node->message = psprintf("it is the same server as \"%s\"", first->server);
			node->nuses = 0;
			node->receivers = 0;
		}
	}
}

/* Nodes that have not answered by now are unreachable. */
static void
give_up_waiting(Asking *asking)
{
	ListCell   *lc;

	foreach(lc, asking->links)
	{
		PaNodeLink *link = lfirst(lc);

		if (!link->waiting)
			continue;
		link->node->state = PA_NODE_UNREACHABLE;
		link->node->message = pstrdup("it did not answer in time");
		remember_failure(link);
	}
}

static bool
ask_cb(void *arg)
{
	Asking	   *asking = arg;
	ListCell   *lc;

	asking->until = TimestampTzPlusMilliseconds(GetCurrentTimestamp(), ASKING_TIME);
	foreach(lc, asking->links)
		start_link(asking, lfirst(lc));
	while (take_answers(asking))
	{
		if (is_time_up(asking))
		{
			give_up_waiting(asking);
			break;
		}
		(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH,
						 LOOK_EVERY, PG_WAIT_EXTENSION);
		ResetLatch(MyLatch);
		CHECK_FOR_INTERRUPTS();
	}
	refuse_doubles(asking);
	return true;
}

/*
 * Asks all of them; whatever happens, no connection stays open.  What dblink
 * runs and says on the way is nobody's: it is not recorded, and its notices go
 * nowhere.
 */
static void
ask(Asking *asking)
{
	int			nestlevel = NewGUCNestLevel();
	ErrorData  *error;
	bool		done;
	ListCell   *lc;

	(void) set_config_option("search_path", "pg_catalog, pg_temp", PGC_USERSET,
							 PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	(void) set_config_option("client_min_messages", "error", PGC_USERSET,
							 PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	(void) set_config_option("perf_advisor.track", "none", PGC_SUSET,
							 PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	asking->schema = pa_node_dblink_schema();
	if (asking->schema != NULL)
	{
		pa_time_limit_reset();
		error = pa_attempt_catch(ask_cb, asking, &done);
		foreach(lc, asking->links)
			pa_node_disconnect(asking->schema, lfirst(lc));
		if (error != NULL)
			ReThrowError(error);
		pa_time_limit_finish();
	}
	AtEOXact_GUC(true, nestlevel);
}

List *
pa_nodes_ask(void)
{
	List	   *nodes = read_nodes();
	Asking		asking = {0};
	const char *why = RecoveryInProgress() ?
		"this server is itself a standby" : "dblink is not installed in this database";
	ListCell   *lc;

	foreach(lc, nodes)
	{
		PaNode	   *node = lfirst(lc);
		PaNodeLink *link = palloc0(sizeof(PaNodeLink));

		node->message = pstrdup(why);	/* unless it is asked */
		link->node = node;
		asking.links = lappend(asking.links, link);
	}
	if (nodes != NIL && !RecoveryInProgress())
		ask(&asking);
	return nodes;
}

/* ---- changing ---- */

static void
check_server(const char *name)
{
	ForeignServer *server = GetForeignServerByName(name, true);

	if (server == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("server \"%s\" does not exist", name),
				 errhint("CREATE SERVER ... FOREIGN DATA WRAPPER dblink_fdw OPTIONS (host '...', dbname '...', connect_timeout '2'), and CREATE USER MAPPING.")));
	if (!is_bounded(server))
		ereport(ERROR,
				(errcode(ERRCODE_FDW_OPTION_NAME_NOT_FOUND),
				 errmsg("server \"%s\" has no connect_timeout of 1 to %d seconds", name, MAX_CONNECT_TIMEOUT),
				 errdetail("Whoever reads advice would wait for a node that is down."),
				 errhint("ALTER SERVER %s OPTIONS (%s connect_timeout '2');", quote_identifier(name),
						 connect_timeout(server) != NULL ? "SET" : "ADD")));
	if (has_several_hosts(server))
		ereport(ERROR,
				(errcode(ERRCODE_FDW_INVALID_OPTION_NAME),
				 errmsg("server \"%s\" leads to several hosts", name),
				 errdetail("A node is one server, and each of several hosts would be waited for."),
				 errhint("Make a foreign server for each, and add them all.")));
	if (!is_trusted(server))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("the owner of server \"%s\" may not add nodes", name),
				 errdetail("Whoever owns it could have readers of advice connected to any other server."),
				 errhint("ALTER SERVER %s OWNER TO the owner of perf_advisor.%s.", quote_identifier(name), NODES_TABLE)));
}

static void
check_dblink(void)
{
	if (pa_node_dblink_schema() == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("extension \"dblink\" is not installed in this database"),
				 errdetail("Nodes are asked through it."),
				 errhint("CREATE EXTENSION dblink;")));
}

/* Runs a statement about one server as the table's owner; gives its rows. */
static uint64
run_as_owner(const char *sql, const char *server)
{
	PaOwnerState state;
	PaArguments arguments = {0};
	uint64		rows;

	pa_owner_begin(&state, pa_own_table(NODES_TABLE));
	pa_argument_text(&arguments, server);
	rows = pa_owner_run(sql, &arguments);
	pa_owner_end(&state);
	return rows;
}

void
pa_nodes_add(const char *server)
{
	check_dblink();
	check_server(server);
	if (run_as_owner("INSERT INTO perf_advisor.registered_nodes (server) VALUES ($1::pg_catalog.name)"
					 " ON CONFLICT DO NOTHING", server) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_OBJECT),
				 errmsg("server \"%s\" is a node already", server)));
	forget_failure(GetForeignServerByName(server, false)->serverid);
}

void
pa_nodes_remove(const char *server)
{
	if (run_as_owner("DELETE FROM perf_advisor.registered_nodes"
					 " WHERE server OPERATOR(pg_catalog.=) $1::pg_catalog.name", server) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("server \"%s\" is no node", server),
				 errhint("SELECT * FROM perf_advisor.nodes shows all.")));
}
