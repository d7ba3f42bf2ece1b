/*-------------------------------------------------------------------------
 *
 * params.c
 *		Takes a copy of an execution's parameter values.
 *
 * No type's output function is called.  A vector is skipped, and counted,
 * when a value can't be kept: TOAST pointers (their data may be gone when it
 * is read), RECORD and other pseudo-types, more than 1 kB.
 *
 * IDENTIFICATION
 *		src/collect/params.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/expandeddatum.h"
#include "utils/lsyscache.h"

#include "collect/detail.h"

#define PA_MAX_PARAM_SIZE 1024	/* bytes of one value */
#define PA_MAX_PARAM_COUNT 1000 /* values in a vector */

/* Can this value be kept?  The type exists: the statement runs with it. */
static bool
can_keep(const ParamExternData *param)
{
	int16		typlen;
	bool		typbyval;
	Pointer		value = DatumGetPointer(param->value);

	if (!OidIsValid(param->ptype) || param->isnull)
		return true;
	if (get_typtype(param->ptype) == TYPTYPE_PSEUDO)
		return false;
	get_typlenbyval(param->ptype, &typlen, &typbyval);
	if (typbyval || typlen > 0)
		return typlen <= PA_MAX_PARAM_SIZE;
	if (typlen == -2)
		return strlen(value) < PA_MAX_PARAM_SIZE;
	if (VARATT_IS_EXTERNAL_EXPANDED(value))
		return EOH_get_flat_size(DatumGetEOHP(param->value)) <= PA_MAX_PARAM_SIZE;
	return !VARATT_IS_EXTERNAL(value) && VARSIZE_ANY(value) <= PA_MAX_PARAM_SIZE;
}

/*
 * Offers the values of one execution to the store.  PL/pgSQL's come through
 * paramFetch, called speculatively so that it gives no error for a variable
 * that the statement does not use.
 */
void
pa_params_take(const PaShapeKey *shape, uint32 hash, ParamListInfo params)
{
	ParamListInfo copy;
	instr_time	start;

	INSTR_TIME_SET_CURRENT(start);
	if (params->numParams > PA_MAX_PARAM_COUNT)
	{
		pa_store_count_skipped_params();
		return;
	}
	copy = makeParamList(params->numParams);
	memset(copy->params, 0, params->numParams * sizeof(ParamExternData));
	for (int i = 0; i < params->numParams; i++)
	{
		ParamExternData workspace;
		ParamExternData *param = &params->params[i];

		if (params->paramFetch != NULL)
			param = params->paramFetch(params, i + 1, true, &workspace);
		if (param == NULL)
		{
			copy->params[i].isnull = true;
			continue;
		}
		if (!can_keep(param))
		{
			pa_store_count_skipped_params();
			pfree(copy);
			return;
		}
		copy->params[i] = *param;
		copy->params[i].pflags = PARAM_FLAG_CONST;
	}
	(void) pa_store_put_params(shape, hash, copy);
	pfree(copy);
	pa_budget_charge_since(start);
}
