/*-------------------------------------------------------------------------
 *
 * ignore_rules.c
 *		What the owner does not want advice about.
 *
 * The rules are rows of perf_advisor.ignore_rules.  They are read without
 * SQL: whoever may read advice gets it filtered, without privileges on the
 * table and without a statement of ours among the recorded ones.
 *
 * Every column that a rule fills must match; names are LIKE patterns.  Several
 * applications may run one statement: it is left out only when each of them
 * is matched by some rule whose other columns match.
 *
 * IDENTIFICATION
 *		src/report/ignore_rules.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "report/ignore_rules.h"
#include "report/owner_sql.h"
#include "store/store.h"

#define RULES_TABLE "ignore_rules"

/* Its lock is asked for so often, with a pause of so many usec. */
#define LOCK_TRIES 10
#define LOCK_PAUSE 10000L

/* One row; NULL: anything. */
typedef struct IgnoreRule
{
	char	   *category;
	char	   *schemaname;
	char	   *relname;
	char	   *rolname;
	char	   *application_name;
} IgnoreRule;

struct PaIgnoreRules
{
	List	   *rules;			/* of IgnoreRule * */
};

/* A column by its name, as text; NULL when it is NULL. */
static char *
column_text(Relation relation, HeapTuple tuple, const char *name)
{
	TupleDesc	desc = RelationGetDescr(relation);

	for (int i = 0; i < desc->natts; i++)
	{
		bool		isnull;
		Datum		value;

		if (strcmp(NameStr(TupleDescAttr(desc, i)->attname), name) != 0 ||
			TupleDescAttr(desc, i)->attisdropped)
			continue;
		if (TupleDescAttr(desc, i)->atttypid != TEXTOID)
			pa_own_table_changed(RULES_TABLE);
		value = heap_getattr(tuple, i + 1, desc, &isnull);
		return isnull ? NULL : TextDatumGetCString(value);
	}
	pa_own_table_changed(RULES_TABLE);
	return NULL;
}

/* LIKE raises an error for an escape character that escapes nothing. */
static bool
ends_in_escape(const char *pattern)
{
	int			length = strlen(pattern);
	int			escapes = 0;

	while (escapes < length && pattern[length - 1 - escapes] == '\\')
		escapes++;
	return escapes % 2 == 1;
}

static bool
like(const char *name, const char *pattern)
{
	if (ends_in_escape(pattern))
		return false;
	return DatumGetBool(DirectFunctionCall2Coll(textlike, C_COLLATION_OID,
												CStringGetTextDatum(name),
												CStringGetTextDatum(pattern)));
}

static IgnoreRule *
read_rule(Relation relation, HeapTuple tuple)
{
	IgnoreRule *rule = palloc(sizeof(IgnoreRule));

	rule->category = column_text(relation, tuple, "category");
	rule->schemaname = column_text(relation, tuple, "schemaname");
	rule->relname = column_text(relation, tuple, "relname");
	rule->rolname = column_text(relation, tuple, "rolname");
	rule->application_name = column_text(relation, tuple, "application_name");
	return rule;
}

/*
 * Opens the table, or returns NULL when it is gone.  Who empties or alters it
 * is given a moment; advice without the rules would be wrong advice.
 */
static Relation
open_rules(Oid relid)
{
	for (int i = 0; !ConditionalLockRelationOid(relid, AccessShareLock); i++)
	{
		if (i == LOCK_TRIES)
			ereport(ERROR,
					(errcode(ERRCODE_LOCK_NOT_AVAILABLE),
					 errmsg("perf_advisor.ignore_rules is locked by another transaction"),
					 errdetail("It says what nobody wants advice about."),
					 errhint("Try again when that transaction has ended.")));
		CHECK_FOR_INTERRUPTS();
		pg_usleep(LOCK_PAUSE);
	}
	return try_table_open(relid, NoLock);
}

PaIgnoreRules *
pa_ignore_rules(const char *category)
{
	PaIgnoreRules *rules = palloc0(sizeof(PaIgnoreRules));
	Oid			relid = pa_own_table(RULES_TABLE);
	Relation	relation;
	SysScanDesc scan;
	HeapTuple	tuple;

	relation = open_rules(relid);
	if (relation == NULL)
		return rules;
	if (relation->rd_rel->relkind != RELKIND_RELATION)
		pa_own_table_changed(RULES_TABLE);	/* it was exchanged meanwhile */
	scan = systable_beginscan(relation, InvalidOid, false, GetActiveSnapshot(), 0, NULL);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		IgnoreRule *rule = read_rule(relation, tuple);

		if (rule->category == NULL || strcmp(rule->category, category) == 0)
			rules->rules = lappend(rules->rules, rule);
	}
	systable_endscan(scan);
	table_close(relation, AccessShareLock);
	return rules;
}

/* NULL: nobody's statement. */
static bool
matches_user(const IgnoreRule *rule, const PaShapeKey *shape)
{
	char	   *name;

	if (rule->rolname == NULL)
		return true;
	name = shape != NULL ? GetUserNameFromId(shape->userid, true) : NULL;
	return name != NULL && like(name, rule->rolname);
}

static bool
is_about_relations(const IgnoreRule *rule)
{
	return rule->schemaname != NULL || rule->relname != NULL;
}

/* InvalidOid: no relation's, so that a rule about some does not match. */
static bool
matches_relation(const IgnoreRule *rule, Oid relid)
{
	char	   *name;
	char	   *schema;

	if (!is_about_relations(rule))
		return true;
	name = OidIsValid(relid) ? get_rel_name(relid) : NULL;
	schema = name != NULL ? get_namespace_name(get_rel_namespace(relid)) : NULL;
	return schema != NULL &&
		(rule->schemaname == NULL || like(schema, rule->schemaname)) &&
		(rule->relname == NULL || like(name, rule->relname));
}

static bool
matches_application(const List *rules, const char *name)
{
	ListCell   *lc;

	foreach(lc, rules)
	{
		if (like(name, ((const IgnoreRule *) lfirst(lc))->application_name))
			return true;
	}
	return false;
}

/*
 * True when one of the rules matches each application that runs the
 * statement.  What nobody is known to run, or too many do, stays.
 */
static bool
match_all_applications(const List *rules, const PaShapeKey *shape)
{
	PaApplications applications;

	pa_store_read_applications(shape, &applications);
	if (applications.count == 0 || applications.others)
		return false;
	for (int i = 0; i < applications.count; i++)
	{
		if (!matches_application(rules, applications.names[i]))
			return false;
	}
	return true;
}

/*
 * True when the rules want nothing said of the relation (or InvalidOid) in
 * the statement (or NULL).
 */
static bool
match(const PaIgnoreRules *rules, Oid relid, const PaShapeKey *shape)
{
	List	   *by_application = NIL;
	ListCell   *lc;

	foreach(lc, rules->rules)
	{
		IgnoreRule *rule = lfirst(lc);

		if (!matches_relation(rule, relid) || !matches_user(rule, shape))
			continue;
		if (rule->application_name == NULL)
			return true;
		by_application = lappend(by_application, rule);
	}
	return by_application != NIL && shape != NULL &&
		match_all_applications(by_application, shape);
}

bool
pa_ignore_rules_statement(const PaIgnoreRules *rules, const PaShapeKey *shape)
{
	return match(rules, InvalidOid, shape);
}

bool
pa_ignore_rules_relation(const PaIgnoreRules *rules, Oid relid)
{
	return match(rules, relid, NULL);
}

bool
pa_ignore_rules_relation_of(const PaIgnoreRules *rules, Oid relid, const PaShapeKey *shape)
{
	return match(rules, relid, shape);
}
