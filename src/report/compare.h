/*-------------------------------------------------------------------------
 *
 * compare.h
 *		What the comparators of the lists of rows are made of.
 *
 * IDENTIFICATION
 *		src/report/compare.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_REPORT_COMPARE_H
#define PA_REPORT_COMPARE_H

/* Ends a qsort comparator unless both are equal: the smaller comes first. */
#define COMPARE_FIELD(a, b) \
	do { \
		if ((a) != (b)) \
			return (a) < (b) ? -1 : 1; \
	} while (0)

#endif							/* PA_REPORT_COMPARE_H */
