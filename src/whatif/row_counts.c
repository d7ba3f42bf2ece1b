/*-------------------------------------------------------------------------
 *
 * row_counts.c
 *		How often keys occur in a table, from some blocks of it.
 *
 * Blocks are what was drawn, so blocks are what is counted: equal keys that
 * lie beside each other would make rows look like more evidence than they
 * are.  A key that is in c of the table's blocks is in k of the sampled ones
 * with the probability of a binomial distribution.  The mixture of all c that
 * makes the observed numbers of k most likely (expectation maximisation, on a
 * grid of c that begins at one block, Salakhutdinov and Roweis' adaptive steps) tells how many keys there are of each c,
 * also of those that the sample does not have.
 *
 * Keys in many of the sampled blocks need no such thing: they are in as large
 * a share of all blocks.
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

/* Keys in more of the sampled blocks than this are taken as they are. */
#define MAX_RARE 64

/* Classes of rare keys, and how often their shares are made better. */
#define MAX_GRID 120
#define ROUNDS 100

typedef struct CountedKey
{
	uint64		hash;
	int			rows;
	int			blocks;
	int			last_row;
	int			last_block;
	int			bytes;
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
	counted_hash *keys;
};

PaKeyCounts *
pa_key_counts_create(void)
{
	PaKeyCounts *counts = palloc0(sizeof(PaKeyCounts));

	counts->keys = counted_create(CurrentMemoryContext, 4096, NULL);
	return counts;
}

void
pa_key_counts_add(PaKeyCounts *counts, uint64 hash, int row, int block, int bytes)
{
	bool		found;
	CountedKey *key = counted_insert(counts->keys, hash, &found);

	if (!found)
	{
		key->rows = 0;
		key->blocks = 0;
		key->last_row = -1;
		key->last_block = -1;
		key->bytes = bytes;
	}
	if (key->last_row == row)
		return;
	key->last_row = row;
	key->rows++;
	if (key->last_block != block)
		key->blocks++;
	key->last_block = block;
}

/* ---- the mixture ---- */

/* What the sample has of keys in k blocks. */
typedef struct SeenKeys
{
	double		keys;
	double		rows;
	double		bytes;
} SeenKeys;

typedef struct Mixture
{
	int			ngrid;
	double		blocks[MAX_GRID];
	double		share[MAX_GRID];	/* of the keys that were seen */
	double		any[MAX_GRID];	/* probability to be seen at all */
	double		probability[MAX_GRID][MAX_RARE + 1];	/* ... in k blocks, if any */
} Mixture;

static void
fill_grid(Mixture *mixture, double share, double table_blocks)
{
	double		last = Min(table_blocks, ceil(MAX_RARE / share));

	for (double c = 1; c <= last && mixture->ngrid < MAX_GRID; c = Max(c + 1, floor(c * 1.15)))
	{
		int			j = mixture->ngrid++;

		mixture->blocks[j] = c;
		mixture->any[j] = 1.0 - pow(1.0 - share, c);
		for (int k = 1; k <= MAX_RARE; k++)
			mixture->probability[j][k] = k > c ? 0 :
				exp(lgamma(c + 1) - lgamma(k + 1.0) - lgamma(c - k + 1) +
					k * log(share) + (c - k) * log1p(-share)) / mixture->any[j];
	}
	for (int j = 0; j < mixture->ngrid; j++)
		mixture->share[j] = 1.0 / mixture->ngrid;
}

/*
 * One round: every number of blocks is put down to the classes by their odds.
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
		mixture->share[j] *= haste == 1 ? next[j] / total : pow(next[j] / total, haste);
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
		if (likelihood - best < 1e-7 * total && haste > 2)
			break;
		memcpy(before, trial, sizeof(before));
		best = likelihood;
		haste *= 1.4;
	}
}

/* Rows a block and bytes of keys of a class: those of the keys that it explains. */
static void
describe_class(const Mixture *mixture, int j, const SeenKeys *seen, PaKeyFrequency *frequency)
{
	double		weight = 0,
				rows = 0,
				bytes = 0;

	for (int k = 1; k <= MAX_RARE; k++)
	{
		if (seen[k].keys <= 0)
			continue;
		weight += mixture->probability[j][k];
		rows += mixture->probability[j][k] * seen[k].rows / seen[k].keys / k;
		bytes += mixture->probability[j][k] * seen[k].bytes / seen[k].keys;
	}
	frequency->blocks = mixture->blocks[j];
	frequency->rows = weight > 0 ? mixture->blocks[j] * rows / weight : mixture->blocks[j];
	frequency->bytes = weight > 0 ? bytes / weight : 0;
}

static int
rare_keys(const SeenKeys *seen, double share, double table_blocks, PaKeyFrequency *frequencies)
{
	Mixture    *mixture = palloc0(sizeof(Mixture));
	double		total = 0;
	int			n = 0;

	for (int k = 1; k <= MAX_RARE; k++)
		total += seen[k].keys;
	if (total <= 0)
		return 0;
	fill_grid(mixture, share, table_blocks);
	find_shares(mixture, seen, total);
	for (int j = 0; j < mixture->ngrid; j++)
	{
		if (mixture->share[j] * total < 1e-6)
			continue;
		describe_class(mixture, j, seen, &frequencies[n]);
		frequencies[n++].keys = mixture->share[j] * total / mixture->any[j];
	}
	pfree(mixture);
	return n;
}

/* ---- all together ---- */

static void
put(PaKeyFrequency *frequency, const SeenKeys *seen, double k, double share)
{
	frequency->keys = seen->keys;
	frequency->blocks = k / share;
	frequency->rows = seen->rows / seen->keys / share;
	frequency->bytes = seen->bytes / seen->keys;
}

/* Which of the classes of common keys: about a hundred of them. */
static int
common_class(int k)
{
	return Min((int) (12 * log((double) k / MAX_RARE)), PA_KEY_FREQUENCIES - MAX_GRID - MAX_RARE - 1);
}

int
pa_key_frequencies(PaKeyCounts *counts, double blocks_share, double table_blocks,
				   PaKeyFrequency *frequencies)
{
	SeenKeys	seen[MAX_RARE + 1] = {{0}};
	SeenKeys	common[PA_KEY_FREQUENCIES - MAX_GRID - MAX_RARE] = {{0}};
	double		common_blocks[lengthof(common)] = {0};
	counted_iterator iterator;
	CountedKey *key;
	int			n = 0;

	counted_start_iterate(counts->keys, &iterator);
	while ((key = counted_iterate(counts->keys, &iterator)) != NULL)
	{
		bool		is_rare = key->blocks <= MAX_RARE;
		SeenKeys   *of = is_rare ? &seen[key->blocks] : &common[common_class(key->blocks)];

		of->keys++;
		of->rows += key->rows;
		of->bytes += key->bytes;
		if (!is_rare)
			common_blocks[common_class(key->blocks)] += key->blocks;
	}
	for (int i = 0; i < (int) lengthof(common); i++)
	{
		if (common[i].keys > 0)
			put(&frequencies[n++], &common[i], common_blocks[i] / common[i].keys, blocks_share);
	}
	if (blocks_share < 0.999)
		return n + rare_keys(seen, blocks_share, table_blocks, &frequencies[n]);
	for (int k = 1; k <= MAX_RARE; k++)
	{
		if (seen[k].keys > 0)
			put(&frequencies[n++], &seen[k], k, 1.0);
	}
	return n;
}

int
pa_row_frequencies(const PaIndexRows *rows, uint32 nullable, uint32 nulls,
				   PaKeyFrequency *frequencies)
{
	PaKeyCounts *counts = pa_key_counts_create();
	int			n;

	for (int i = 0; i < rows->nrows; i++)
	{
		if ((rows->null_sets[i] & nullable) == nulls)
			pa_key_counts_add(counts, rows->key_hashes[i], i, rows->blocks[i], 0);
	}
	n = pa_key_frequencies(counts, rows->blocks_share, rows->table_blocks, frequencies);
	counted_destroy(counts->keys);
	pfree(counts);
	return n;
}
