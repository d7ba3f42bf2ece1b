/*-------------------------------------------------------------------------
 *
 * ignore_rules.c
 *		What the owner does not want advice about.
 *
 * The rules are rows of perf_advisor.ignore_rules.  They are read without
 * SQL: whoever may read advice gets it filtered, without privileges on the
 * table and without a statement of ours among the recorded ones.
 *
 * Every column that a rule fills must match; names are LIKE patterns.  A rule
 * that fills application_name matches no statement, because statements are
 * not recorded by application.
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

		if (rule->application_name == NULL &&
			(rule->category == NULL || strcmp(rule->category, category) == 0))
			rules->rules = lappend(rules->rules, rule);
	}
	systable_endscan(scan);
	table_close(relation, AccessShareLock);
	return rules;
}

/* True when the rule is about the user's statements; false without a user. */
static bool
matches_user(const IgnoreRule *rule, Oid userid)
{
	char	   *name;

	if (rule->rolname == NULL)
		return true;
	name = OidIsValid(userid) ? GetUserNameFromId(userid, true) : NULL;
	return name != NULL && like(name, rule->rolname);
}

static bool
matches_relation(const IgnoreRule *rule, Oid relid)
{
	char	   *name = get_rel_name(relid);
	char	   *schema = name != NULL ?
		get_namespace_name(get_rel_namespace(relid)) : NULL;

	return schema != NULL &&
		(rule->schemaname == NULL || like(schema, rule->schemaname)) &&
		(rule->relname == NULL || like(name, rule->relname));
}

static bool
is_about_relations(const IgnoreRule *rule)
{
	return rule->schemaname != NULL || rule->relname != NULL;
}

bool
pa_ignore_rules_user(const PaIgnoreRules *rules, Oid userid)
{
	ListCell   *lc;

	foreach(lc, rules->rules)
	{
		const IgnoreRule *rule = lfirst(lc);

		if (!is_about_relations(rule) && matches_user(rule, userid))
			return true;
	}
	return false;
}

bool
pa_ignore_rules_relation(const PaIgnoreRules *rules, Oid relid)
{
	return pa_ignore_rules_relation_of(rules, relid, InvalidOid);
}

bool
pa_ignore_rules_relation_of(const PaIgnoreRules *rules, Oid relid, Oid userid)
{
	ListCell   *lc;

	foreach(lc, rules->rules)
	{
		const IgnoreRule *rule = lfirst(lc);

		if (is_about_relations(rule) && matches_user(rule, userid) &&
			matches_relation(rule, relid))
			return true;
	}
	return false;
}
