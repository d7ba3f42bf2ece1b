/*-------------------------------------------------------------------------
 *
 * index_rows.c
 *		The rows of a sample as an index would have them.
 *
 * Predicate and expressions are evaluated only when all their functions come
 * with the server, within a subtransaction, since they may raise errors.
 *
 * IDENTIFICATION
 *		src/whatif/index_rows.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/detoast.h"
#include "access/htup_details.h"
#include "access/itup.h"
#include "access/toast_compression.h"
#include "catalog/pg_am.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "compat/compat.h"
#include "compat/table.h"
#include "whatif/row_sample.h"

/* What fetching a value from the TOAST table counts for, in bytes. */
#define FETCH_BYTES 4096.0

/* How the rows are made. */
typedef struct RowMaker
{
	const PaIndexShape *shape;
	TupleDesc	table;
	TupleDesc	index;			/* NULL: sizes are not asked for */
	EState	   *estate;
	ExprContext *econtext;
	TupleTableSlot *slot;
	ExprState  *predicate;
	ExprState  *expressions[PA_MAX_INDEX_KEYS + PA_MAX_INCLUDED];
	bool		by_value[PA_MAX_INDEX_KEYS + PA_MAX_INCLUDED];
	int16		length[PA_MAX_INDEX_KEYS + PA_MAX_INCLUDED];
	Bitmapset  *columns;		/* whose values are read */
	double		max_bytes;
	double		bytes;
} RowMaker;

/* ---- what is read ---- */

/* The index's tuples as CREATE INDEX describes them. */
static TupleDesc
index_descriptor(const PaIndexShape *shape, TupleDesc table)
{
	TupleDesc	index = CreateTemplateTupleDesc(shape->ncolumns);

	for (int i = 0; i < shape->ncolumns; i++)
	{
		const PaIndexColumn *column = &shape->columns[i];
		Oid			type = column->type;

		if (type == NAMEOID && column->stored_type == CSTRINGOID)
			type = CSTRINGOID;
		TupleDescInitEntry(index, i + 1, NULL, type, -1, 0);
		if (column->attnum != 0)
		{
			TupleDescAttr(index, i)->attstorage = TupleDescAttr(table, column->attnum - 1)->attstorage;
			TupleDescAttr(index, i)->attcompression = TupleDescAttr(table, column->attnum - 1)->attcompression;
		}
	}
	pa_tuple_desc_finalize(index);
	return index;
}

/* The columns that an expression reads. */
static void
add_columns(RowMaker *maker, Node *expression)
{
	ListCell   *lc;

	foreach(lc, pull_var_clause(expression, 0))
	{
		const Var  *var = (const Var *) lfirst(lc);

		if (var->varattno > 0)
			maker->columns = bms_add_member(maker->columns, var->varattno);
	}
}

static void
prepare(RowMaker *maker)
{
	const PaIndexShape *shape = maker->shape;

	maker->estate = CreateExecutorState();
	maker->econtext = GetPerTupleExprContext(maker->estate);
	maker->slot = MakeSingleTupleTableSlot(maker->table, &TTSOpsHeapTuple);
	maker->econtext->ecxt_scantuple = maker->slot;
	if (shape->predicate != NIL)
		maker->predicate = ExecPrepareQual(copyObject(shape->predicate), maker->estate);
	for (int i = 0; i < shape->ncolumns; i++)
	{
		const PaIndexColumn *column = &shape->columns[i];

		get_typlenbyval(column->type, &maker->length[i], &maker->by_value[i]);
		if (column->expression == NULL)
		{
			maker->columns = bms_add_member(maker->columns, column->attnum);
			continue;
		}
		maker->expressions[i] = ExecPrepareExpr((Expr *) copyObject(column->expression),
												maker->estate);
		add_columns(maker, column->expression);
	}
	add_columns(maker, (Node *) shape->predicate);
}

/* ---- a row ---- */

uint64
pa_hash_value(Datum value, bool by_value, int16 length)
{
	struct varlena *bytes;

	if (by_value)
		return hash_bytes_extended((unsigned char *) &value, sizeof(Datum), 0);
	if (length > 0)
		return hash_bytes_extended((unsigned char *) DatumGetPointer(value), length, 0);
	bytes = PG_DETOAST_DATUM_PACKED(value);
	return hash_bytes_extended((unsigned char *) VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes), 0);
}

/* What looking at a value costs, in bytes. */
static double
value_bytes(Datum value)
{
	struct varlena *bytes = (struct varlena *) DatumGetPointer(value);

	if (VARATT_IS_EXTERNAL(bytes))
		return toast_raw_datum_size(value) + FETCH_BYTES;
	return VARATT_IS_COMPRESSED(bytes) ? toast_raw_datum_size(value) : VARSIZE_ANY(bytes);
}

static double
row_bytes(const RowMaker *maker)
{
	double		bytes = 0;
	int			attnum = -1;

	while ((attnum = bms_next_member(maker->columns, attnum)) >= 0)
	{
		bool		isnull;
		Datum		value = slot_getattr(maker->slot, attnum, &isnull);

		if (!isnull && TupleDescAttr(maker->table, attnum - 1)->attlen == -1)
			bytes += value_bytes(value);
	}
	return bytes;
}

/* Of all keys of a row together; equal values have equal bytes, nearly always. */
static uint64
hash_keys(const RowMaker *maker, const Datum *values, const bool *nulls)
{
	uint64		hash = 0;

	for (int i = 0; i < maker->shape->nkeys; i++)
		hash = hash_combine64(hash, nulls[i] ? 0 : pa_hash_value(values[i], maker->by_value[i], maker->length[i]));
	return hash;
}

static void
make_row(RowMaker *maker, HeapTuple tuple, PaIndexRows *rows, MemoryContext context)
{
	const int	ncolumns = maker->shape->ncolumns;
	Datum	   *values = &rows->values[(Size) rows->nrows * ncolumns];
	bool	   *nulls = &rows->nulls[(Size) rows->nrows * ncolumns];
	MemoryContext oldcontext;
	uint32		null_set = 0;

	ResetExprContext(maker->econtext);
	ExecStoreHeapTuple(tuple, maker->slot, false);
	maker->bytes += row_bytes(maker);
	if (maker->predicate != NULL && !ExecQual(maker->predicate, maker->econtext))
		return;
	for (int i = 0; i < ncolumns; i++)
	{
		if (maker->expressions[i] == NULL)
			values[i] = slot_getattr(maker->slot, maker->shape->columns[i].attnum, &nulls[i]);
		else
		{
			values[i] = ExecEvalExprSwitchContext(maker->expressions[i], maker->econtext, &nulls[i]);
			oldcontext = MemoryContextSwitchTo(context);
			if (!nulls[i])
				values[i] = maker->length[i] == -1 ?
					PointerGetDatum(PG_DETOAST_DATUM_COPY(values[i])) :
					datumCopy(values[i], maker->by_value[i], maker->length[i]);
			MemoryContextSwitchTo(oldcontext);
		}
		null_set |= nulls[i] ? 1U << i : 0;
	}
	if (rows->sizes != NULL)
	{
		oldcontext = MemoryContextSwitchTo(maker->econtext->ecxt_per_tuple_memory);
		rows->sizes[rows->nrows] = (int) IndexTupleSize(index_form_tuple(maker->index, values, nulls));
		rows->key_hashes[rows->nrows] = hash_keys(maker, values, nulls);
		MemoryContextSwitchTo(oldcontext);
	}
	rows->null_sets[rows->nrows] = null_set;
	rows->nrows++;
}

/* ---- all rows ---- */

static int
compare_blocks_cb(const void *a, const void *b, void *arg)
{
	const PaRowSample *sample = (const PaRowSample *) arg;
	BlockNumber block_x = sample->blocks[*(const int *) a];
	BlockNumber block_y = sample->blocks[*(const int *) b];

	return block_x < block_y ? -1 : block_x > block_y ? 1 : 0;
}

/* The first blocks of the sample in the table's order. */
static int *
blocks_in_order(const PaRowSample *sample, int n)
{
	int		   *order = palloc_array(int, n + 1);

	for (int i = 0; i < n; i++)
		order[i] = i;
	qsort_arg(order, n, sizeof(int), compare_blocks_cb, unconstify(PaRowSample *, sample));
	return order;
}

/* As many of the sample's blocks as may be looked at. */
static int
affordable_blocks(RowMaker *maker, const PaRowSample *sample)
{
	double		bytes = 0;

	for (int i = 0; i < sample->nblocks; i++)
	{
		for (int r = sample->starts[i]; r < sample->starts[i + 1]; r++)
		{
			ExecStoreHeapTuple(sample->rows[r], maker->slot, false);
			bytes += row_bytes(maker);
		}
		if (bytes > maker->max_bytes)
			return i + 1;
	}
	return sample->nblocks;
}

/* Arguments of make_rows_cb(). */
typedef struct RowsWanted
{
	RowMaker   *maker;
	const PaRowSample *sample;
	PaIndexRows *rows;
	MemoryContext context;
} RowsWanted;

static bool
make_rows_cb(void *arg)
{
	RowsWanted *wanted = arg;
	PaIndexRows *rows = wanted->rows;
	const PaRowSample *sample = wanted->sample;
	int		   *order;
	int			n;
	int			following = 0;

	/* values out of line are read with a snapshot */
	PushActiveSnapshot(GetTransactionSnapshot());
	prepare(wanted->maker);
	n = affordable_blocks(wanted->maker, sample);
	order = blocks_in_order(sample, n);
	for (int i = 0; i < n; i++)
	{
		BlockNumber block = sample->blocks[order[i]];
		bool		follows = block == 0 || (i > 0 && sample->blocks[order[i - 1]] == block - 1);

		CHECK_FOR_INTERRUPTS();
		following += follows ? 1 : 0;
		for (int r = sample->starts[order[i]]; r < sample->starts[order[i] + 1]; r++)
		{
			rows->blocks[rows->nrows] = block;
			rows->follows[rows->nrows] = follows;
			rows->nseen++;
			make_row(wanted->maker, sample->rows[r], rows, wanted->context);
		}
	}
	rows->table_blocks = sample->table_blocks;
	rows->blocks_share = n / sample->table_blocks;
	rows->following_share = following / sample->table_blocks;
	ExecDropSingleTupleTableSlot(wanted->maker->slot);
	FreeExecutorState(wanted->maker->estate);
	PopActiveSnapshot();
	return true;
}

static PaIndexRows *
make_rows(RowMaker *maker, const PaRowSample *sample, bool with_sizes)
{
	PaIndexRows *rows = palloc0(sizeof(PaIndexRows));
	RowsWanted	wanted = {maker, sample, rows, CurrentMemoryContext};
	Size		n = sample->nrows;

	rows->ncolumns = maker->shape->ncolumns;
	rows->values = palloc_array(Datum, n * rows->ncolumns);
	rows->nulls = palloc_array(bool, n * rows->ncolumns);
	rows->blocks = palloc_array(BlockNumber, n + 1);
	rows->follows = palloc_array(bool, n + 1);
	rows->null_sets = palloc_array(uint32, n);
	if (with_sizes)
	{
		maker->index = index_descriptor(maker->shape, maker->table);
		rows->sizes = palloc_array(int, n);
		rows->key_hashes = palloc_array(uint64, n);
	}
	return pa_attempt(make_rows_cb, &wanted) ? rows : NULL;
}

/* Whether nobody's functions but the server's would be called. */
static bool
may_evaluate(const PaIndexShape *shape)
{
	if (shape->predicate != NIL && !pa_is_servers_own((Node *) shape->predicate))
		return false;
	for (int i = 0; i < shape->ncolumns; i++)
	{
		if (shape->columns[i].expression != NULL &&
			!pa_is_servers_own(shape->columns[i].expression))
			return false;
	}
	return true;
}

PaIndexRows *
pa_index_rows(const PaIndexShape *shape, Relation relation, double max_bytes)
{
	RowMaker	maker = {.shape = shape, .max_bytes = max_bytes};
	const PaRowSample *sample;

	if (relation == NULL || !may_evaluate(shape))
		return NULL;
	sample = pa_row_sample(relation);
	if (sample == NULL)
		return NULL;
	maker.table = RelationGetDescr(relation);
	return make_rows(&maker, sample, shape->method == BTREE_AM_OID);
}

PaIndexRows *
pa_expression_rows(Relation relation, Node *expression, double max_bytes)
{
	PaIndexShape shape = {0};

	shape.relid = RelationGetRelid(relation);
	shape.nkeys = 1;
	shape.ncolumns = 1;
	shape.columns[0].expression = expression;
	shape.columns[0].type = exprType(expression);
	return pa_index_rows(&shape, relation, max_bytes);
}
