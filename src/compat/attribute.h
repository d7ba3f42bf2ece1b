/*-------------------------------------------------------------------------
 *
 * attribute.h
 *		Columns of pg_attribute that moved.
 *
 * IDENTIFICATION
 *		src/compat/attribute.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_COMPAT_ATTRIBUTE_H
#define PA_COMPAT_ATTRIBUTE_H

#include "access/htup_details.h"
#include "catalog/pg_attribute.h"
#include "utils/syscache.h"

/*
 * Statistics target of a column, -1 for the default one, from a tuple of the
 * cache ATTNUM; 17 made the column nullable (4f622503d6).
 */
static inline int
pa_statistics_target(HeapTuple attribute)
{
#if PG_VERSION_NUM >= 170000
	bool		isnull;
	Datum		value = SysCacheGetAttr(ATTNUM, attribute,
										Anum_pg_attribute_attstattarget, &isnull);

	return isnull ? -1 : DatumGetInt16(value);
#else
	return ((Form_pg_attribute) GETSTRUCT(attribute))->attstattarget;
#endif
}

#endif							/* PA_COMPAT_ATTRIBUTE_H */
