/*-------------------------------------------------------------------------
 *
 * stored_tree.h
 *		A stored query tree as nodes, and what it is about.
 *
 * IDENTIFICATION
 *		src/report/stored_tree.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_REPORT_STORED_TREE_H
#define PA_REPORT_STORED_TREE_H

#include "nodes/parsenodes.h"

#include "base/query_tree.h"

/*
 * Reads the tree, in CurrentMemoryContext.  NULL, with *refusal saying why
 * (unless refusal is NULL), when it cannot be read any more: one of before a
 * restart can have nodes of a library that is not loaded now.
 */
extern Query *pa_report_read_tree(const PaStoredTree *tree, const char **refusal);

/*
 * Whether the tree's text names one of the tables (OidList): reading all trees
 * is slow.
 */
extern bool pa_report_names_table(const PaStoredTree *tree, const List *tables);

/*
 * True when the statement reads our own views or calls our own functions:
 * looking at the advice is no part of the workload.
 */
extern bool pa_report_is_about_us(Query *query);

#endif							/* PA_REPORT_STORED_TREE_H */
