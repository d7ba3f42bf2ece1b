/*-------------------------------------------------------------------------
 *
 * owner_sql.c
 *		SQL on the extension's own tables, with their owner's rights.
 *
 * IDENTIFICATION
 *		src/report/owner_sql.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/dependency.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "commands/extension.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"

#include "catalog/relation_facts.h"
#include "report/owner_sql.h"

#define OWN_SCHEMA "perf_advisor"
#define OWN_EXTENSION "perf_advisor"

void
pa_own_table_changed(const char *name)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_TABLE_DEFINITION),
			 errmsg("%s.%s is not the table that the extension made", OWN_SCHEMA, name),
			 errdetail("Somebody changed its columns, put something else in its place, or renamed the schema."),
			 errhint("Undo that, or create the extension anew.")));
}

Oid
pa_own_table(const char *name)
{
	Oid			schema = get_namespace_oid(OWN_SCHEMA, true);
	Oid			relid = OidIsValid(schema) ?
		get_relname_relid(name, schema) : InvalidOid;

	if (!OidIsValid(relid) ||
		get_rel_relkind(relid) != RELKIND_RELATION ||
		getExtensionOfObject(RelationRelationId, relid) !=
		get_extension_oid(OWN_EXTENSION, true))
		pa_own_table_changed(name);
	return relid;
}

void
pa_owner_begin(PaOwnerState *state, Oid relid)
{
	PaRelationFacts table;

	if (!pa_catalog_relation_facts(relid, &table))
		elog(ERROR, "table with OID %u is gone", relid);
	GetUserIdAndSecContext(&state->userid, &state->context);
	SetUserIdAndSecContext(table.owner, state->context |
						   SECURITY_LOCAL_USERID_CHANGE |
						   SECURITY_RESTRICTED_OPERATION);
	state->nestlevel = NewGUCNestLevel();
	(void) set_config_option("search_path", "pg_catalog, pg_temp", PGC_USERSET,
							 PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	(void) set_config_option("lock_timeout", PA_OWNER_LOCK_TIMEOUT, PGC_USERSET,
							 PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
}

void
pa_owner_end(const PaOwnerState *state)
{
	SPI_finish();
	AtEOXact_GUC(true, state->nestlevel);
	SetUserIdAndSecContext(state->userid, state->context);
}

void
pa_argument(PaArguments *arguments, Oid type, Datum value, bool isnull)
{
	Assert(arguments->count < PA_MAX_ARGUMENTS);
	arguments->types[arguments->count] = type;
	arguments->values[arguments->count] = value;
	arguments->nulls[arguments->count] = isnull ? 'n' : ' ';
	arguments->count++;
}

void
pa_argument_text(PaArguments *arguments, const char *value)
{
	pa_argument(arguments, TEXTOID,
				 value != NULL ? CStringGetTextDatum(value) : (Datum) 0,
				 value == NULL);
}

void
pa_argument_float8(PaArguments *arguments, double value, bool isnull)
{
	pa_argument(arguments, FLOAT8OID, Float8GetDatum(value), isnull);
}

void
pa_argument_int8_array(PaArguments *arguments, const int64 *values, int count)
{
	Datum	   *items = palloc(sizeof(Datum) * Max(count, 1));

	for (int i = 0; i < count; i++)
		items[i] = Int64GetDatum(values[i]);
	pa_argument(arguments, INT8ARRAYOID,
				 PointerGetDatum(construct_array(items, count, INT8OID,
												 sizeof(int64), FLOAT8PASSBYVAL,
												 TYPALIGN_DOUBLE)), false);
}

void
pa_argument_float8_array(PaArguments *arguments, Datum *items, bool *unknown, int count)
{
	int			lower = 1;

	pa_argument(arguments, FLOAT8ARRAYOID,
				 PointerGetDatum(construct_md_array(items, unknown, 1, &count,
													&lower, FLOAT8OID,
													sizeof(float8), FLOAT8PASSBYVAL,
													TYPALIGN_DOUBLE)), false);
}

uint64
pa_owner_run(const char *sql, PaArguments *arguments)
{
	int			result = SPI_execute_with_args(sql, arguments->count,
											   arguments->types,
											   arguments->values,
											   arguments->nulls, false, 0);

	if (result < 0)
		elog(ERROR, "SPI_execute failed: %s", SPI_result_code_string(result));
	return SPI_processed;
}
