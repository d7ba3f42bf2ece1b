/*-------------------------------------------------------------------------
 *
 * ignore_rules.h
 *		What the owner does not want advice about.
 *
 * IDENTIFICATION
 *		src/report/ignore_rules.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_REPORT_IGNORE_RULES_H
#define PA_REPORT_IGNORE_RULES_H

#include "nodes/pg_list.h"

#include "base/statement.h"

#define PA_CATEGORY_INDEX "index"

typedef struct PaIgnoreRules PaIgnoreRules;

/*
 * The rules for a category of advice, and those for all categories; palloc'd
 * in CurrentMemoryContext, never NULL.
 */
extern PaIgnoreRules *pa_ignore_rules(const char *category);

/*
 * True when the statement is no part of the workload: by its user, or by the
 * applications that run it, if all of them match.
 */
extern bool pa_ignore_rules_statement(const PaIgnoreRules *rules, const PaShapeKey *shape);

/* True when nothing is to be said about the relation, whoever reads it. */
extern bool pa_ignore_rules_relation(const PaIgnoreRules *rules, Oid relid);

/* True when nothing is to be said of that relation in that statement. */
extern bool pa_ignore_rules_relation_of(const PaIgnoreRules *rules, Oid relid,
										const PaShapeKey *shape);

#endif							/* PA_REPORT_IGNORE_RULES_H */
