/*-------------------------------------------------------------------------
 *
 * histogram.c
 *		Logarithmic latency histogram.
 *
 * IDENTIFICATION
 *		src/base/histogram.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "base/histogram.h"

#define DOUBLE_MANTISSA_BITS 52
#define DOUBLE_EXPONENT_BIAS 1023

/*
 * Gives the bucket of a time.  Reads the exponent and compares the mantissa
 * with the three quarter powers of two: this runs once a statement, and a
 * call of log() would cost more than all the rest of the counting.
 */
int
pa_histogram_bucket(double msec)
{
	/* mantissas of 2^(1/4), 2^(1/2) and 2^(3/4) */
	static const uint64 quarter = UINT64CONST(0x306FE0A31B715);
	static const uint64 half = UINT64CONST(0x6A09E667F3BCD);
	static const uint64 three_quarters = UINT64CONST(0xAE89F995AD3AD);
	double		usec = msec * 1000.0;
	uint64		bits;
	uint64		mantissa;
	int			bucket;

	if (!(usec > 1.0))
		return 0;				/* also NaN */

	memcpy(&bits, &usec, sizeof(bits));
	mantissa = bits & ((UINT64CONST(1) << DOUBLE_MANTISSA_BITS) - 1);
	bucket = 4 * ((int) (bits >> DOUBLE_MANTISSA_BITS) - DOUBLE_EXPONENT_BIAS);

	if (mantissa > three_quarters)
		bucket += 4;
	else if (mantissa > half)
		bucket += 3;
	else if (mantissa > quarter)
		bucket += 2;
	else if (mantissa > 0)
		bucket += 1;
	return Min(bucket, PA_HISTOGRAM_BUCKETS - 1);
}

/* Adds the buckets of "from".  Most are empty: looks at four at a time. */
void
pa_histogram_merge(uint64 *into, const uint64 *from)
{
	for (int i = 0; i < PA_HISTOGRAM_BUCKETS; i += 4)
	{
		if ((from[i] | from[i + 1] | from[i + 2] | from[i + 3]) == 0)
			continue;
		for (int j = i; j < i + 4; j++)
			into[j] += from[j];
	}
}

/*
 * Gives the upper bound of a bucket in msec; infinity for the last one.
 */
double
pa_histogram_upper_ms(int bucket)
{
	if (bucket >= PA_HISTOGRAM_BUCKETS - 1)
		return INFINITY;
	return pow(2.0, bucket / 4.0) / 1000.0;
}

/*
 * Gives the time in msec below which "fraction" of the calls lie, placed
 * within its bucket as if log(time) were evenly spread there.  Returns NaN
 * for an empty histogram.
 */
double
pa_histogram_percentile(const uint64 *buckets, double fraction)
{
	double		calls = 0;
	double		wanted;

	for (int i = 0; i < PA_HISTOGRAM_BUCKETS; i++)
		calls += buckets[i];
	if (calls == 0)
		return NAN;

	wanted = fraction * calls;
	for (int i = 0; i < PA_HISTOGRAM_BUCKETS; i++)
	{
		if (buckets[i] == 0)
			continue;
		if (wanted <= buckets[i] || i == PA_HISTOGRAM_BUCKETS - 1)
			return pow(2.0, (i - 1 + Min(wanted / buckets[i], 1.0)) / 4.0) / 1000.0;
		wanted -= buckets[i];
	}
	return pa_histogram_upper_ms(PA_HISTOGRAM_BUCKETS - 2);
}
