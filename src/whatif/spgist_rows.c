/*-------------------------------------------------------------------------
 *
 * spgist_rows.c
 *		How large a freshly built SP-GiST index would be, from sampled rows.
 *
 * As for GiST (gist_rows.c), an index of sampled rows is built: the operator
 * class is asked where each of them goes, and of the pages only their free
 * space is kept, by the rules of the access method:
 *
 *	-	leaf tuples of a node are together on one page, where they are added
 *		while there is room; when not, a small group moves to another page, and
 *		a large one is divided by the class, under an inner tuple;
 *	-	which page something takes is in spgist_pages.c.
 *
 * IDENTIFICATION
 *		src/whatif/spgist_rows.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "access/spgist.h"
#include "access/spgist_private.h"
#include "access/transam.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "compat/compat.h"
#include "whatif/index_size.h"
#include "whatif/row_sample.h"
#include "whatif/spgist_pages.h"

#define MAX_INSERTED 8192

/* Bytes of a page. */
#define CAPACITY ((int) SPGIST_PAGE_CAPACITY)

#define LINE_POINTER ((int) sizeof(ItemIdData))

/* A group of fewer tuples and bytes moves, a larger one is divided. */
#define MOVED_TUPLES 64
#define MOVED_BYTES (CAPACITY / 2)

/* Nodes of an inner tuple whose tuples the class cannot tell apart. */
#define SAME_NODES 8

/* Steps down for one tuple, more than any class takes. */
#define MAX_STEPS 1000

typedef struct SpgType
{
	Oid			type;
	int16		length;
	bool		by_value;
} SpgType;

/* An inner tuple, or the leaf tuples of a node. */
typedef struct SpgTuple
{
	bool		inner;
	int			page;
	/* leaf tuples */
	int			n;
	int			allocated;
	Datum	   *datums;
	int			bytes;			/* with line pointers */
	/* an inner tuple */
	bool		same;
	bool		has_prefix;
	Datum		prefix;
	int			nnodes;
	Datum	   *labels;			/* or NULL */
	struct SpgTuple **children; /* NULL: nothing there yet */
	int			size;
} SpgTuple;

typedef struct SpgTree
{
	FmgrInfo	choose;
	FmgrInfo	picksplit;
	FmgrInfo	compress;
	Oid			collation;
	SpgType		leaf;
	SpgType		prefix;
	SpgType		label;
	PaSpgPages	space;
	SpgTuple   *root;
	int			turn;			/* among nodes that are the same */
	MemoryContext context;
} SpgTree;

/* ---- types and sizes ---- */

static void
describe_type(Oid type, SpgType *described)
{
	described->type = type;
	get_typlenbyval(type, &described->length, &described->by_value);
}

/* As inner tuples store labels and prefixes. */
static int
inner_bytes(const SpgType *type, Datum value)
{
	if (type->by_value)
		return sizeof(Datum);
	return (int) MAXALIGN(type->length > 0 ? (Size) type->length : VARSIZE_ANY(DatumGetPointer(value)));
}

static int
leaf_bytes(const SpgTree *tree, Datum value)
{
	int			data = tree->leaf.length > 0 ? tree->leaf.length :
		pa_stored_width(tree->leaf.length, value);

	return (int) Max(MAXALIGN(SGLTHDRSZ(false) + data), SGDTSIZE) + LINE_POINTER;
}

static int
inner_tuple_bytes(const SpgTree *tree, const SpgTuple *tuple)
{
	Size		size = SGITHDRSZ;

	if (tuple->has_prefix)
		size += inner_bytes(&tree->prefix, tuple->prefix);
	for (int i = 0; i < tuple->nnodes; i++)
		size += SGNTHDRSZ + (tuple->labels != NULL ? inner_bytes(&tree->label, tuple->labels[i]) : 0);
	size = Max(size, SGDTSIZE) + LINE_POINTER;
	if (size > (Size) CAPACITY)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg_internal("inner tuple is too large for a page")));
	return (int) size;
}

/* In the tree's own memory. */
static Datum
keep(const SpgTree *tree, const SpgType *type, Datum value)
{
	MemoryContext oldcontext = MemoryContextSwitchTo(tree->context);
	Datum		copy = datumCopy(value, type->by_value, type->length);

	MemoryContextSwitchTo(oldcontext);
	return copy;
}

/* ---- leaves ---- */

static SpgTuple *
new_tuple(const SpgTree *tree, bool inner)
{
	SpgTuple   *tuple = MemoryContextAllocZero(tree->context, sizeof(SpgTuple));

	tuple->inner = inner;
	return tuple;
}

/* Without the page's account. */
static void
append_leaf(SpgTree *tree, SpgTuple *leaves, Datum value)
{
	if (leaves->n == leaves->allocated)
	{
		leaves->allocated = Max(8, leaves->allocated * 2);
		leaves->datums = leaves->datums == NULL ?
			MemoryContextAlloc(tree->context, sizeof(Datum) * leaves->allocated) :
			repalloc(leaves->datums, sizeof(Datum) * leaves->allocated);
	}
	leaves->datums[leaves->n++] = keep(tree, &tree->leaf, value);
	leaves->bytes += leaf_bytes(tree, value);
}

/* The first leaf tuple of a node. */
static SpgTuple *
start_leaves(SpgTree *tree, Datum value)
{
	SpgTuple   *leaves = new_tuple(tree, false);

	append_leaf(tree, leaves, value);
	leaves->page = pa_spg_get_page(&tree->space, PA_SPG_LEAVES, leaves->bytes);
	pa_spg_add(&tree->space.pages[leaves->page], 1, leaves->bytes);
	pa_spg_note_used(&tree->space, leaves->page);
	return leaves;
}

static void
move_leaves(SpgTree *tree, SpgTuple *leaves, Datum value)
{
	int			from = leaves->page;
	int			bytes = leaves->bytes;
	int			n = leaves->n;

	append_leaf(tree, leaves, value);
	leaves->page = pa_spg_get_page(&tree->space, PA_SPG_LEAVES, leaves->bytes);
	pa_spg_remove(&tree->space.pages[from], n, bytes);
	pa_spg_add(&tree->space.pages[leaves->page], leaves->n, leaves->bytes);
	pa_spg_note_used(&tree->space, leaves->page);
	pa_spg_note_used(&tree->space, from);
}

/* ---- dividing ---- */

/* When all go to one node, several that are the same share them. */
static bool
share_same(const spgPickSplitIn *in, spgPickSplitOut *out)
{
	int			node = out->mapTuplesToNodes[0];

	for (int i = 1; i < in->nTuples; i++)
	{
		if (out->mapTuplesToNodes[i] != node)
			return false;
	}
	for (int i = 0; i < in->nTuples; i++)
		out->mapTuplesToNodes[i] = i % SAME_NODES;
	if (out->nodeLabels != NULL)
	{
		Datum		label = out->nodeLabels[node];

		out->nodeLabels = palloc_array(Datum, SAME_NODES);
		for (int i = 0; i < SAME_NODES; i++)
			out->nodeLabels[i] = label;
	}
	out->nNodes = SAME_NODES;
	return true;
}

static void
set_inner(SpgTree *tree, SpgTuple *tuple, bool has_prefix, Datum prefix, int nnodes,
		  const Datum *labels)
{
	tuple->has_prefix = has_prefix;
	tuple->prefix = has_prefix ? keep(tree, &tree->prefix, prefix) : (Datum) 0;
	tuple->nnodes = nnodes;
	tuple->labels = NULL;
	if (labels != NULL)
	{
		tuple->labels = MemoryContextAlloc(tree->context, sizeof(Datum) * nnodes);
		for (int i = 0; i < nnodes; i++)
			tuple->labels[i] = keep(tree, &tree->label, labels[i]);
	}
	tuple->size = inner_tuple_bytes(tree, tuple);
}

/* Groups that fit go to the first page, others to the second; false: no room. */
static bool
assign_pages(SpgTree *tree, SpgTuple **groups, int n, int first, int first_room, int second)
{
	int			second_room = second == PA_SPG_NONE ? 0 : tree->space.pages[second].free;

	for (int i = 0; i < n; i++)
	{
		if (groups[i] == NULL)
			continue;
		if (groups[i]->bytes <= first_room)
		{
			groups[i]->page = first;
			first_room -= groups[i]->bytes;
			continue;
		}
		groups[i]->page = second;
		second_room -= groups[i]->bytes;
	}
	return second_room >= 0;
}

/* Put the tuples, the last of them the new one if it is included, in groups. */
static int
make_groups(SpgTree *tree, const spgPickSplitOut *out, int ntuples, SpgTuple **groups)
{
	int			bytes = 0;

	memset(groups, 0, sizeof(SpgTuple *) * out->nNodes);
	for (int i = 0; i < ntuples; i++)
	{
		SpgTuple  **group = &groups[out->mapTuplesToNodes[i]];

		if (*group == NULL)
			*group = new_tuple(tree, false);
		append_leaf(tree, *group, out->leafTupleDatums[i]);
	}
	for (int i = 0; i < out->nNodes; i++)
		bytes += groups[i] != NULL ? groups[i]->bytes : 0;
	return bytes;
}

/* The inner tuple goes to its parent's page, or to one of another class. */
static void
place_inner(SpgTree *tree, SpgTuple *inner, const SpgTuple *parent)
{
	if (parent == NULL)
	{
		tree->space.pages[PA_SPG_ROOT] = (PaSpgPage) {.free = CAPACITY};
		inner->page = PA_SPG_ROOT;
	}
	else if (parent->page != PA_SPG_ROOT && pa_spg_room(&tree->space.pages[parent->page], 1) >= inner->size)
		inner->page = parent->page;
	else
		inner->page = pa_spg_get_page(&tree->space, (parent->page + 1) % 3, inner->size);
	pa_spg_add(&tree->space.pages[inner->page], 1, inner->size);
	pa_spg_note_used(&tree->space, inner->page);
}

/*
 * Divide the leaf tuples and the new one under an inner tuple, which takes
 * their place.  False: the new one has yet to be inserted, below that.
 */
static bool
divide(SpgTree *tree, SpgTuple *leaves, const SpgTuple *parent, Datum value, int level)
{
	spgPickSplitIn in = {0};
	spgPickSplitOut out = {0};
	SpgTuple  **groups;
	int			current = leaves->page;
	int			old_n = leaves->n;
	int			second = PA_SPG_NONE;
	int			bytes;
	int			current_room = 0;
	bool		included = true;

	append_leaf(tree, leaves, value);
	in.nTuples = leaves->n;
	in.datums = leaves->datums;
	in.level = level;
	FunctionCall2Coll(&tree->picksplit, tree->collation, PointerGetDatum(&in), PointerGetDatum(&out));
	leaves->same = share_same(&in, &out);
	groups = MemoryContextAlloc(tree->context, sizeof(SpgTuple *) * out.nNodes);
	bytes = make_groups(tree, &out, leaves->n, groups);

	if (parent != NULL)
	{
		pa_spg_remove(&tree->space.pages[current], old_n, leaves->bytes - leaf_bytes(tree, value));
		current_room = pa_spg_room(&tree->space.pages[current], leaves->n);
	}
	if (bytes > current_room)
		second = pa_spg_get_page(&tree->space, PA_SPG_LEAVES, Min(bytes, CAPACITY));
	if (!assign_pages(tree, groups, out.nNodes, current, current_room, second))
	{
		included = false;
		make_groups(tree, &out, old_n, groups);
		if (!assign_pages(tree, groups, out.nNodes, current, current_room, second))
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg_internal("groups do not fit on two pages")));
	}
	leaves->inner = true;
	leaves->children = groups;
	set_inner(tree, leaves, out.hasPrefix, out.prefixDatum, out.nNodes, out.nodeLabels);
	place_inner(tree, leaves, parent);
	for (int i = 0; i < out.nNodes; i++)
	{
		if (groups[i] != NULL)
			pa_spg_add(&tree->space.pages[groups[i]->page], groups[i]->n, groups[i]->bytes);
	}
	if (second != PA_SPG_NONE)
		pa_spg_note_used(&tree->space, second);
	if (parent != NULL)
		pa_spg_note_used(&tree->space, current);
	return included;
}

/* ---- inner tuples ---- */

/* A tuple that grew stays where it is, or goes to a page of the same class. */
static void
grow_inner(SpgTree *tree, SpgTuple *tuple, int old_size)
{
	PaSpgPage  *page = &tree->space.pages[tuple->page];

	if (page->free >= tuple->size - old_size)
	{
		page->free -= tuple->size - old_size;
		return;
	}
	pa_spg_remove(page, 1, old_size);
	tuple->page = pa_spg_get_page(&tree->space, tuple->page % 3, tuple->size);
	pa_spg_add(&tree->space.pages[tuple->page], 1, tuple->size);
	pa_spg_note_used(&tree->space, tuple->page);
}

static void
add_node(SpgTree *tree, SpgTuple *tuple, Datum label, int at)
{
	int			n = tuple->nnodes;
	int			old_size = tuple->size;
	SpgTuple  **children = MemoryContextAllocZero(tree->context, sizeof(SpgTuple *) * (n + 1));
	Datum	   *labels = palloc_array(Datum, n + 1);

	for (int i = 0; i <= n; i++)
	{
		int			from = i < at ? i : i - 1;

		if (i == at)
			labels[i] = label;
		else
		{
			children[i] = tuple->children[from];
			labels[i] = tuple->labels[from];
		}
	}
	tuple->children = children;
	set_inner(tree, tuple, tuple->has_prefix, tuple->prefix, n + 1, labels);
	grow_inner(tree, tuple, old_size);
}

/* A tuple with the rest of the prefix goes below the one with its beginning. */
static void
split_inner(SpgTree *tree, SpgTuple *tuple, const spgChooseOut *out)
{
	SpgTuple   *lower = new_tuple(tree, true);
	int			old_size = tuple->size;
	PaSpgPage  *page = &tree->space.pages[tuple->page];

	lower->same = tuple->same;
	lower->children = tuple->children;
	set_inner(tree, lower, out->result.splitTuple.postfixHasPrefix,
			  out->result.splitTuple.postfixPrefixDatum, tuple->nnodes, tuple->labels);
	tuple->same = false;
	set_inner(tree, tuple, out->result.splitTuple.prefixHasPrefix,
			  out->result.splitTuple.prefixPrefixDatum, out->result.splitTuple.prefixNNodes,
			  out->result.splitTuple.prefixNodeLabels);
	tuple->children = MemoryContextAllocZero(tree->context, sizeof(SpgTuple *) * tuple->nnodes);
	tuple->children[out->result.splitTuple.childNodeN] = lower;
	page->free += old_size - tuple->size;
	if (tuple->page != PA_SPG_ROOT && pa_spg_room(page, 1) >= lower->size)
		lower->page = tuple->page;
	else
		lower->page = pa_spg_get_page(&tree->space, (tuple->page + 1) % 3, lower->size);
	pa_spg_add(&tree->space.pages[lower->page], 1, lower->size);
	pa_spg_note_used(&tree->space, lower->page);
}

static void
ask_choice(SpgTree *tree, const SpgTuple *tuple, Datum value, Datum leaf, int level,
		   spgChooseOut *out)
{
	spgChooseIn in = {0};

	memset(out, 0, sizeof(*out));
	in.datum = value;
	in.leafDatum = leaf;
	in.level = level;
	in.allTheSame = tuple->same;
	in.hasPrefix = tuple->has_prefix;
	in.prefixDatum = tuple->prefix;
	in.nNodes = tuple->nnodes;
	in.nodeLabels = tuple->labels;
	FunctionCall2Coll(&tree->choose, tree->collation, PointerGetDatum(&in), PointerGetDatum(out));
}

/* ---- inserting ---- */

/* Among the leaf tuples of a node; false: it was divided, and goes on below. */
static bool
insert_leaf(SpgTree *tree, SpgTuple *leaves, const SpgTuple *parent, Datum leaf, int level)
{
	PaSpgPage  *page = &tree->space.pages[leaves->page];
	int			bytes = leaf_bytes(tree, leaf);

	if (bytes > CAPACITY)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg_internal("value is too large for a page")));
	if (pa_spg_room(page, 1) >= bytes)
	{
		append_leaf(tree, leaves, leaf);
		pa_spg_add(page, 1, bytes);
		pa_spg_note_used(&tree->space, leaves->page);
		return true;
	}
	if (parent != NULL && leaves->n < MOVED_TUPLES && leaves->bytes < MOVED_BYTES &&
		leaves->bytes + bytes <= CAPACITY)
	{
		move_leaves(tree, leaves, leaf);
		return true;
	}
	return divide(tree, leaves, parent, leaf, level);
}

static void
insert(SpgTree *tree, Datum value)
{
	SpgTuple   *tuple = tree->root;
	SpgTuple   *parent = NULL;
	Datum		leaf = value;
	int			level = 0;

	if (OidIsValid(tree->compress.fn_oid))
		leaf = FunctionCall1Coll(&tree->compress, tree->collation, value);
	for (int step = 0; step < MAX_STEPS; step++)
	{
		spgChooseOut out;
		int			node;

		CHECK_FOR_INTERRUPTS();
		if (!tuple->inner)
		{
			if (insert_leaf(tree, tuple, parent, leaf, level))
				return;
			continue;
		}
		ask_choice(tree, tuple, value, leaf, level, &out);
		if (out.resultType == spgAddNode)
		{
			add_node(tree, tuple, out.result.addNode.nodeLabel, out.result.addNode.nodeN);
			continue;
		}
		if (out.resultType == spgSplitTuple)
		{
			split_inner(tree, tuple, &out);
			continue;
		}
		node = tuple->same ? tree->turn++ % tuple->nnodes : out.result.matchNode.nodeN;
		level += out.result.matchNode.levelAdd;
		leaf = out.result.matchNode.restDatum;
		if (tuple->children[node] == NULL)
		{
			tuple->children[node] = start_leaves(tree, leaf);
			return;
		}
		parent = tuple;
		tuple = tuple->children[node];
	}
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg_internal("value is not placed")));
}

/* ---- pages ---- */

/* Whether the function is the server's own: the others are not known. */
static bool
look_up(const PaIndexColumn *column, int number, bool required, FmgrInfo *function)
{
	Oid			proc = get_opfamily_proc(column->opfamily, column->opcintype,
										 column->opcintype, number);

	if (!OidIsValid(proc))
		return !required;
	if (proc >= FirstUnpinnedObjectId)
		return false;
	fmgr_info(proc, function);
	return true;
}

static SpgTree *
create_tree(const PaIndexColumn *column)
{
	SpgTree    *tree = palloc0(sizeof(SpgTree));
	spgConfigIn in = {0};
	spgConfigOut out = {0};
	FmgrInfo	config;

	tree->context = CurrentMemoryContext;
	if (!pa_is_safe_type(column->type) ||
		!look_up(column, SPGIST_CONFIG_PROC, true, &config) ||
		!look_up(column, SPGIST_CHOOSE_PROC, true, &tree->choose) ||
		!look_up(column, SPGIST_PICKSPLIT_PROC, true, &tree->picksplit) ||
		!look_up(column, SPGIST_COMPRESS_PROC, false, &tree->compress))
		return NULL;
	tree->collation = OidIsValid(column->collation) ? column->collation : DEFAULT_COLLATION_OID;
	in.attType = column->type;
	FunctionCall2Coll(&config, tree->collation, PointerGetDatum(&in), PointerGetDatum(&out));
	describe_type(OidIsValid(out.leafType) ? out.leafType :
				  OidIsValid(column->stored_type) ? column->stored_type : column->type, &tree->leaf);
	describe_type(OidIsValid(out.prefixType) ? out.prefixType : VOIDOID, &tree->prefix);
	describe_type(OidIsValid(out.labelType) ? out.labelType : VOIDOID, &tree->label);
	pa_spg_init_pages(&tree->space);
	tree->root = new_tuple(tree, false);
	tree->root->page = PA_SPG_ROOT;
	return tree;
}

/* Arguments and result of build_cb(). */
typedef struct SpgWanted
{
	const PaSizedIndex *index;
	double		pages;
} SpgWanted;

/* The rows that are inserted: those of the index divided by a power of two. */
static int
rows_in_phase(double tuples, int available)
{
	while (tuples > Min(available, MAX_INSERTED))
		tuples /= 2;
	return (int) tuples;
}

static bool
build_cb(void *arg)
{
	SpgWanted  *wanted = arg;
	const PaSizedIndex *index = wanted->index;
	const PaIndexRows *rows = index->rows;
	SpgTree    *tree = create_tree(&index->shape->columns[0]);
	int			n = rows_in_phase(index->tuples, rows->nrows);
	int			nulls = 0;
	MemoryContext scratch;

	if (tree == NULL || n < 1)
		return false;
	scratch = AllocSetContextCreate(CurrentMemoryContext, "perf_advisor SP-GiST tuple",
									ALLOCSET_DEFAULT_SIZES);
	for (int i = 0; i < n; i++)
	{
		int			row = (int) ((int64) i * rows->nrows / n);
		MemoryContext oldcontext = MemoryContextSwitchTo(scratch);

		if (rows->nulls[row])
			nulls++;
		else
			insert(tree, tree->leaf.length == -1 && !OidIsValid(tree->compress.fn_oid) ?
				   PointerGetDatum(PG_DETOAST_DATUM(rows->values[row])) : rows->values[row]);
		MemoryContextSwitchTo(oldcontext);
		MemoryContextReset(scratch);
	}
	/* NULLs are tuples without a value on pages of their own */
	wanted->pages = 3 + ceil(((tree->space.npages - 3) + (double) nulls * PA_SPG_PLACEHOLDER / CAPACITY) *
							 index->tuples / n);
	return true;
}

/* Pages of the whole index, or 0 when the operator class cannot be asked. */
double
pa_spgist_rows_pages(const PaSizedIndex *index)
{
	SpgWanted	wanted = {index, 0};
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "perf_advisor SP-GiST tree",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext oldcontext = MemoryContextSwitchTo(context);
	bool		done = index->ncolumns == 1 && pa_attempt(build_cb, &wanted);

	MemoryContextSwitchTo(oldcontext);
	MemoryContextDelete(context);
	return done ? wanted.pages : 0;
}
