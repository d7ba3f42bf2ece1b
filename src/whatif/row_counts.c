/*-------------------------------------------------------------------------
 *
 * row_counts.c
 *		How often keys occur in a table, from some blocks of it.
 *
 * Blocks are what was drawn, so that blocks are what is counted, not rows: those
 * beside each other often have equal keys.  Nor do blocks beside each other
 * have nothing to do with each other; but where a run of blocks with the same key
 * begins does not depend on where others do.  It is seen in blocks of which the one
 * before is in the sample, too.
 *
 * Of a key with c runs k are seen, with the probability of a binomial
 * distribution.  The mixture of all c that makes the observed numbers of k
 * most likely tells how many keys there are of each c, also of those that
 * the sample does not have.  It is found by expectation maximisation on a grid of c
 * that begins at 1, with adaptive steps (Salakhutdinov and Roweis 2003).
 *
 * Keys of which many runs are seen need no such thing: the table has as many
 * times more as it has blocks.
 *
 * IDENTIFICATION
 *		src/whatif/row_counts.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "common/hashfn.h"
#include "miscadmin.h"

#include "whatif/row_sample.h"

/* Keys with more runs than this are taken as they are. */
#define MAX_RARE 64

/* Classes of rare keys, and how often their shares are made better. */
#define MAX_GRID 120
#define ROUNDS 150

typedef struct CountedKey
{
	uint64		hash;
	int			rows;
	int			blocks;
	int			following;		/* of them, those that follow a sampled one */
	int			runs;			/* that begin in these */
	int			last_row;
	BlockNumber last_block;
	int			bytes;
	bool		continues;		/* some run is longer than a block */
	char		status;
} CountedKey;

#define SH_PREFIX counted
#define SH_ELEMENT_TYPE CountedKey
#define SH_KEY_TYPE uint64
#define SH_KEY hash
#define SH_HASH_KEY(table, key) ((uint32) (key))
#define SH_EQUAL(table, a, b) ((a) == (b))
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

struct PaKeyCounts
{
	const PaIndexRows *rows;
	counted_hash *keys;
};

PaKeyCounts *
pa_key_counts_create(const PaIndexRows *rows)
{
	PaKeyCounts *counts = palloc0(sizeof(PaKeyCounts));

	counts->rows = rows;
	counts->keys = counted_create(CurrentMemoryContext, 4096, NULL);
	return counts;
}

void
pa_key_counts_add(PaKeyCounts *counts, uint64 hash, int row, int bytes)
{
	BlockNumber block = counts->rows->blocks[row];
	bool		found;
	bool		continues;
	CountedKey *key = counted_insert(counts->keys, hash, &found);

	if (!found)
	{
		char		status = key->status;

		memset(key, 0, sizeof(*key));
		key->hash = hash;
		key->status = status;
		key->last_row = -1;
		key->last_block = InvalidBlockNumber;
		key->bytes = bytes;
	}
	if (key->last_row == row)
		return;
	key->last_row = row;
	key->rows++;
	if (key->last_block == block)
		return;
	continues = block > 0 && key->last_block == block - 1;
	key->continues = key->continues || continues;
	key->blocks++;
	if (counts->rows->follows[row])
	{
		key->following++;
		key->runs += continues ? 0 : 1;
	}
	key->last_block = block;
}

/* ---- the mixture ---- */

/* What the sample has of keys with k runs. */
typedef struct SeenKeys
{
	double		keys;
	double		runs;
	double		blocks;
	double		following;
	double		rows;
	double		bytes;
} SeenKeys;

typedef struct Mixture
{
	int			ngrid;
	double		runs[MAX_GRID];
	double		share[MAX_GRID];	/* of the keys that were seen */
	double		any[MAX_GRID];	/* probability to be seen at all */
	double		probability[MAX_GRID][MAX_RARE + 1];	/* ... k times, if any */
} Mixture;

static void
fill_grid(Mixture *mixture, double share, double table_blocks)
{
	double		last = Min(table_blocks, ceil(MAX_RARE / share));

	for (double c = 1; c <= last && mixture->ngrid < MAX_GRID; c = Max(c + 1, floor(c * 1.15)))
	{
		int			j = mixture->ngrid++;

		mixture->runs[j] = c;
		mixture->any[j] = 1.0 - pow(1.0 - share, c);
		for (int k = 1; k <= MAX_RARE; k++)
			mixture->probability[j][k] = k > c ? 0 :
				exp(lgamma(c + 1) - lgamma(k + 1.0) - lgamma(c - k + 1) +
					k * log(share) + (c - k) * log1p(-share)) / mixture->any[j];
	}
	/* what the sample does not tell apart is likely to be in one row only */
	for (int j = 0; j < mixture->ngrid; j++)
		mixture->share[j] = j == 0 ? 0.25 : 0.75 / (mixture->ngrid - 1);
}

/*
 * One round: every number of runs is put down to the classes by their odds.
 * "haste" above 1 goes further in the same direction.  Gives how likely the
 * shares were that it began with (a logarithm).
 */
static double
improve(Mixture *mixture, const SeenKeys *seen, double total, double haste)
{
	double		next[MAX_GRID] = {0};
	double		likelihood = 0,
				sum = 0;

	for (int k = 1; k <= MAX_RARE; k++)
	{
		double		mixed = 1e-300;

		if (seen[k].keys <= 0)
			continue;
		for (int j = 0; j < mixture->ngrid; j++)
			mixed += mixture->share[j] * mixture->probability[j][k];
		for (int j = 0; j < mixture->ngrid; j++)
			next[j] += seen[k].keys * mixture->probability[j][k] / mixed;
		likelihood += seen[k].keys * log(mixed);
	}
	for (int j = 0; j < mixture->ngrid; j++)
	{
		/* what is nothing could never be anything again */
		mixture->share[j] = Max(1e-9, mixture->share[j] *
								(haste == 1 ? next[j] / total : pow(next[j] / total, haste)));
		sum += mixture->share[j];
	}
	for (int j = 0; j < mixture->ngrid; j++)
		mixture->share[j] /= sum;
	return likelihood;
}

/*
 * Rounds until the shares stay as they are.  Plain ones hardly move between
 * classes that are alike, so that they are made longer as long as that makes
 * things likelier.
 */
static void
find_shares(Mixture *mixture, const SeenKeys *seen, double total)
{
	double		before[MAX_GRID];
	double		best = -INFINITY,
				haste = 1;

	for (int i = 0; i < ROUNDS; i++)
	{
		double		trial[MAX_GRID];
		double		likelihood;

		CHECK_FOR_INTERRUPTS();
		memcpy(trial, mixture->share, sizeof(trial));
		likelihood = improve(mixture, seen, total, haste);
		if (likelihood < best)
		{
			memcpy(mixture->share, before, sizeof(before));
			haste = 1;
			best = -INFINITY;
			continue;
		}
		if (likelihood - best < 1e-9 * total && haste > 2)
			break;
		memcpy(before, trial, sizeof(before));
		best = likelihood;
		haste *= 1.4;
	}
}

/*
 * Bytes and rows a block of the keys that the class explains; how long runs
 * are is told by all of them, since most of the blocks of a long one belong
 * to one that began elsewhere.
 */
static void
describe_class(const Mixture *mixture, int j, const SeenKeys *seen, double blocks_per_run,
			   PaKeyFrequency *frequency)
{
	double		weight = 1e-300,
				rows = 0,
				bytes = 0;

	for (int k = 1; k <= MAX_RARE; k++)
	{
		if (seen[k].keys <= 0)
			continue;
		weight += mixture->probability[j][k];
		rows += mixture->probability[j][k] * seen[k].rows / seen[k].blocks;
		bytes += mixture->probability[j][k] * seen[k].bytes / seen[k].keys;
	}
	frequency->runs = mixture->runs[j];
	frequency->blocks = mixture->runs[j] * blocks_per_run;
	frequency->rows = frequency->blocks * Max(1.0, rows / weight);
	frequency->bytes = bytes / weight;
}

/* seen[0] are keys of which only blocks within runs were seen. */
static int
rare_keys(const SeenKeys *seen, double share, double table_blocks, PaKeyFrequency *frequencies)
{
	Mixture    *mixture;
	double		total = 0,
				runs = 0,
				following = seen[0].following;
	int			n = 0;

	for (int k = 1; k <= MAX_RARE; k++)
	{
		total += seen[k].keys;
		runs += seen[k].runs;
		following += seen[k].following;
	}
	if (total <= 0)
		return 0;
	mixture = palloc0(sizeof(Mixture));
	fill_grid(mixture, share, table_blocks);
	find_shares(mixture, seen, total);
	for (int j = 0; j < mixture->ngrid; j++)
	{
		if (mixture->share[j] * total < 1e-6)
			continue;
		describe_class(mixture, j, seen, Max(1.0, following / runs), &frequencies[n]);
		frequencies[n++].keys = mixture->share[j] * total / mixture->any[j];
	}
	pfree(mixture);
	return n;
}

/* ---- all together ---- */

static void
add_key(SeenKeys *seen, const CountedKey *key)
{
	seen->keys++;
	seen->runs += key->runs;
	seen->blocks += key->blocks;
	seen->following += key->following;
	seen->rows += key->rows;
	seen->bytes += key->bytes;
}

/* As they are, for keys that are common or when the whole table was read. */
static void
put(PaKeyFrequency *frequency, const SeenKeys *seen, const PaIndexRows *rows)
{
	frequency->keys = seen->keys;
	frequency->runs = Max(1.0, seen->runs / seen->keys / rows->following_share);
	frequency->blocks = seen->blocks / seen->keys / rows->blocks_share;
	frequency->rows = seen->rows / seen->keys / rows->blocks_share;
	frequency->bytes = seen->bytes / seen->keys;
}

/* The classes of common keys are a few per cent of the frequency wide. */
#define COMMON_CLASSES 120

static int
common_class(const CountedKey *key)
{
	return Min((int) (12 * log((double) key->rows / MAX_RARE)), COMMON_CLASSES - 1);
}

/* Of keys that stay in one block at a time, and of others. */
typedef struct SeenGroups
{
	SeenKeys	common[COMMON_CLASSES];
	SeenKeys	rare[2][MAX_RARE + 1];
} SeenGroups;

int
pa_key_frequencies(PaKeyCounts *counts, PaKeyFrequency *frequencies)
{
	const PaIndexRows *rows = counts->rows;
	SeenGroups *seen = palloc0(sizeof(SeenGroups));
	counted_iterator iterator;
	CountedKey *key;
	int			n = 0;

	counted_start_iterate(counts->keys, &iterator);
	while ((key = counted_iterate(counts->keys, &iterator)) != NULL)
		add_key(key->runs > MAX_RARE || key->rows > 1000 ? &seen->common[common_class(key)] :
				&seen->rare[key->continues ? 1 : 0][key->runs], key);
	for (int i = 0; i < COMMON_CLASSES; i++)
	{
		if (seen->common[i].keys > 0)
			put(&frequencies[n++], &seen->common[i], rows);
	}
	for (int group = 0; group < 2; group++)
	{
		if (rows->blocks_share < 1)
			n += rare_keys(seen->rare[group], rows->following_share, rows->table_blocks,
						   &frequencies[n]);
		for (int k = 1; k <= MAX_RARE && rows->blocks_share >= 1; k++)
		{
			if (seen->rare[group][k].keys > 0)
				put(&frequencies[n++], &seen->rare[group][k], rows);
		}
	}
	pfree(seen);
	return n;
}

int
pa_row_frequencies(const PaIndexRows *rows, uint32 nullable, uint32 nulls,
				   PaKeyFrequency *frequencies)
{
	PaKeyCounts *counts = pa_key_counts_create(rows);
	int			n;

	for (int i = 0; i < rows->nrows; i++)
	{
		if ((rows->null_sets[i] & nullable) == nulls)
			pa_key_counts_add(counts, rows->key_hashes[i], i, 0);
	}
	n = pa_key_frequencies(counts, frequencies);
	counted_destroy(counts->keys);
	pfree(counts);
	return n;
}
