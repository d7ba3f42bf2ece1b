/*-------------------------------------------------------------------------
 *
 * histogram.h
 *		Logarithmic latency histogram: 128 buckets, each 2^(1/4) wide, the
 *		first ending at 1 microsecond.
 *
 * Bucket 0 holds times up to 1 us, bucket i (i > 0) times in
 * (2^((i-1)/4), 2^(i/4)] us, the last everything above 2^(126/4) us (51 min).
 * A percentile read from it is right within the bucket's width (19 %).
 *
 * IDENTIFICATION
 *		src/base/histogram.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_BASE_HISTOGRAM_H
#define PA_BASE_HISTOGRAM_H

#define PA_HISTOGRAM_BUCKETS 128

extern int	pa_histogram_bucket(double msec);
extern void pa_histogram_merge(uint64 *into, const uint64 *from);
extern double pa_histogram_upper_ms(int bucket);
extern double pa_histogram_percentile(const uint64 *buckets, double fraction);

#endif							/* PA_BASE_HISTOGRAM_H */
