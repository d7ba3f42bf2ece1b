/*-------------------------------------------------------------------------
 *
 * owner_sql.h
 *		SQL on the extension's own tables, with their owner's rights.
 *
 * Whoever may ask for advice need not be allowed to write to the tables that
 * record it.  Between begin and end everything runs as the table's owner, and
 * with a search_path in which nobody else can put anything; so nothing that
 * the caller chose, names of operators included, may be looked up there.
 *
 * An error on the way puts all of it back with the (sub)transaction.
 *
 * IDENTIFICATION
 *		src/report/owner_sql.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_REPORT_OWNER_SQL_H
#define PA_REPORT_OWNER_SQL_H

/*
 * A table of the extension by its name.  An error when there is none, or
 * something else has the name: a view, a partitioned table, a table that is no
 * member of the extension.
 */
extern Oid	pa_own_table(const char *name);

/* The error that a table is not what the extension's script made. */
extern void pa_own_table_changed(const char *name);

typedef struct PaOwnerState
{
	Oid			userid;			/* of the caller */
	int			context;
	int			nestlevel;
} PaOwnerState;

/*
 * Opens an SPI connection as the owner of the table, which must exist.  In
 * between nothing waits longer than PA_OWNER_LOCK_TIMEOUT for a lock.
 */
#define PA_OWNER_LOCK_TIMEOUT "100ms"

extern void pa_owner_begin(PaOwnerState *state, Oid table);
extern void pa_owner_end(const PaOwnerState *state);

/* The parameters of one statement. */
#define PA_MAX_ARGUMENTS 16

typedef struct PaArguments
{
	int			count;
	Oid			types[PA_MAX_ARGUMENTS];
	Datum		values[PA_MAX_ARGUMENTS];
	char		nulls[PA_MAX_ARGUMENTS];
} PaArguments;

extern void pa_argument(PaArguments *arguments, Oid type, Datum value,
						bool isnull);
extern void pa_argument_text(PaArguments *arguments, const char *value);
extern void pa_argument_float8(PaArguments *arguments, double value,
							   bool isnull);
extern void pa_argument_int8_array(PaArguments *arguments,
								   const int64 *values, int count);

/* unknown: which items are NULL, or NULL when none is */
extern void pa_argument_float8_array(PaArguments *arguments, Datum *items,
									 bool *unknown, int count);

/* Runs a statement; returns the number of rows that it gave or changed. */
extern uint64 pa_owner_run(const char *sql, PaArguments *arguments);

#endif							/* PA_REPORT_OWNER_SQL_H */
