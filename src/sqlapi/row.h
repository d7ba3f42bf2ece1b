/*-------------------------------------------------------------------------
 *
 * row.h
 *		The row builder: every row that a SQL-callable function of
 *		perf_advisor returns is made with it.
 *
 * What: values are appended in the order of the function's OUT columns, and
 * each append checks the column's declared type, pa_row_end() the number of
 * columns.  So a script and a library that disagree raise an error that names
 * the column, instead of reading an int8 as a pointer.
 *
 *		PaRow		row;
 *
 *		pa_rows_begin(&row, fcinfo);
 *		for each row
 *		{
 *			pa_row_int8(&row, calls);
 *			pa_row_text(&row, query);		NULL pointer = SQL NULL
 *			pa_row_end(&row);
 *		}
 *		return (Datum) 0;
 *
 * How it is fed and drained: values live in a scratch context that each
 * pa_row_end() resets after the tuplestore has copied the row; callers may
 * free their own inputs at once.
 *
 * What guards it: nothing, it is memory of the calling backend.
 *
 * What does not belong here: any knowledge of what the rows mean.
 *
 * IDENTIFICATION
 *		src/sqlapi/row.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_SQLAPI_ROW_H
#define PA_SQLAPI_ROW_H

#include "access/tupdesc.h"
#include "datatype/timestamp.h"
#include "fmgr.h"
#include "utils/tuplestore.h"

#include "compat/export.h"

typedef struct PaRow
{
	Tuplestorestate *store;
	TupleDesc	desc;
	MemoryContext scratch;		/* values of the row being built */
	Datum	   *values;
	bool	   *nulls;
	int			next;			/* column that the next append fills */
} PaRow;

extern void pa_rows_begin(PaRow *row, FunctionCallInfo fcinfo);

extern void pa_row_null(PaRow *row);
extern void pa_row_bool(PaRow *row, bool value);
extern void pa_row_int8(PaRow *row, int64 value);
extern void pa_row_float8(PaRow *row, double value);
extern void pa_row_numeric(PaRow *row, int64 value);
extern void pa_row_oid(PaRow *row, Oid value);
extern void pa_row_name(PaRow *row, const char *value);
extern void pa_row_text(PaRow *row, const char *value);
extern void pa_row_timestamptz(PaRow *row, TimestampTz value);
extern void pa_row_interval(PaRow *row, TimestampTz from, TimestampTz to);
extern void pa_row_int8_array(PaRow *row, const int64 *values, int count);
extern void pa_row_bool_array(PaRow *row, const bool *values, int count);
extern void pa_row_text_array(PaRow *row, char *const *values, int count);

extern void pa_row_end(PaRow *row);

#endif							/* PA_SQLAPI_ROW_H */
