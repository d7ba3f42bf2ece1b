/*-------------------------------------------------------------------------
 *
 * hooks.h
 *		Installs the hooks.
 *
 * IDENTIFICATION
 *		src/hooks/hooks.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_HOOKS_HOOKS_H
#define PA_HOOKS_HOOKS_H

extern void pa_hooks_init(void);

/* Inside hooks/: each file installs its own. */
extern void pa_hooks_init_executor(void);
extern void pa_hooks_init_log(void);
extern void pa_hooks_init_objects(void);
extern void pa_hooks_init_parser(void);
extern void pa_hooks_init_planner(void);
extern void pa_hooks_init_utility(void);

#endif							/* PA_HOOKS_HOOKS_H */
