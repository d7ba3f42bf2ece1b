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

#define PA_CATEGORY_INDEX "index"

typedef struct PaIgnoreRules PaIgnoreRules;

/*
 * The rules for a category of advice, and those for all categories; palloc'd
 * in CurrentMemoryContext, never NULL.
 */
extern PaIgnoreRules *pa_ignore_rules(const char *category);

/* True when the statements of that user are no part of the workload. */
extern bool pa_ignore_rules_user(const PaIgnoreRules *rules, Oid userid);

/*
 * True when nothing is to be said about the relation, whoever reads it; false
 * for one that is gone.
 */
extern bool pa_ignore_rules_relation(const PaIgnoreRules *rules, Oid relid);

/* True when nothing is to be said of that relation in that user's statements. */
extern bool pa_ignore_rules_relation_of(const PaIgnoreRules *rules, Oid relid,
										Oid userid);

#endif							/* PA_REPORT_IGNORE_RULES_H */
