/*-------------------------------------------------------------------------
 *
 * gist_rows.c
 *		How large a freshly built GiST index would be, from sampled rows.
 *
 * How full pages are depends on how the operator class splits them, so an
 * index of sampled rows is built, in memory, with the server's own code for
 * single tuples: pages are arrays, and nothing is locked or logged.
 *
 * Rows that come in no order fill all pages at the same time, which then split
 * at the same time: the fill swings between a half and full each time that the
 * number of rows doubles.  The sample therefore has the number of rows of the
 * index divided by a power of two.
 *
 * Classes that can sort build from the leaves: each few pages of sorted tuples
 * are split once.
 *
 * Support functions get a description of the index that has little in it.
 * Those of the server and of the extensions listed below are known to make
 * do with it, others are not called.
 *
 * IDENTIFICATION
 *		src/whatif/gist_rows.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "access/gist_private.h"
#include "access/transam.h"
#include "catalog/dependency.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_index.h"
#include "catalog/pg_proc.h"
#include "commands/extension.h"
#include "common/pg_prng.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/sortsupport.h"

#include "compat/compat.h"
#include "compat/table.h"
#include "whatif/index_size.h"
#include "whatif/row_sample.h"

/* Rows that are put into a tree, and that are sorted. */
#define MAX_INSERTED 8192
#define MAX_SORTED 8192

/* Leaves that they should fill, and rows that are measured to know how many do. */
#define WANTED_LEAVES 100
#define MEASURED 50

/* Pages that a sorted build splits at once. */
#define SORTED_PAGES 4

/* Bytes that a build leaves free on a page that it adds to. */
#define FREE_SPACE ((Size) (BLCKSZ * (100 - GIST_DEFAULT_FILLFACTOR) / 100))

/* The most tuples that splitting one page makes pages of. */
#define MAX_PARTS 64

typedef struct GistTree
{
	Relation	index;			/* only what support functions look at */
	GISTSTATE	state;
	Page	   *pages;
	int			npages;
	int			allocated;
	int			root;
	MemoryContext context;
	MemoryContext scratch;		/* reset for each tuple */
} GistTree;

/* ---- the index ---- */

/* Extensions whose classes look at keys alone. */
static bool
is_known_extension(Oid funcid)
{
	static const char *const known[] = {
		"btree_gist", "cube", "hstore", "intarray", "ltree", "pg_trgm", "postgis", "seg"
	};
	Oid			extension = getExtensionOfObject(ProcedureRelationId, funcid);
	char	   *name = OidIsValid(extension) ? get_extension_name(extension) : NULL;

	for (int i = 0; name != NULL && i < (int) lengthof(known); i++)
	{
		if (strcmp(name, known[i]) == 0)
			return true;
	}
	return false;
}

/* Look a support function up; false when it may not be called. */
static bool
look_up(const PaIndexColumn *column, int number, bool required, FmgrInfo *function,
		MemoryContext context)
{
	Oid			proc = get_opfamily_proc(column->opfamily, column->opcintype,
										 column->opcintype, number);

	if (!OidIsValid(proc))
		return !required;
	if (!pa_is_safe_support(proc) ||
		(proc >= FirstUnpinnedObjectId && !is_known_extension(proc)))
		return false;
	fmgr_info_cxt(proc, function, context);
	return true;
}

static bool
look_up_all(GistTree *tree, const PaIndexShape *shape)
{
	GISTSTATE  *state = &tree->state;

	for (int i = 0; i < shape->nkeys; i++)
	{
		const PaIndexColumn *column = &shape->columns[i];

		if (!pa_is_safe_type(column->type) ||
			!look_up(column, GIST_UNION_PROC, true, &state->unionFn[i], tree->context) ||
			!look_up(column, GIST_COMPRESS_PROC, false, &state->compressFn[i], tree->context) ||
			!look_up(column, GIST_DECOMPRESS_PROC, false, &state->decompressFn[i], tree->context) ||
			!look_up(column, GIST_PENALTY_PROC, true, &state->penaltyFn[i], tree->context) ||
			!look_up(column, GIST_PICKSPLIT_PROC, true, &state->picksplitFn[i], tree->context) ||
			!look_up(column, GIST_EQUAL_PROC, true, &state->equalFn[i], tree->context))
			return false;
		state->supportCollation[i] = OidIsValid(column->collation) ? column->collation :
			DEFAULT_COLLATION_OID;
	}
	return true;
}

static TupleDesc
stored_descriptor(const PaIndexShape *shape, int ncolumns)
{
	TupleDesc	desc = CreateTemplateTupleDesc(ncolumns);

	for (int i = 0; i < ncolumns; i++)
	{
		const PaIndexColumn *column = &shape->columns[i];
		Oid			type = i < shape->nkeys && OidIsValid(column->stored_type) ?
			column->stored_type : column->type;

		TupleDescInitEntry(desc, i + 1, NULL, type, -1, 0);
	}
	pa_tuple_desc_finalize(desc);
	return desc;
}

static Relation
describe_index(const PaIndexShape *shape, TupleDesc desc)
{
	Relation	index = palloc0(sizeof(RelationData));

	index->rd_att = desc;
	index->rd_rel = palloc0(sizeof(FormData_pg_class));
	namestrcpy(&index->rd_rel->relname, "hypothetical");
	index->rd_rel->relkind = RELKIND_INDEX;
	index->rd_index = palloc0(sizeof(FormData_pg_index));
	index->rd_index->indnatts = shape->ncolumns;
	index->rd_index->indnkeyatts = shape->nkeys;
	index->rd_indcollation = palloc0_array(Oid, shape->ncolumns);
	for (int i = 0; i < shape->nkeys; i++)
		index->rd_indcollation[i] = shape->columns[i].collation;
	return index;
}

static int
new_page(GistTree *tree, bool leaf)
{
	if (tree->npages == tree->allocated)
	{
		tree->allocated *= 2;
		tree->pages = repalloc_array(tree->pages, Page, tree->allocated);
	}
	tree->pages[tree->npages] = MemoryContextAllocZero(tree->context, BLCKSZ);
	gistinitpage(tree->pages[tree->npages], leaf ? F_LEAF : 0);
	return tree->npages++;
}

/* An empty tree, or NULL when the class cannot be asked. */
static GistTree *
create_tree(const PaIndexShape *shape)
{
	GistTree   *tree = palloc0(sizeof(GistTree));

	tree->context = CurrentMemoryContext;
	tree->scratch = AllocSetContextCreate(CurrentMemoryContext, "perf_advisor GiST tuple",
										  ALLOCSET_DEFAULT_SIZES);
	if (!look_up_all(tree, shape))
		return NULL;
	tree->state.scanCxt = tree->context;
	tree->state.tempCxt = tree->scratch;
	tree->state.leafTupdesc = stored_descriptor(shape, shape->ncolumns);
	tree->state.nonLeafTupdesc = stored_descriptor(shape, shape->nkeys);
	tree->index = describe_index(shape, tree->state.leafTupdesc);
	tree->allocated = 64;
	tree->pages = palloc_array(Page, tree->allocated);
	tree->root = new_page(tree, true);
	return tree;
}

/* ---- splitting ---- */

/* What a page's tuples are divided into, each with its downlink. */
typedef struct GistParts
{
	int			n;
	IndexTuple *tuples[MAX_PARTS];
	int			ntuples[MAX_PARTS];
	IndexTuple	downlinks[MAX_PARTS];
} GistParts;

static void
divide(GistTree *tree, Page page, IndexTuple *tuples, int n, GistParts *parts);

/* One half of a split, which may have to be split again. */
static void
take_half(GistTree *tree, Page page, IndexTuple *tuples, const OffsetNumber *chosen, int n,
		  const Datum *attributes, const bool *nulls, GistParts *parts)
{
	IndexTuple *half = palloc_array(IndexTuple, Max(n, 1));

	for (int i = 0; i < n; i++)
		half[i] = tuples[chosen[i] - 1];
	if (!gistfitpage(half, n))
	{
		divide(tree, page, half, n, parts);
		return;
	}
	if (parts->n == MAX_PARTS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg_internal("page is split too often")));
	parts->tuples[parts->n] = half;
	parts->ntuples[parts->n] = n;
	parts->downlinks[parts->n++] = gistFormTuple(&tree->state, tree->index,
												 unconstify(Datum *, attributes),
												 unconstify(bool *, nulls), false);
}

static void
divide(GistTree *tree, Page page, IndexTuple *tuples, int n, GistParts *parts)
{
	GistSplitVector *split = palloc0(sizeof(GistSplitVector));

	check_stack_depth();
	if (n < 2)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg_internal("tuple is too large for a page")));
	memset(split->spl_lisnull, true, sizeof(split->spl_lisnull));
	memset(split->spl_risnull, true, sizeof(split->spl_risnull));
	gistSplitByKey(tree->index, page, tuples, n, &tree->state, split, 0);
	take_half(tree, page, tuples, split->splitVector.spl_left, split->splitVector.spl_nleft,
			  split->spl_lattr, split->spl_lisnull, parts);
	take_half(tree, page, tuples, split->splitVector.spl_right, split->splitVector.spl_nright,
			  split->spl_rattr, split->spl_risnull, parts);
}

/* ---- inserting ---- */

static void
fill_page(GistTree *tree, int number, IndexTuple *tuples, int n)
{
	bool		leaf = GistPageIsLeaf(tree->pages[number]);

	gistinitpage(tree->pages[number], leaf ? F_LEAF : 0);
	gistfillbuffer(tree->pages[number], tuples, n, FirstOffsetNumber);
}

/*
 * Put tuples on a page, in place of one of its tuples if "replaced" is valid.
 * Gives the parts that it was split into, 0 for none; the first part stays
 * on the page, and downlinks say where the others are.
 */
static int
place(GistTree *tree, int number, IndexTuple *tuples, int n, OffsetNumber replaced,
	  GistParts *parts)
{
	Page		page = tree->pages[number];
	IndexTuple *all;
	int			len;

	parts->n = 0;
	if (!gistnospace(page, tuples, n, replaced, FREE_SPACE))
	{
		if (OffsetNumberIsValid(replaced))
			PageIndexTupleDelete(page, replaced);
		gistfillbuffer(page, tuples, n, InvalidOffsetNumber);
		return 0;
	}
	all = gistextractpage(page, &len);
	if (OffsetNumberIsValid(replaced))
	{
		len--;
		memmove(&all[replaced - 1], &all[replaced], sizeof(IndexTuple) * (len - (replaced - 1)));
	}
	all = gistjoinvector(all, &len, tuples, n);
	divide(tree, page, all, len, parts);

	/* tuples point into the page */
	for (int i = 0; i < parts->n; i++)
	{
		for (int k = 0; k < parts->ntuples[i]; k++)
			parts->tuples[i][k] = CopyIndexTuple(parts->tuples[i][k]);
	}
	for (int i = 0; i < parts->n; i++)
	{
		int			to = i == 0 ? number : new_page(tree, GistPageIsLeaf(tree->pages[number]));

		fill_page(tree, to, parts->tuples[i], parts->ntuples[i]);
		ItemPointerSet(&parts->downlinks[i]->t_tid, to, FirstOffsetNumber);
	}
	return parts->n;
}

/* As place(), into the subtree of a page. */
static int
insert_below(GistTree *tree, int number, IndexTuple tuple, GistParts *parts)
{
	Page		page = tree->pages[number];
	GistParts  *below;
	OffsetNumber chosen;
	IndexTuple	downlink,
				adjusted;
	int			child;

	check_stack_depth();
	if (GistPageIsLeaf(page))
		return place(tree, number, &tuple, 1, InvalidOffsetNumber, parts);
	chosen = gistchoose(tree->index, page, tuple, &tree->state);
	downlink = (IndexTuple) PageGetItem(page, PageGetItemId(page, chosen));
	child = ItemPointerGetBlockNumber(&downlink->t_tid);
	adjusted = gistgetadjusted(tree->index, downlink, tuple, &tree->state);
	below = palloc(sizeof(GistParts));
	if (insert_below(tree, child, tuple, below) > 0)
		return place(tree, number, below->downlinks, below->n, chosen, parts);
	if (adjusted == NULL)
		return 0;
	ItemPointerSet(&adjusted->t_tid, child, FirstOffsetNumber);
	return place(tree, number, &adjusted, 1, chosen, parts);
}

static void
insert(GistTree *tree, const Datum *values, const bool *nulls)
{
	GistParts  *parts = palloc(sizeof(GistParts));
	IndexTuple	tuple = gistFormTuple(&tree->state, tree->index, unconstify(Datum *, values),
									  unconstify(bool *, nulls), true);
	int			root;

	ItemPointerSet(&tuple->t_tid, 1, FirstOffsetNumber);
	if (insert_below(tree, tree->root, tuple, parts) == 0)
		return;
	root = new_page(tree, false);
	gistfillbuffer(tree->pages[root], parts->downlinks, parts->n, FirstOffsetNumber);
	tree->root = root;
}

/* ---- the build that sorts ---- */

/* How the sampled rows are sorted. */
typedef struct RowOrder
{
	const PaIndexRows *rows;
	int			nkeys;
	SortSupportData keys[PA_MAX_INDEX_KEYS];
	Datum	   *values;			/* as they are stored; nkeys a row */
} RowOrder;

static int
compare_rows_cb(const void *a, const void *b, void *arg)
{
	RowOrder   *order = arg;
	int			x = *(const int *) a;
	int			y = *(const int *) b;

	for (int i = 0; i < order->nkeys; i++)
	{
		int			result = ApplySortComparator(order->values[x * order->nkeys + i],
												 order->rows->nulls[x * order->rows->ncolumns + i],
												 order->values[y * order->nkeys + i],
												 order->rows->nulls[y * order->rows->ncolumns + i],
												 &order->keys[i]);

		if (result != 0)
			return result;
	}
	return 0;
}

/* The numbers of rows, in the order in which a build takes them. */
static int *
sort_rows(GistTree *tree, const PaIndexShape *shape, const PaIndexRows *rows, int n)
{
	RowOrder	order = {.rows = rows, .nkeys = shape->nkeys};
	int		   *numbers = palloc_array(int, n);
	Datum		compressed[INDEX_MAX_KEYS];

	order.values = palloc0_array(Datum, (Size) rows->nrows * shape->nkeys);
	for (int i = 0; i < shape->nkeys; i++)
	{
		order.keys[i].ssup_cxt = CurrentMemoryContext;
		order.keys[i].ssup_collation = tree->state.supportCollation[i];
		order.keys[i].ssup_attno = i + 1;
		OidFunctionCall1(get_opfamily_proc(shape->columns[i].opfamily, shape->columns[i].opcintype,
										   shape->columns[i].opcintype, GIST_SORTSUPPORT_PROC),
						 PointerGetDatum(&order.keys[i]));
	}
	for (int i = 0; i < n; i++)
	{
		int			row = (int) ((int64) i * rows->nrows / n);

		numbers[i] = row;
		gistCompressValues(&tree->state, tree->index, &rows->values[row * rows->ncolumns],
						   &rows->nulls[row * rows->ncolumns], true, compressed);
		memcpy(&order.values[row * shape->nkeys], compressed, sizeof(Datum) * shape->nkeys);
	}
	qsort_arg(numbers, n, sizeof(int), compare_rows_cb, &order);
	return numbers;
}

/*
 * Whether the table has the rows in the order of the index, nearly.  They then
 * are evenly spaced, as numbers or times that count up, and are split in equal
 * parts; those of a sample are not, since it has gaps.
 */
static bool
is_in_order(const int *numbers, int n)
{
	int			ascending = 0;

	for (int i = 1; i < n; i++)
		ascending += numbers[i] > numbers[i - 1] ? 1 : 0;
	return ascending >= 0.95 * (n - 1);
}

/* Fill leaves with the sorted rows, as many at a time as are split at once. */
static void
build_sorted(GistTree *tree, const PaIndexRows *rows, const int *numbers, int n)
{
	/* such a build ignores the fill factor */
	const Size	room = BLCKSZ - SizeOfPageHeaderData - MAXALIGN(sizeof(GISTPageOpaqueData)) - sizeof(ItemIdData);
	IndexTuple *tuples = palloc_array(IndexTuple, n);
	GistParts  *parts = palloc(sizeof(GistParts));
	MemoryContext oldcontext;
	bool		regular = is_in_order(numbers, n);
	int			ntuples = 0,
				page = 0;
	Size		used = 0;

	tree->npages = 0;
	for (int i = 0; i < n; i++)
	{
		IndexTuple	tuple = gistFormTuple(&tree->state, tree->index,
										  &rows->values[numbers[i] * rows->ncolumns],
										  &rows->nulls[numbers[i] * rows->ncolumns], true);

		CHECK_FOR_INTERRUPTS();
		if (used + IndexTupleSize(tuple) + sizeof(ItemIdData) > room)
		{
			used = 0;
			page++;
		}
		if (page == SORTED_PAGES && regular)
		{
			tree->npages += SORTED_PAGES;
			page = ntuples = 0;
		}
		else if (page == SORTED_PAGES)
		{
			oldcontext = MemoryContextSwitchTo(tree->scratch);
			parts->n = 0;
			divide(tree, tree->pages[0], tuples, ntuples, parts);
			tree->npages += parts->n;
			MemoryContextSwitchTo(oldcontext);
			MemoryContextReset(tree->scratch);
			page = ntuples = 0;
		}
		used += IndexTupleSize(tuple) + sizeof(ItemIdData);
		tuples[ntuples++] = tuple;
	}
	/* what is left would have been followed by more */
	tree->npages = tree->npages > 0 ? tree->npages * n / (n - ntuples) : page + 1;
}

/* ---- pages ---- */

static int
count_leaves(const GistTree *tree)
{
	int			leaves = 0;

	for (int i = 0; i < tree->npages; i++)
		leaves += GistPageIsLeaf(tree->pages[i]) ? 1 : 0;
	return leaves;
}

/* Bytes of the downlinks, which are like those that there are. */
static double
downlink_bytes(const GistTree *tree)
{
	double		bytes = 0,
				n = 0;

	for (int i = 0; i < tree->npages; i++)
	{
		OffsetNumber last = PageGetMaxOffsetNumber(tree->pages[i]);

		if (GistPageIsLeaf(tree->pages[i]))
			continue;
		for (OffsetNumber k = FirstOffsetNumber; k <= last; k++)
			bytes += ItemIdGetLength(PageGetItemId(tree->pages[i], k)) + sizeof(ItemIdData);
		n += last;
	}
	return n > 0 ? bytes / n : 64;
}

/* Rows that fill about as many leaves as it takes to see how they split. */
static double
rows_to_see(GistTree *tree, const PaIndexRows *rows)
{
	int			n = Min(rows->nrows, MEASURED);
	double		bytes = 0;

	for (int i = 0; i < n; i++)
	{
		int			row = (int) ((int64) i * rows->nrows / n);
		MemoryContext oldcontext = MemoryContextSwitchTo(tree->scratch);

		bytes += IndexTupleSize(gistFormTuple(&tree->state, tree->index,
											  &rows->values[row * rows->ncolumns],
											  &rows->nulls[row * rows->ncolumns], true));
		MemoryContextSwitchTo(oldcontext);
		MemoryContextReset(tree->scratch);
	}
	return WANTED_LEAVES * BLCKSZ * 0.7 / (bytes / n + sizeof(ItemIdData));
}

/* Rows to insert: those of the index divided by a power of two. */
static int
rows_in_phase(double tuples, double most)
{
	double		n = tuples;

	while (n > most)
		n /= 2;
	return (int) n;
}

/* Arguments and result of build_cb(). */
typedef struct GistWanted
{
	const PaSizedIndex *index;
	bool		sorted;
	double		pages;
} GistWanted;

static double
inner_pages(double leaves, double bytes)
{
	double		fan_out = Max(2.0, (BLCKSZ - SizeOfPageHeaderData) * PA_GIST_INNER_FILL / bytes);
	double		pages = 0;

	for (double level = leaves; level > 1;)
	{
		level = ceil(level / fan_out);
		pages += level;
	}
	return pages;
}

static void
insert_rows(GistTree *tree, const PaIndexRows *rows, int n)
{
	for (int i = 0; i < n; i++)
	{
		int			row = (int) ((int64) i * rows->nrows / n);
		MemoryContext oldcontext = MemoryContextSwitchTo(tree->scratch);

		CHECK_FOR_INTERRUPTS();
		insert(tree, &rows->values[row * rows->ncolumns], &rows->nulls[row * rows->ncolumns]);
		MemoryContextSwitchTo(oldcontext);
		MemoryContextReset(tree->scratch);
	}
}

static bool
build_cb(void *arg)
{
	GistWanted *wanted = arg;
	const PaSizedIndex *index = wanted->index;
	const PaIndexRows *rows = index->rows;
	GistTree   *tree = create_tree(index->shape);
	double		leaves;
	int			n;

	if (tree == NULL || rows->nrows < 1)
		return false;
	n = wanted->sorted ? Min(rows->nrows, MAX_SORTED) : rows_in_phase(index->tuples, Min(rows->nrows, Min(MAX_INSERTED, rows_to_see(tree, rows))));
	if (n < 1)
		return false;
	if (wanted->sorted)
	{
		build_sorted(tree, rows, sort_rows(tree, index->shape, rows, n), n);
		leaves = tree->npages * index->tuples / n;
		wanted->pages = ceil(leaves) + inner_pages(leaves, 56);
		return true;
	}
	insert_rows(tree, rows, n);
	leaves = count_leaves(tree) * index->tuples / n;
	wanted->pages = ceil(leaves) + inner_pages(leaves, downlink_bytes(tree));
	return true;
}

/* Pages of the whole index, or 0 when the operator class cannot be asked. */
double
pa_gist_rows_pages(const PaSizedIndex *index, bool sorted)
{
	GistWanted	wanted = {index, sorted, 0};
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "perf_advisor GiST tree",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext oldcontext = MemoryContextSwitchTo(context);
	pg_prng_state random = pg_global_prng_state;
	bool		done;

	/* equally good places are taken at random: the same ones each time */
	pg_prng_seed(&pg_global_prng_state, 1);
	done = pa_attempt(build_cb, &wanted);
	pg_global_prng_state = random;
	MemoryContextSwitchTo(oldcontext);
	MemoryContextDelete(context);
	return done ? wanted.pages : 0;
}
