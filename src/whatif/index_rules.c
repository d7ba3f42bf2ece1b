/*-------------------------------------------------------------------------
 *
 * index_rules.c
 *		What CREATE INDEX refuses, and the parser does not.
 *
 * Core checks this while it makes the index, mostly in DefineIndex() and
 * ComputeIndexAttrs(), which cannot be called without making it.  The errors
 * are the same, so that what whatif() accepts can be run.  Left out is what
 * depends on who runs it and where: ownership, CREATE on the schema, the
 * tablespace, a name that is taken.
 *
 * IDENTIFICATION
 *		src/whatif/index_rules.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/amapi.h"
#include "access/reloptions.h"
#include "access/sysattr.h"
#include "access/table.h"
#include "catalog/pg_class.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/partcache.h"
#include "utils/rel.h"
#include "utils/ruleutils.h"

#include "catalog/relation_facts.h"
#include "compat/messages.h"
#include "whatif/whatif_internal.h"

/* pg_attribute.attgenerated of a column without storage; no server before 18 has one. */
#define GENERATED_VIRTUAL 'v'

/* Core makes a unique index on each partition, and says so of the whole. */
static void
check_no_foreign_partitions(Oid relid)
{
	ListCell   *lc;

	foreach(lc, pa_catalog_with_partitions(relid))
	{
		if (get_rel_relkind(lfirst_oid(lc)) == RELKIND_FOREIGN_TABLE)
			ereport(ERROR,
					(errcode(ERRCODE_WRONG_OBJECT_TYPE),
					 errmsg("cannot create unique index on partitioned table \"%s\"",
							get_rel_name(relid)),
					 errdetail("Table \"%s\" contains partitions that are foreign tables.",
							   get_rel_name(relid))));
	}
}

void
pa_index_check_table(const IndexStmt *statement, Oid relid, char relkind)
{
	Relation	relation = table_open(relid, NoLock);	/* the caller has it locked */
	bool		is_others = RELATION_IS_OTHER_TEMP(relation);

	table_close(relation, NoLock);
	if (relkind != RELKIND_RELATION && relkind != RELKIND_MATVIEW &&
		relkind != RELKIND_PARTITIONED_TABLE)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("cannot create index on relation \"%s\"", get_rel_name(relid)),
				 errdetail_relkind_not_supported(relkind)));
	if (relkind == RELKIND_PARTITIONED_TABLE && statement->unique)
		check_no_foreign_partitions(relid);
	if (relkind == RELKIND_PARTITIONED_TABLE && statement->concurrent)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("cannot create index on partitioned table \"%s\" concurrently",
						get_rel_name(relid))));
	if (is_others)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("cannot create indexes on temporary tables of other sessions")));
}

void
pa_index_check_method(const IndexStmt *statement, const IndexAmRoutine *am)
{
	const char *missing = NULL;

	if (statement->unique && !am->amcanunique)
		missing = "unique indexes";
	else if (statement->indexIncludingParams != NIL && !am->amcaninclude)
		missing = "included columns";
	else if (list_length(statement->indexParams) > 1 && !am->amcanmulticol)
		missing = "multicolumn indexes";
	if (missing != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("access method \"%s\" does not support %s",
						statement->accessMethod, missing)));
	(void) index_reloptions(am->amoptions,
							transformRelOptions((Datum) 0, statement->options, NULL, NULL,
												false, false),
							true);
}

void
pa_index_check_collation(Oid type, Oid collation)
{
	if (type_is_collatable(type) && !OidIsValid(collation))
		ereport(ERROR,
				(errcode(ERRCODE_INDETERMINATE_COLLATION),
				 errmsg("could not determine which collation to use for index expression"),
				 errhint("Use the COLLATE clause to set the collation explicitly.")));
	if (!type_is_collatable(type) && OidIsValid(collation))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("collations are not supported by type %s", format_type_be(type))));
}

void
pa_index_check_order(const IndexElem *elem, const char *method_name, Oid method)
{
	const char *missing = NULL;

	if (GetIndexAmRoutineByAmId(method, false)->amcanorder)
		return;
	if (elem->ordering != SORTBY_DEFAULT)
		missing = "ASC/DESC";
	else if (elem->nulls_ordering != SORTBY_NULLS_DEFAULT)
		missing = "NULLS FIRST/LAST";
	if (missing != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("access method \"%s\" does not support %s options",
						method_name, missing)));
}

void
pa_index_check_included(const IndexElem *elem)
{
	const char *unsupported = NULL;

	if (elem->collation != NIL)
		unsupported = "a collation";
	else if (elem->opclass != NIL)
		unsupported = "an operator class";
	else if (elem->ordering != SORTBY_DEFAULT)
		unsupported = "ASC/DESC options";
	else if (elem->nulls_ordering != SORTBY_NULLS_DEFAULT)
		unsupported = "NULLS FIRST/LAST options";
	if (unsupported != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_OBJECT_DEFINITION),
				 errmsg("including column does not support %s", unsupported)));
}

/* The options of an operator class are its own to judge. */
void
pa_index_check_options(Oid opclass, Oid method, List *options)
{
	int			number = GetIndexAmRoutineByAmId(method, false)->amoptsprocnum;
	Datum		values = transformRelOptions((Datum) 0, options, NULL, NULL, false, false);
	Oid			type = get_opclass_input_type(opclass);
	Oid			function = number == 0 ? InvalidOid :
		get_opfamily_proc(get_opclass_family(opclass), type, type, number);
	local_relopts relopts;

	if (values == (Datum) 0)
		return;
	if (!OidIsValid(function))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("operator class %s has no options", generate_opclass_name(opclass))));
	init_local_reloptions(&relopts, 0);
	(void) OidFunctionCall1(function, PointerGetDatum(&relopts));
	(void) build_local_reloptions(&relopts, values, true);
}

/* True when a key of the index is that column of the partition key, compared alike. */
static bool
has_partition_column(const PaIndexSpec *spec, PartitionKey key, int i)
{
	StrategyNumber strategy = key->strategy == PARTITION_STRATEGY_HASH ?
		HTEqualStrategyNumber : BTEqualStrategyNumber;
	Oid			equal = get_opfamily_member(key->partopfamily[i], key->partopcintype[i],
											key->partopcintype[i], strategy);

	for (int j = 0; j < spec->nkeys; j++)
	{
		Oid			family = get_opclass_family(spec->keys[j].opclass);
		Oid			type = get_opclass_input_type(spec->keys[j].opclass);

		if (spec->keys[j].attnum == key->partattrs[i] &&
			spec->keys[j].collation == key->partcollation[i] &&
			get_opfamily_member(family, type, type, BTEqualStrategyNumber) == equal)
			return true;
	}
	return false;
}

void
pa_index_check_partition_key(const PaIndexSpec *spec)
{
	Relation	relation = table_open(spec->relid, NoLock);
	PartitionKey key = RelationGetPartitionKey(relation);

	for (int i = 0; i < key->partnatts; i++)
	{
		if (key->partattrs[i] == 0)
			ereport(ERROR,
					(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					 errmsg("unsupported %s constraint with partition key definition", "UNIQUE"),
					 errdetail("%s constraints cannot be used when partition keys include expressions.",
							   "UNIQUE")));
		if (!has_partition_column(spec, key, i))
			ereport(ERROR,
					(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					 errmsg("%s constraint on partitioned table must include all partitioning columns",
							PA_UNIQUE_IN_MESSAGE),
					 errdetail("%s constraint on table \"%s\" lacks column \"%s\" which is part of the partition key.",
							   "UNIQUE", RelationGetRelationName(relation),
							   get_attname(spec->relid, key->partattrs[i], false))));
	}
	table_close(relation, NoLock);
}

static void
check_column(Oid relid, AttrNumber attnum)
{
	if (attnum < 0)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("index creation on system columns is not supported")));
	if (attnum > 0 && get_attgenerated(relid, attnum) == GENERATED_VIRTUAL)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("indexes on virtual generated columns are not supported")));
}

static void
check_expression(Oid relid, Node *expression)
{
	Bitmapset  *columns = NULL;
	int			member = -1;

	pull_varattnos(expression, 1, &columns);
	while ((member = bms_next_member(columns, member)) >= 0)
		check_column(relid, member + FirstLowInvalidHeapAttributeNumber);
}

void
pa_index_check_columns(const PaIndexSpec *spec)
{
	for (int i = 0; i < spec->nkeys; i++)
		check_column(spec->relid, spec->keys[i].attnum);
	for (int i = 0; i < spec->nincluded; i++)
		check_column(spec->relid, spec->included[i]);
	for (int i = 0; i < spec->nkeys; i++)
		check_expression(spec->relid, spec->keys[i].expression);
	check_expression(spec->relid, (Node *) spec->predicate);
}
