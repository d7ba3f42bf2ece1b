/*-------------------------------------------------------------------------
 *
 * config.h
 *		The settings (GUC variables) of perf_advisor.
 *
 * IDENTIFICATION
 *		src/config/config.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_CONFIG_CONFIG_H
#define PA_CONFIG_CONFIG_H

typedef enum PaTrack
{
	PA_TRACK_NONE,
	PA_TRACK_TOP,
	PA_TRACK_ALL
} PaTrack;

extern int	pa_guc_advisor_deadline;	/* msec */
extern bool pa_guc_enabled;
extern int	pa_guc_max_statements;
extern int	pa_guc_min_table_size;	/* kB */
extern bool pa_guc_node_timing;
extern double pa_guc_overhead_budget;	/* per cent of busy time */
extern double pa_guc_sample_rate;	/* 0..1 */
extern int	pa_guc_slab_entries;
extern int	pa_guc_text_memory; /* kB */
extern int	pa_guc_track;		/* PaTrack */
extern bool pa_guc_track_parameters;
extern bool pa_guc_track_planning;
extern bool pa_guc_track_utility;
extern int	pa_guc_unused_index_min_age;	/* seconds */

extern void pa_config_init(void);

#endif							/* PA_CONFIG_CONFIG_H */
