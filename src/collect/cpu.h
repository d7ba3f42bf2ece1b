/*-------------------------------------------------------------------------
 *
 * cpu.h
 *		Processor time of this process: a system call, for sampled executions.
 *
 * IDENTIFICATION
 *		src/collect/cpu.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_COLLECT_CPU_H
#define PA_COLLECT_CPU_H

#include <sys/resource.h>

/* Gives the time used so far, msec; parallel workers have their own. */
static inline void
pa_cpu_now(double *user, double *sys)
{
	struct rusage usage;

	if (getrusage(RUSAGE_SELF, &usage) != 0)
		memset(&usage, 0, sizeof(usage));
	*user = usage.ru_utime.tv_sec * 1000.0 + usage.ru_utime.tv_usec / 1000.0;
	*sys = usage.ru_stime.tv_sec * 1000.0 + usage.ru_stime.tv_usec / 1000.0;
}

/* Adds what was used since then. */
static inline void
pa_cpu_add(double *user, double *sys, double user_before, double sys_before)
{
	double		user_now;
	double		sys_now;

	pa_cpu_now(&user_now, &sys_now);
	*user += Max(user_now - user_before, 0.0);
	*sys += Max(sys_now - sys_before, 0.0);
}

#endif							/* PA_COLLECT_CPU_H */
