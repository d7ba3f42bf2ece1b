/*-------------------------------------------------------------------------
 *
 * index_catalog.c
 *		All indexes of the database, and one of them in full.
 *
 * Read from the catalogs at the moment of the call, with nothing locked but
 * the catalogs themselves.  What is dropped on the way is not there.
 *
 * What does not belong here: which index is superfluous (analyze/).
 *
 * IDENTIFICATION
 *		src/catalog/index_catalog.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/transam.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/pg_class.h"
#include "catalog/pg_index.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_opclass.h"
#include "nodes/nodeFuncs.h"
#include "nodes/primnodes.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/fmgrprotos.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "catalog/index_catalog.h"
#include "catalog/index_facts.h"
#include "catalog/relation_facts.h"

/* ---- all of them ---- */

static int
compare_entries(const void *a, const void *b)
{
	const PaIndexEntry *one = (const PaIndexEntry *) a;
	const PaIndexEntry *other = (const PaIndexEntry *) b;

	if (one->relid != other->relid)
		return one->relid < other->relid ? -1 : 1;
	return one->indexid < other->indexid ? -1 : 1;
}

static void
fill_entry(PaIndexEntry *entry, Form_pg_index index)
{
	entry->relid = index->indrelid;
	entry->indexid = index->indexrelid;
	entry->leading = index->indkey.values[0];
	entry->valid = index->indisvalid;
	entry->ready = index->indisready;
	entry->live = index->indislive;
	entry->unique = index->indisunique;
}

PaIndexEntry *
pa_catalog_index_entries(int *count)
{
	int			room = 1024;
	PaIndexEntry *entries = palloc(room * sizeof(PaIndexEntry));
	Relation	pg_index = table_open(IndexRelationId, AccessShareLock);
	SysScanDesc scan = systable_beginscan(pg_index, InvalidOid, false, NULL, 0, NULL);
	HeapTuple	tuple;

	*count = 0;
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_index index = (Form_pg_index) GETSTRUCT(tuple);

		if (index->indexrelid < FirstNormalObjectId)
			continue;
		if (*count == room)
		{
			room *= 2;
			entries = repalloc_huge(entries, room * sizeof(PaIndexEntry));
		}
		fill_entry(&entries[(*count)++], index);
	}
	systable_endscan(scan);
	table_close(pg_index, AccessShareLock);
	qsort(entries, *count, sizeof(PaIndexEntry), compare_entries);
	return entries;
}

bool
pa_catalog_index_entry(Oid indexid, PaIndexEntry *entry)
{
	HeapTuple	tuple;

	AcceptInvalidationMessages();
	tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(indexid));
	if (!HeapTupleIsValid(tuple))
		return false;
	fill_entry(entry, (Form_pg_index) GETSTRUCT(tuple));
	ReleaseSysCache(tuple);
	return true;
}

/* ---- one of them ---- */

/* An array of texts as one text; NULL: there is none. */
static const char *
options_text(Datum options, bool isnull)
{
	return isnull ? NULL : OidOutputFunctionCall(F_ARRAY_OUT, options);
}

static const char *
opclass_options(Oid indexid, int attnum)
{
	HeapTuple	tuple = SearchSysCache2(ATTNUM, ObjectIdGetDatum(indexid),
										Int16GetDatum(attnum));
	const char *text;
	bool		isnull;
	Datum		value;

	if (!HeapTupleIsValid(tuple))
		return NULL;
	value = SysCacheGetAttr(ATTNUM, tuple, Anum_pg_attribute_attoptions, &isnull);
	text = options_text(value, isnull);
	ReleaseSysCache(tuple);
	return text;
}

/* InvalidOid when it is gone. */
static Oid
family_of(Oid opclass)
{
	HeapTuple	tuple = SearchSysCache1(CLAOID, ObjectIdGetDatum(opclass));
	Oid			family;

	if (!HeapTupleIsValid(tuple))
		return InvalidOid;
	family = ((Form_pg_opclass) GETSTRUCT(tuple))->opcfamily;
	ReleaseSysCache(tuple);
	return family;
}

/* A cast that changes nothing is not there; a column remains a column. */
static void
set_expression(PaDescribedKey *key, Node *expression)
{
	while (IsA(expression, RelabelType))
		expression = (Node *) ((RelabelType *) expression)->arg;
	if (IsA(expression, Var) && ((Var *) expression)->varattno != 0)
		key->attnum = ((Var *) expression)->varattno;
	else
		key->expression = expression;
}

static void
describe_keys(HeapTuple tuple, PaDescribedIndex *description)
{
	Form_pg_index index = (Form_pg_index) GETSTRUCT(tuple);
	List	   *expressions = pa_catalog_index_expressions(tuple);
	ListCell   *next = list_head(expressions);
	oidvector  *classes;
	oidvector  *collations;
	int2vector *options;
	bool		isnull;

	classes = (oidvector *) DatumGetPointer(SysCacheGetAttr(INDEXRELID, tuple,
															Anum_pg_index_indclass, &isnull));
	collations = (oidvector *) DatumGetPointer(SysCacheGetAttr(INDEXRELID, tuple,
															   Anum_pg_index_indcollation, &isnull));
	options = (int2vector *) DatumGetPointer(SysCacheGetAttr(INDEXRELID, tuple,
															 Anum_pg_index_indoption, &isnull));

	description->nkeys = index->indnkeyatts;
	description->keys = palloc0(index->indnkeyatts * sizeof(PaDescribedKey));
	for (int i = 0; i < index->indnkeyatts; i++)
	{
		PaDescribedKey *key = &description->keys[i];

		key->attnum = index->indkey.values[i];
		if (key->attnum == 0 && next != NULL)
		{
			set_expression(key, (Node *) lfirst(next));
			next = lnext(expressions, next);
		}
		key->opclass = classes->values[i];
		key->opfamily = family_of(key->opclass);
		key->opclass_options = opclass_options(index->indexrelid, i + 1);
		key->collation = collations->values[i];
		key->descending = (options->values[i] & INDOPTION_DESC) != 0;
		key->nulls_first = (options->values[i] & INDOPTION_NULLS_FIRST) != 0;
	}

	description->nincluded = index->indnatts - index->indnkeyatts;
	description->included = palloc(index->indnatts * sizeof(AttrNumber));
	for (int i = 0; i < description->nincluded; i++)
		description->included[i] = index->indkey.values[index->indnkeyatts + i];
}

/* What pg_class says; false when it is gone. */
static bool
describe_relation(Oid indexid, PaDescribedIndex *description)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(indexid));
	Form_pg_class class;
	bool		isnull;
	Datum		options;

	if (!HeapTupleIsValid(tuple))
		return false;
	class = (Form_pg_class) GETSTRUCT(tuple);
	description->name = pstrdup(NameStr(class->relname));
	description->method = class->relam;
	description->partitioned = class->relkind == RELKIND_PARTITIONED_INDEX;
	description->attached = class->relispartition;
	options = SysCacheGetAttr(RELOID, tuple, Anum_pg_class_reloptions, &isnull);
	description->options = options_text(options, isnull);
	ReleaseSysCache(tuple);
	return true;
}

static int64
scans_of(Oid indexid)
{
	List	   *all = pa_catalog_with_partitions(indexid);
	int64		scans = 0;
	ListCell   *lc;

	foreach(lc, all)
		scans += DatumGetInt64(DirectFunctionCall1(pg_stat_get_numscans,
												   ObjectIdGetDatum(lfirst_oid(lc))));
	list_free(all);
	return scans;
}

PaDescribedIndex *
pa_catalog_describe_index(Oid indexid)
{
	PaDescribedIndex *description;
	HeapTuple	tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(indexid));
	Form_pg_index index;

	if (!HeapTupleIsValid(tuple))
		return NULL;
	description = palloc0(sizeof(PaDescribedIndex));
	if (!describe_relation(indexid, description))
	{
		ReleaseSysCache(tuple);
		return NULL;
	}
	index = (Form_pg_index) GETSTRUCT(tuple);
	description->indexid = indexid;
	description->relid = index->indrelid;
	describe_keys(tuple, description);
	description->predicate = pa_catalog_index_predicate(tuple);
	description->unique = index->indisunique;
	description->nulls_equal = index->indnullsnotdistinct;
	description->immediate = index->indimmediate;
	description->primary = index->indisprimary;
	description->exclusion = index->indisexclusion;
	description->replica_identity = index->indisreplident;
	description->clustered = index->indisclustered;
	ReleaseSysCache(tuple);

	description->constraintid = get_index_constraint(indexid);
	description->referenced = get_index_ref_constraints(indexid) != NIL;
	description->size = pa_catalog_size(indexid);
	description->scans = scans_of(indexid);
	return description;
}

Oid
pa_catalog_parent_of(Oid partition)
{
	Relation	catalog = table_open(InheritsRelationId, AccessShareLock);
	SysScanDesc scan;
	ScanKeyData key;
	HeapTuple	tuple;
	Oid			parent = InvalidOid;

	ScanKeyInit(&key, Anum_pg_inherits_inhrelid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(partition));
	scan = systable_beginscan(catalog, InheritsRelidSeqnoIndexId, true, NULL, 1, &key);
	if (HeapTupleIsValid(tuple = systable_getnext(scan)))
		parent = ((Form_pg_inherits) GETSTRUCT(tuple))->inhparent;
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	return parent;
}

Oid
pa_catalog_root_of_index(Oid indexid)
{
	for (;;)
	{
		Oid			parent = pa_catalog_parent_of(indexid);

		if (!OidIsValid(parent))
			return indexid;
		indexid = parent;
	}
}

int
pa_catalog_partition_depth(Oid relid)
{
	int			depth = 0;

	while (OidIsValid(relid) && get_rel_relispartition(relid))
	{
		relid = pa_catalog_parent_of(relid);
		depth++;
	}
	return depth;
}
