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

/* 16 keeps settings in a hash table and lists them on demand (3057465acf). */
static inline struct config_generic **
pa_guc_list(int *count)
{
#if PG_VERSION_NUM >= 160000
	return get_guc_variables(count);
#else
	*count = GetNumConfigOptions();
	return get_guc_variables();
#endif
}

/*
 * The value of one of the kinds that a setting keeps, boot_val or reset_val,
 * as text that set_config_option() takes, palloc'd or static; NULL when it
 * has none.
 */
#define PA_GUC_TEXT(record, which) \
	((record)->vartype == PGC_BOOL ? (PA_GUC_AS(bool, record)->which ? "on" : "off") : \
	 (record)->vartype == PGC_INT ? psprintf("%d", PA_GUC_AS(int, record)->which) : \
	 (record)->vartype == PGC_REAL ? psprintf("%.17g", PA_GUC_AS(real, record)->which) : \
	 (record)->vartype == PGC_STRING ? PA_GUC_AS(string, record)->which : \
	 PA_GUC_ENUM_NAME(record, PA_GUC_AS(enum, record)->which))

/* Its value that was neither built in nor given to the whole server. */
static inline bool
pa_guc_is_local(GucSource source)
{
	return source > PGC_S_ARGV;
}

/*
 * The value that the server gives to every session.  Where the session began
 * with a value of its role or database that is not known, and the built-in
 * default stands for it.
 */
static inline const char *
pa_guc_server_value(struct config_generic *record)
{
	if (pa_guc_is_local(record->reset_source))
		return PA_GUC_TEXT(record, boot_val);
	return PA_GUC_TEXT(record, reset_val);
}

#endif							/* PA_COMPAT_GUC_H */
