/*-------------------------------------------------------------------------
 *
 * relation_facts.c
 *		Facts about a table: kind, names, owner, size, b-tree indexes.
 *
 * Read from the catalogs at the moment of the call.  Nothing waits: the size
 * needs the table open, so its lock is asked for conditionally, and the last
 * known number of pages is the answer when somebody holds the table.
 *
 * What does not belong here: the opinion whether a table deserves advice
 * (whatif/ and analyze/).
 *
 * IDENTIFICATION
 *		src/catalog/relation_facts.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/relation.h"
#include "access/table.h"
#include "catalog/catalog.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "catalog/pg_index.h"
#include "catalog/pg_opclass.h"
#include "catalog/pg_statistic.h"
#include "storage/bufmgr.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "catalog/column_facts.h"
#include "catalog/relation_facts.h"

/* Bytes of the main fork, or the catalog's pages when the table is locked. */
static int64
relation_size(Oid relid, int32 relpages)
{
	Relation	relation;
	int64		size = (int64) Max(relpages, 0) * BLCKSZ;

	if (!ConditionalLockRelationOid(relid, AccessShareLock))
		return size;
	relation = try_relation_open(relid, NoLock);
	if (relation == NULL)
	{
		UnlockRelationOid(relid, AccessShareLock);
		return 0;
	}
	if (RELKIND_HAS_STORAGE(relation->rd_rel->relkind))
		size = (int64) RelationGetNumberOfBlocks(relation) * BLCKSZ;
	else
		size = 0;
	relation_close(relation, AccessShareLock);
	return size;
}

/* Whether some column has statistics: CREATE INDEX alone sets reltuples. */
static bool
has_statistics(Oid relid, int natts)
{
	for (int attnum = 1; attnum <= natts; attnum++)
	{
		if (SearchSysCacheExists3(STATRELATTINH, ObjectIdGetDatum(relid),
								  Int16GetDatum(attnum), BoolGetDatum(false)))
			return true;
	}
	return false;
}

static bool
is_system_namespace(Oid namespaceid, const char *name)
{
	return IsCatalogNamespace(namespaceid) || IsToastNamespace(namespaceid) ||
		(name != NULL && strcmp(name, "information_schema") == 0);
}

bool
pa_catalog_relation_facts(Oid relid, PaRelationFacts *facts)
{
	HeapTuple	tuple;
	Form_pg_class class;
	int32		relpages;
	int			natts;

	memset(facts, 0, sizeof(*facts));
	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	if (!HeapTupleIsValid(tuple))
		return false;
	class = (Form_pg_class) GETSTRUCT(tuple);
	facts->relid = relid;
	facts->namespaceid = class->relnamespace;
	facts->owner = class->relowner;
	facts->relname = pstrdup(NameStr(class->relname));
	facts->relkind = class->relkind;
	facts->persistence = class->relpersistence;
	facts->is_partition = class->relispartition;
	facts->tuples = class->reltuples < 0 ? -1 : class->reltuples;
	relpages = class->relpages;
	natts = class->relnatts;
	ReleaseSysCache(tuple);

	facts->schemaname = get_namespace_name(facts->namespaceid);
	if (facts->schemaname == NULL)
		return false;			/* dropped meanwhile */
	facts->is_catalog = is_system_namespace(facts->namespaceid, facts->schemaname);
	facts->is_extension = OidIsValid(getExtensionOfObject(RelationRelationId, relid));
	facts->is_analyzed = facts->tuples >= 0 && has_statistics(relid, natts);
	facts->size = relation_size(relid, relpages);
	return true;
}

char *
pa_catalog_column_name(Oid relid, AttrNumber attnum)
{
	return get_attname(relid, attnum, true);
}

/*
 * The leading keys of one pg_index row that a plain CREATE INDEX would give
 * too.  Returns NULL when not even the first is such a key.
 */
static PaIndexSpec *
index_spec(Relation pg_index, HeapTuple tuple)
{
	Form_pg_index index = (Form_pg_index) GETSTRUCT(tuple);
	PaIndexSpec *spec = palloc0(sizeof(PaIndexSpec));
	oidvector  *classes;
	oidvector  *collations;
	int2vector *options;
	bool		isnull;

	collations = (oidvector *) DatumGetPointer(heap_getattr(tuple, Anum_pg_index_indcollation,
															RelationGetDescr(pg_index), &isnull));
	classes = (oidvector *) DatumGetPointer(heap_getattr(tuple, Anum_pg_index_indclass,
														 RelationGetDescr(pg_index), &isnull));
	options = (int2vector *) DatumGetPointer(heap_getattr(tuple, Anum_pg_index_indoption,
														  RelationGetDescr(pg_index), &isnull));

	spec->relid = index->indrelid;
	spec->method = BTREE_AM_OID;
	for (int i = 0; i < index->indnkeyatts && i < PA_MAX_INDEX_KEYS; i++)
	{
		PaColumnFacts column;
		Oid			opfamily,
					opcintype;

		if (!pa_catalog_column_facts(index->indrelid, index->indkey.values[i], &column) ||
			!get_opclass_opfamily_and_input_type(classes->values[i], &opfamily, &opcintype) ||
			opfamily != column.opfamily ||
			collations->values[i] != column.collation)
			break;
		spec->keys[i].attnum = column.attnum;
		spec->keys[i].descending = (options->values[i] & INDOPTION_DESC) != 0;
		spec->keys[i].nulls_first = (options->values[i] & INDOPTION_NULLS_FIRST) != 0;
		spec->nkeys++;
	}
	return spec->nkeys > 0 ? spec : NULL;
}

static bool
is_btree(Oid indexid)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(indexid));
	bool		result;

	if (!HeapTupleIsValid(tuple))
		return false;
	result = ((Form_pg_class) GETSTRUCT(tuple))->relam == BTREE_AM_OID;
	ReleaseSysCache(tuple);
	return result;
}

List *
pa_catalog_btree_indexes(Oid relid)
{
	Relation	pg_index = table_open(IndexRelationId, AccessShareLock);
	SysScanDesc scan;
	ScanKeyData key;
	HeapTuple	tuple;
	List	   *result = NIL;

	ScanKeyInit(&key, Anum_pg_index_indrelid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(relid));
	scan = systable_beginscan(pg_index, IndexIndrelidIndexId, true, NULL, 1, &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_index index = (Form_pg_index) GETSTRUCT(tuple);
		PaIndexSpec *spec;

		if (!index->indisvalid || !index->indislive || !is_btree(index->indexrelid) ||
			!heap_attisnull(tuple, Anum_pg_index_indpred, RelationGetDescr(pg_index)))
			continue;
		spec = index_spec(pg_index, tuple);
		if (spec != NULL)
			result = lappend(result, spec);
	}
	systable_endscan(scan);
	table_close(pg_index, AccessShareLock);
	return result;
}
