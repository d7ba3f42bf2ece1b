/*-------------------------------------------------------------------------
 *
 * guc.h
 *		What differs between server versions in the structs of settings.
 *
 * IDENTIFICATION
 *		src/compat/guc.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_COMPAT_GUC_H
#define PA_COMPAT_GUC_H

#include "utils/guc.h"
#include "utils/guc_tables.h"

/* 19 made the structs of each type members of config_generic. */
#if PG_VERSION_NUM >= 190000
#define PA_GUC_AS(type, record) (&(record)->_##type)
#define PA_GUC_ENUM_NAME(record, value) config_enum_lookup_by_value(record, value)
#else
#define PA_GUC_AS(type, record) ((struct config_##type *) (record))
#define PA_GUC_ENUM_NAME(record, value) \
	config_enum_lookup_by_value((struct config_enum *) (record), value)
#endif

/*
 * The built-in default of a setting as text that set_config_option() takes,
 * palloc'd or static; NULL when it has none.
 */
static inline const char *
pa_guc_boot_value(struct config_generic *record)
{
	switch (record->vartype)
	{
		case PGC_BOOL:
			return PA_GUC_AS(bool, record)->boot_val ? "on" : "off";
		case PGC_INT:
			return psprintf("%d", PA_GUC_AS(int, record)->boot_val);
		case PGC_REAL:
			return psprintf("%.17g", PA_GUC_AS(real, record)->boot_val);
		case PGC_STRING:
			return PA_GUC_AS(string, record)->boot_val;
		case PGC_ENUM:
			return PA_GUC_ENUM_NAME(record, PA_GUC_AS(enum, record)->boot_val);
	}
	return NULL;
}

#endif							/* PA_COMPAT_GUC_H */
