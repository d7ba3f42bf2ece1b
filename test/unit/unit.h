/*-------------------------------------------------------------------------
 *
 * unit.h
 *		What the unit tests are written with: checks that print TAP lines.
 *
 * The analyzers are pure, so a test is a table of literal inputs and the
 * expected outputs, both as text where that is easier to read.
 *
 * IDENTIFICATION
 *		test/unit/unit.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_UNIT_H
#define PA_UNIT_H

#include "base/index_advice.h"

/* One line "ok" or "not ok". */
extern void unit_check(bool ok, const char *name);

/* Compares two texts and shows both when they differ. */
extern void unit_check_text(const char *got, const char *wanted,
							const char *name);

/*
 * "(1,2 desc)": an index with its column numbers, "e1" for an expression and
 * ":7" behind a key for its operator class; before it the method unless it is
 * a b-tree, after it "include[3]" and "where[1]" with a condition's number.
 */
extern char *unit_index_text(const PaIndexSpec *spec);

/* The same for a List of PaIndexSpec *, separated by blanks. */
extern char *unit_indexes_text(const List *specs);

/* The node that stands for an expression or a condition of this number. */
extern Node *unit_node(int number);

/* An index from its text as above, on table 1. */
extern PaIndexSpec *unit_index(const char *text);

/* A list of indexes from such texts, separated by blanks; "" is NIL. */
extern List *unit_indexes(const char *text);

/* The tests, one function a file. */
extern void unit_test_candidates(void);
extern void unit_test_candidate_kinds(void);
extern void unit_test_hints(void);
extern void unit_test_index_ddl(void);
extern void unit_test_index_spec(void);
extern void unit_test_redundancy(void);
extern void unit_test_cost_matrix(void);
extern void unit_test_selection(void);
extern void unit_test_selection_large(void);
extern void unit_test_text(void);
extern void unit_test_write_cost(void);

#endif							/* PA_UNIT_H */
