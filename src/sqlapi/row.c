/*-------------------------------------------------------------------------
 *
 * row.c
 *		The row builder of all SQL-callable functions, see row.h.
 *
 * IDENTIFICATION
 *		src/sqlapi/row.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "nodes/execnodes.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"

#include "sqlapi/row.h"

/*
 * Prepares the result of a set-returning function.  The builder lives until
 * the end of the call; all rows go to the tuplestore that the executor reads
 * afterwards.
 */
void
pa_rows_begin(PaRow *row, FunctionCallInfo fcinfo)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, 0);

	row->store = rsinfo->setResult;
	row->desc = rsinfo->setDesc;
	row->scratch = AllocSetContextCreate(CurrentMemoryContext,
										 "perf_advisor row",
										 ALLOCSET_DEFAULT_SIZES);
	row->values = palloc0(sizeof(Datum) * row->desc->natts);
	row->nulls = palloc0(sizeof(bool) * row->desc->natts);
	row->next = 0;
}

/*
 * Raises an error when there is no further column; else returns its type.
 */
static Oid
next_column_type(PaRow *row)
{
	if (row->next >= row->desc->natts)
		elog(ERROR, "row has more than its %d declared columns",
			 row->desc->natts);
	return TupleDescAttr(row->desc, row->next)->atttypid;
}

/* Appends a value after checking that the column was declared as that type. */
static void
put_value(PaRow *row, Oid type, Datum value)
{
	Oid			declared = next_column_type(row);

	if (declared != type)
		elog(ERROR, "column %d (\"%s\") is declared with type %u, but the value has type %u",
			 row->next + 1,
			 NameStr(TupleDescAttr(row->desc, row->next)->attname),
			 declared, type);
	row->values[row->next] = value;
	row->nulls[row->next] = false;
	row->next++;
}

void
pa_row_null(PaRow *row)
{
	(void) next_column_type(row);
	row->values[row->next] = (Datum) 0;
	row->nulls[row->next] = true;
	row->next++;
}

void
pa_row_bool(PaRow *row, bool value)
{
	put_value(row, BOOLOID, BoolGetDatum(value));
}

void
pa_row_int8(PaRow *row, int64 value)
{
	MemoryContext old = MemoryContextSwitchTo(row->scratch);

	put_value(row, INT8OID, Int64GetDatum(value));
	MemoryContextSwitchTo(old);
}

void
pa_row_float8(PaRow *row, double value)
{
	MemoryContext old = MemoryContextSwitchTo(row->scratch);

	put_value(row, FLOAT8OID, Float8GetDatum(value));
	MemoryContextSwitchTo(old);
}

/* A whole number in a column of type numeric. */
void
pa_row_numeric(PaRow *row, int64 value)
{
	MemoryContext old = MemoryContextSwitchTo(row->scratch);

	put_value(row, NUMERICOID, NumericGetDatum(int64_to_numeric(value)));
	MemoryContextSwitchTo(old);
}

/* InvalidOid becomes NULL: no catalog has a row for it. */
void
pa_row_oid(PaRow *row, Oid value)
{
	if (!OidIsValid(value))
	{
		pa_row_null(row);
		return;
	}
	put_value(row, OIDOID, ObjectIdGetDatum(value));
}

/* A column of type name; a NULL pointer becomes NULL. */
void
pa_row_name(PaRow *row, const char *value)
{
	MemoryContext old;

	if (value == NULL)
	{
		pa_row_null(row);
		return;
	}
	old = MemoryContextSwitchTo(row->scratch);
	put_value(row, NAMEOID, DirectFunctionCall1(namein, CStringGetDatum(value)));
	MemoryContextSwitchTo(old);
}

/* A NULL pointer becomes NULL. */
void
pa_row_text(PaRow *row, const char *value)
{
	MemoryContext old;

	if (value == NULL)
	{
		pa_row_null(row);
		return;
	}
	old = MemoryContextSwitchTo(row->scratch);
	put_value(row, TEXTOID, CStringGetTextDatum(value));
	MemoryContextSwitchTo(old);
}

/* 0 ("never") becomes NULL. */
void
pa_row_timestamptz(PaRow *row, TimestampTz value)
{
	MemoryContext old;

	if (value == 0)
	{
		pa_row_null(row);
		return;
	}
	old = MemoryContextSwitchTo(row->scratch);
	put_value(row, TIMESTAMPTZOID, TimestampTzGetDatum(value));
	MemoryContextSwitchTo(old);
}

/* The time from "from" to "to", in days and hours; NULL when either is 0. */
void
pa_row_interval(PaRow *row, TimestampTz from, TimestampTz to)
{
	MemoryContext old;

	if (from == 0 || to == 0)
	{
		pa_row_null(row);
		return;
	}
	old = MemoryContextSwitchTo(row->scratch);
	put_value(row, INTERVALOID,
			  DirectFunctionCall2(timestamp_mi,
								  TimestampTzGetDatum(to),
								  TimestampTzGetDatum(from)));
	MemoryContextSwitchTo(old);
}

/* An empty array stays an empty array: it says "none", not "unknown". */
void
pa_row_int8_array(PaRow *row, const int64 *values, int count)
{
	MemoryContext old = MemoryContextSwitchTo(row->scratch);
	Datum	   *items = palloc(sizeof(Datum) * Max(count, 1));

	for (int i = 0; i < count; i++)
		items[i] = Int64GetDatum(values[i]);
	put_value(row, INT8ARRAYOID,
			  PointerGetDatum(construct_array(items, count, INT8OID,
											  sizeof(int64), FLOAT8PASSBYVAL,
											  TYPALIGN_DOUBLE)));
	MemoryContextSwitchTo(old);
}

void
pa_row_text_array(PaRow *row, char *const *values, int count)
{
	MemoryContext old = MemoryContextSwitchTo(row->scratch);
	Datum	   *items = palloc(sizeof(Datum) * Max(count, 1));

	for (int i = 0; i < count; i++)
		items[i] = CStringGetTextDatum(values[i]);
	put_value(row, TEXTARRAYOID,
			  PointerGetDatum(construct_array(items, count, TEXTOID,
											  -1, false, TYPALIGN_INT)));
	MemoryContextSwitchTo(old);
}

void
pa_row_bool_array(PaRow *row, const bool *values, int count)
{
	MemoryContext old = MemoryContextSwitchTo(row->scratch);
	Datum	   *items = palloc(sizeof(Datum) * Max(count, 1));

	for (int i = 0; i < count; i++)
		items[i] = BoolGetDatum(values[i]);
	put_value(row, BOOLARRAYOID,
			  PointerGetDatum(construct_array(items, count, BOOLOID,
											  sizeof(bool), true, TYPALIGN_CHAR)));
	MemoryContextSwitchTo(old);
}

/* Finishes the row: checks that every column was filled and stores it. */
void
pa_row_end(PaRow *row)
{
	if (row->next != row->desc->natts)
		elog(ERROR, "row has %d of its %d declared columns",
			 row->next, row->desc->natts);

	tuplestore_putvalues(row->store, row->desc, row->values, row->nulls);
	MemoryContextReset(row->scratch);
	row->next = 0;
}
