/*-------------------------------------------------------------------------
 *
 * worker.h
 *		Background processes.
 *
 * IDENTIFICATION
 *		src/worker/worker.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_WORKER_WORKER_H
#define PA_WORKER_WORKER_H

/* Registers the launcher (called from _PG_init, preloading only). */
extern void pa_worker_init(void);

#endif							/* PA_WORKER_WORKER_H */
