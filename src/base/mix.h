/*-------------------------------------------------------------------------
 *
 * mix.h
 *		Mixes 64-bit values into a hash.
 *
 * For keys that are already well spread numbers (query identifiers, OIDs).
 * The finalizer is that of MurmurHash3 (Appleby, public domain), which core
 * has as murmurhash64() from 16 on.
 *
 * IDENTIFICATION
 *		src/base/mix.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_BASE_MIX_H
#define PA_BASE_MIX_H

static inline uint64
pa_mix64(uint64 h)
{
	h ^= h >> 33;
	h *= UINT64CONST(0xff51afd7ed558ccd);
	h ^= h >> 33;
	h *= UINT64CONST(0xc4ceb9fe1a85ec53);
	h ^= h >> 33;
	return h;
}

/* Adds a value to a running hash; the order matters. */
static inline uint64
pa_mix64_add(uint64 hash, uint64 value)
{
	return pa_mix64(hash * UINT64CONST(0x9E3779B97F4A7C15) + value);
}

#endif							/* PA_BASE_MIX_H */
