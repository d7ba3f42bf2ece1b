/*-------------------------------------------------------------------------
 *
 * key_classes.c
 *		How often the keys of an index occur: classes of equally frequent ones.
 *
 * Most common values are what pg_statistic says, all others are taken as
 * equally frequent.  Several columns are taken as independent, and of their
 * combinations those occur that so many rows happen to draw.  Classes are a
 * power of two of the frequency wide.
 *
 * IDENTIFICATION
 *		src/whatif/key_classes.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_statistic.h"
#include "utils/lsyscache.h"

#include "whatif/index_size.h"

/* The class of a frequency, from the most common on. */
static int
class_of(double frequency)
{
	int			n = (int) floor(-log2(Max(frequency, 1e-18)));

	return Max(0, Min(n, PA_KEY_CLASSES - 1));
}

static void
add_keys(PaKeyClass *classes, double keys, double share)
{
	PaKeyClass *class;

	if (keys <= 0 || share <= 0)
		return;
	class = &classes[class_of(share / keys)];
	class->keys += keys;
	class->share += share;
}

/* Of one column, NULLs left out. */
static void
column_classes(const PaSizedColumn *column, double distinct, PaKeyClass *classes)
{
	double		nonnull = Max(1.0 - column->facts.null_fraction, 1e-6);
	double		rest = 1;
	AttStatsSlot slot;

	if (column->single_value)
	{
		add_keys(classes, 1, 1);
		return;
	}
	if (column->statistics != NULL &&
		get_attstatsslot(&slot, column->statistics, STATISTIC_KIND_MCV, InvalidOid,
						 ATTSTATSSLOT_NUMBERS))
	{
		for (int i = 0; i < slot.nnumbers; i++)
		{
			double		share = Min(slot.numbers[i] / nonnull, rest);

			add_keys(classes, 1, share);
			rest -= share;
			distinct -= 1;
		}
		free_attstatsslot(&slot);
	}
	if (rest > 1e-4)
		add_keys(classes, Max(distinct, 1.0), rest);
}

/* Every key of a with every one of b. */
static void
combine(const PaKeyClass *a, const PaKeyClass *b, PaKeyClass *result)
{
	memset(result, 0, sizeof(PaKeyClass) * PA_KEY_CLASSES);
	for (int i = 0; i < PA_KEY_CLASSES; i++)
	{
		if (a[i].keys <= 0)
			continue;
		for (int k = 0; k < PA_KEY_CLASSES; k++)
			add_keys(result, a[i].keys * b[k].keys, a[i].share * b[k].share);
	}
}

/*
 * Fill the classes (PA_KEY_CLASSES of them, unused ones with no keys) of the
 * keys in so many rows that have NULLs in exactly the columns "nulls".
 */
void
pa_key_classes(const PaSizedIndex *index, uint32 nulls, double rows, PaKeyClass *classes)
{
	PaKeyClass	of_column[PA_KEY_CLASSES];
	PaKeyClass	combined[PA_KEY_CLASSES];
	int			factors = 0;

	memset(combined, 0, sizeof(combined));
	add_keys(combined, 1, 1);
	for (int i = 0; i < index->nkeys; i++)
	{
		if ((nulls & (1U << i)) != 0)
			continue;
		memset(of_column, 0, sizeof(of_column));
		column_classes(&index->columns[i],
					   pa_distinct_of_part(index->columns[i].distinct, rows, index->table_tuples),
					   of_column);
		combine(combined, of_column, classes);
		memcpy(combined, classes, sizeof(combined));
		factors++;
	}
	memcpy(classes, combined, sizeof(combined));

	/* keys that nobody drew */
	for (int i = 0; factors > 1 && i < PA_KEY_CLASSES; i++)
	{
		double		per_key = classes[i].keys > 0 ? rows * classes[i].share / classes[i].keys : 0;

		if (per_key > 0 && per_key < 50)
			classes[i].keys *= 1.0 - exp(-per_key);
	}
}
