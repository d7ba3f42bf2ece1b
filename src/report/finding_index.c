/*-------------------------------------------------------------------------
 *
 * finding_index.c
 *		Which existing index an advised one has become.
 *
 * An index is recognised by the finding's id, which is a hash over its
 * canonical definition: each existing index of the table is written down in
 * that form, with all its keys and with its leading keys only, read forwards
 * and backwards.  So nothing of the advised statement has to be parsed.
 *
 * IDENTIFICATION
 *		src/report/finding_index.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_am.h"

#include "catalog/index_facts.h"
#include "report/finding_index.h"
#include "report/index_ddl.h"

/* The same index read backwards. */
static void
turn_round(PaIndexSpec *spec)
{
	for (int i = 0; i < spec->nkeys; i++)
	{
		spec->keys[i].descending = !spec->keys[i].descending;
		spec->keys[i].nulls_first = !spec->keys[i].nulls_first;
	}
}

/* Sets *unsure when the index cannot be written down now: a lock, say. */
static bool
has_id(const PaIndexSpec *spec, const PaRelationFacts *table,
	   int64 finding_id, bool *unsure)
{
	PaIndexText text;

	if (!pa_index_text_init(&text, spec, table))
	{
		*unsure = true;
		return false;
	}
	return pa_index_finding_id(&text) == finding_id;
}

/* True when the existing index does what the finding's index would. */
static bool
is_finding(const PaIndexSpec *existing, const PaRelationFacts *table,
		   int64 finding_id, bool *unsure)
{
	PaIndexSpec spec = *existing;

	for (spec.nkeys = existing->nkeys; spec.nkeys > 0; spec.nkeys--)
	{
		for (int turn = 0; turn < 2; turn++)
		{
			spec.nincluded = existing->nincluded;
			if (has_id(&spec, table, finding_id, unsure))
				return true;
			spec.nincluded = 0;
			if (existing->nincluded > 0 && has_id(&spec, table, finding_id, unsure))
				return true;
			if (spec.method != BTREE_AM_OID)
				break;
			turn_round(&spec);
		}
	}
	return false;
}

Oid
pa_finding_index(int64 finding_id, Oid relid, bool *unsure)
{
	PaRelationFacts table;
	ListCell   *lc;

	if (!pa_catalog_relation_facts(relid, &table))
		return InvalidOid;
	foreach(lc, pa_catalog_indexes(relid))
	{
		const PaIndexSpec *spec = lfirst(lc);

		if (is_finding(spec, &table, finding_id, unsure))
			return spec->indexid;
	}
	return InvalidOid;
}
