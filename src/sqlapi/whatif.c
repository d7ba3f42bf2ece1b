/*-------------------------------------------------------------------------
 *
 * whatif.c
 *		perf_advisor.whatif(): one row about a query and indexes to try.
 *
 * VOLATILE and PARALLEL UNSAFE because it plans in a subtransaction.
 *
 * IDENTIFICATION
 *		src/sqlapi/whatif.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "report/whatif.h"
#include "sqlapi/preload.h"
#include "sqlapi/row.h"

PA_SQL_FUNCTION(pa_whatif_1_0);

static char **
read_texts(ArrayType *array, int *count)
{
	Datum	   *items;
	bool	   *nulls;
	char	  **texts;

	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &items, &nulls, count);
	texts = palloc(sizeof(char *) * (*count + 1));
	for (int i = 0; i < *count; i++)
	{
		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("ddl must not contain nulls")));
		texts[i] = TextDatumGetCString(items[i]);
	}
	return texts;
}

/* perf_advisor.whatif(query, ddl) */
Datum
pa_whatif_1_0(PG_FUNCTION_ARGS)
{
	char	   *query;
	char	  **ddl;
	int			nddl;
	PaWhatifAnswer answer;
	PaRow		row;

	pa_require_preloaded();
	query = text_to_cstring(PG_GETARG_TEXT_PP(0));
	ddl = read_texts(PG_GETARG_ARRAYTYPE_P(1), &nddl);
	pa_report_whatif(query, ddl, nddl, &answer);

	pa_rows_begin(&row, fcinfo);
	pa_row_float8(&row, answer.cost_before);
	pa_row_float8(&row, answer.cost_after);
	pa_row_text(&row, answer.plan_before);
	pa_row_text(&row, answer.plan_after);
	pa_row_text_array(&row, answer.names, answer.nindexes);
	pa_row_bool_array(&row, answer.used, answer.nindexes);
	pa_row_int8_array(&row, answer.sizes, answer.nindexes);
	pa_row_end(&row);
	return (Datum) 0;
}
