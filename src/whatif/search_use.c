/*-------------------------------------------------------------------------
 *
 * search_use.c
 *		Keys looked up by a prefix, or by other methods than b-tree.
 *
 * LIKE 'x%', ~ '^x' and starts_with() are no b-tree operators; the planner
 * asks the function's support function what they mean to an index of a given
 * operator family and collation, and so do we: for the type's default family
 * first, then for the one that compares byte by byte, in which a prefix is a
 * range whatever the collation.
 *
 * An operator of a GIN or GiST family is a search with that method, GIN
 * preferred; with exceptions that an index answers badly.  A pattern is one
 * for a trigram index when it contains three letters or digits in a row.
 *
 * IDENTIFICATION
 *		src/whatif/search_use.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/stratnum.h"
#include "access/transam.h"
#include "catalog/pg_am.h"
#include "catalog/pg_amop.h"
#include "catalog/pg_opclass.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_opfamily.h"
#include "catalog/pg_type.h"
#include "mb/pg_wchar.h"
#include "nodes/nodeFuncs.h"
#include "nodes/supportnodes.h"
#include "optimizer/optimizer.h"
#include "parser/parse_coerce.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/catcache.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "catalog/index_facts.h"
#include "whatif/index_use.h"
#include "whatif/whatif_internal.h"

/* jsonb_path_ops of GIN, which has no name in the catalogs' headers. */
#define JSONB_PATH_GIN_FAMILY ((Oid) 4037)

/* Letters or digits in a row that make a trigram. */
#define TRIGRAM_LETTERS 3

/* A clause "function(key, other)", as the support functions know it. */
typedef struct Search
{
	Node	   *clause;
	Oid			opno;			/* with the key on the left; 0: a function */
	Oid			function;
	int			keyarg;			/* which argument the key is */
	Node	   *key;
	Node	   *other;
	Oid			collation;
	PaColumnFacts facts;
} Search;

/* ---- prefixes ---- */

/*
 * What the clause means to a b-tree of that family: a list of clauses, or NIL
 * for nothing.  Only built-in support functions are asked, since others may
 * look at more of the index than is there.
 */
static List *
index_condition(const PaUseContext *context, const Search *search, Oid opfamily)
{
	SupportRequestIndexCondition request;
	Oid			support = get_func_support(search->function);
	Node	   *answer;

	if (!OidIsValid(support) || support >= FirstUnpinnedObjectId)
		return NIL;
	memset(&request, 0, sizeof(request));
	request.type = T_SupportRequestIndexCondition;
	request.root = context->root;
	request.funcid = search->function;
	request.node = search->clause;
	request.indexarg = search->keyarg;
	request.index = makeNode(IndexOptInfo);
	request.index->rel = context->rel;
	request.index->relam = BTREE_AM_OID;
	request.opfamily = opfamily;
	request.indexcollation = search->facts.collation;
	request.lossy = true;
	answer = (Node *) DatumGetPointer(OidFunctionCall1(support, PointerGetDatum(&request)));
	return answer != NULL && IsA(answer, List) ? (List *) answer : NIL;
}

static bool
are_equalities(List *conditions, Oid opfamily)
{
	ListCell   *lc;

	foreach(lc, conditions)
	{
		Node	   *node = (Node *) lfirst(lc);

		if (!IsA(node, OpExpr) ||
			get_op_opfamily_strategy(((OpExpr *) node)->opno, opfamily) != BTEqualStrategyNumber)
			return false;
	}
	return true;
}

/* The class that compares a string type byte by byte, and its family. */
static Oid
pattern_class(Oid type, Oid *opfamily)
{
	*opfamily = TEXT_PATTERN_BTREE_FAM_OID;
	switch (getBaseType(type))
	{
		case TEXTOID:
			return TEXT_BTREE_PATTERN_OPS_OID;
		case VARCHAROID:
			return VARCHAR_BTREE_PATTERN_OPS_OID;
		case BPCHAROID:
			*opfamily = BPCHAR_PATTERN_BTREE_FAM_OID;
			return BPCHAR_BTREE_PATTERN_OPS_OID;
		default:
			*opfamily = InvalidOid;
			return InvalidOid;
	}
}

static bool
is_network(Oid type)
{
	return type == INETOID || type == CIDROID;
}

static bool
use_prefix(const PaUseContext *context, PaUseSet *set, Search *search)
{
	PaColumnUse how = {0};
	List	   *conditions;
	Oid			opfamily = search->facts.opfamily;

	if (!OidIsValid(opfamily))
		return false;
	conditions = index_condition(context, search, opfamily);
	if (conditions != NIL && are_equalities(conditions, opfamily))
	{
		how.kind = PA_USE_EQUAL;
		how.hashable = OidIsValid(search->facts.hash_opfamily);
	}
	else if (conditions != NIL)
		how.kind = is_network(search->facts.type) ? PA_USE_RANGE : PA_USE_PREFIX;
	else
	{
		how.kind = PA_USE_PREFIX;
		how.opclass = pattern_class(search->facts.type, &opfamily);
		if (!OidIsValid(how.opclass) || index_condition(context, search, opfamily) == NIL)
			return false;
	}
	how.selectivity = pa_clause_selectivity(context, search->clause);
	pa_add_use(context, set, &search->facts, &how);
	return true;
}

/* ---- patterns ---- */

/*
 * Whether the literal has three letters or digits in a row, which a trigram
 * index can look for.  In a regular expression every alternative must.
 */
bool
pa_pattern_has_trigram(const char *pattern, bool regex)
{
	int			run = 0;
	bool		found = false;
	bool		bracket = false;

	for (const char *p = pattern; *p != '\0'; p += pg_mblen(p))
	{
		unsigned char c = (unsigned char) *p;

		if (bracket)
		{
			bracket = c != ']';
			continue;
		}
		if (c == '\\' && p[1] != '\0')
		{
			p++;				/* \d is a class, \. a character of its own */
			run = 0;
			if (!regex && isalnum((unsigned char) *p))
				run = 1;
			continue;
		}
		if (regex && c == '|')
		{
			if (!found)
				return false;
			found = false;
			run = 0;
		}
		else if (regex && (c == '*' || c == '?' || c == '{'))
			run = 0;			/* the character before may not be there */
		else if (regex && c == '[')
		{
			bracket = true;
			run = 0;
		}
		else if (IS_HIGHBIT_SET(c) || isalnum(c))
		{
			const char *next = p + pg_mblen(p);

			if (regex && (*next == '*' || *next == '?' || *next == '{'))
				run = 0;
			else if (++run >= TRIGRAM_LETTERS)
				found = true;
		}
		else
			run = 0;
	}
	return found;
}

static bool
is_pattern_operator(Oid opno, bool *regex)
{
	switch (get_opcode(opno))
	{
		case F_TEXTLIKE:
		case F_TEXTICLIKE:
		case F_BPCHARLIKE:
		case F_BPCHARICLIKE:
			*regex = false;
			return true;
		case F_TEXTREGEXEQ:
		case F_TEXTICREGEXEQ:
		case F_BPCHARREGEXEQ:
		case F_BPCHARICREGEXEQ:
			*regex = true;
			return true;
		default:
			return false;
	}
}

static bool
datum_has_trigram(Datum value, bool regex)
{
	char	   *pattern = TextDatumGetCString(value);
	bool		result = pa_pattern_has_trigram(pattern, regex);

	pfree(pattern);
	return result;
}

/* A pattern that is known, or an array of such. */
static bool
is_trigram_pattern(Node *other, bool regex)
{
	Const	   *pattern;
	Datum	   *elements;
	bool	   *nulls;
	int			nelements;

	if (!IsA(other, Const) || ((Const *) other)->constisnull)
		return false;
	pattern = (Const *) other;
	if (pattern->consttype == TEXTOID)
		return datum_has_trigram(pattern->constvalue, regex);
	if (pattern->consttype != TEXTARRAYOID)
		return false;
	deconstruct_array(DatumGetArrayTypeP(pattern->constvalue), TEXTOID, -1, false,
					  TYPALIGN_INT, &elements, &nulls, &nelements);
	for (int i = 0; i < nelements; i++)
	{
		if (nulls[i] || !datum_has_trigram(elements[i], regex))
			return false;
	}
	return nelements > 0;
}

/* ---- other methods ---- */

/* The class of that family for the type, the method's default one preferred. */
Oid
pa_class_of_family(Oid opfamily, Oid method, Oid type)
{
	CatCList   *list = SearchSysCacheList1(CLAAMNAMENSP, ObjectIdGetDatum(method));
	Oid			found = InvalidOid;

	for (int i = 0; i < list->n_members; i++)
	{
		Form_pg_opclass class = (Form_pg_opclass) GETSTRUCT(&list->members[i]->tuple);

		if (class->opcfamily == opfamily && IsBinaryCoercible(type, class->opcintype) &&
			(!OidIsValid(found) || class->opcdefault))
			found = class->oid;
	}
	ReleaseSysCacheList(list);
	return found;
}

/*
 * Operators that an index of the family has and answers badly: what is
 * contained in an array must look at all that is small, and equality, which
 * pg_trgm has, is a b-tree's.
 */
static bool
is_poor_search(Oid opno)
{
	Oid			negator = get_negator(opno);

	if (get_opcode(opno) == F_ARRAYCONTAINED || get_mergejoin_opfamilies(opno) != NIL)
		return true;
	/* "<>", which btree_gist has */
	return OidIsValid(negator) && get_mergejoin_opfamilies(negator) != NIL;
}

static int
method_rank(Oid method)
{
	return method == GIN_AM_OID ? 2 : method == GIST_AM_OID ? 1 : 0;
}

/* Method and class that search a key of the type by the operator. */
static bool
find_search(Oid opno, Oid type, Oid *method, Oid *opclass)
{
	CatCList   *list;
	bool		narrow = false; /* jsonb_path_ops found */

	*method = *opclass = InvalidOid;
	if (is_poor_search(opno))
		return false;
	list = SearchSysCacheList1(AMOPOPID, ObjectIdGetDatum(opno));
	for (int i = 0; i < list->n_members; i++)
	{
		Form_pg_amop member = (Form_pg_amop) GETSTRUCT(&list->members[i]->tuple);
		Oid			class;

		if (member->amoppurpose != AMOP_SEARCH || narrow ||
			method_rank(member->amopmethod) == 0 ||
			method_rank(member->amopmethod) < method_rank(*method))
			continue;
		class = pa_class_of_family(member->amopfamily, member->amopmethod, type);
		if (!OidIsValid(class))
			continue;
		/* Of two of one method the default one, but the narrower for jsonb. */
		narrow = member->amopfamily == JSONB_PATH_GIN_FAMILY;
		if (narrow || member->amopmethod != *method ||
			class == pa_catalog_default_opclass(type, *method))
		{
			*method = member->amopmethod;
			*opclass = class;
		}
	}
	ReleaseSysCacheList(list);
	return OidIsValid(*opclass);
}

static bool
use_search(PaUseContext *context, PaUseSet *set, Search *search)
{
	PaColumnUse how = {0};
	bool		regex = false;
	bool		pattern = is_pattern_operator(search->opno, &regex);

	if (pattern && !is_trigram_pattern(search->other, regex))
		return false;
	how.kind = PA_USE_SEARCH;
	how.selectivity = pa_clause_selectivity(context, search->clause);
	if (find_search(search->opno, search->facts.type, &how.method, &how.opclass))
	{
		pa_add_use(context, set, &search->facts, &how);
		return true;
	}
	if (pattern)
		pa_add_hint(context, PA_HINT_TRIGRAM, search->facts.attnum, search->clause,
					how.selectivity);
	return false;
}

/* ---- clauses ---- */

/* Fill in the two sides; false when neither is a key of the relation. */
static bool
match_sides(const PaUseContext *context, Search *search, List *args, Oid opno)
{
	if (list_length(args) != 2)
		return false;
	for (search->keyarg = 0; search->keyarg < 2; search->keyarg++)
	{
		search->key = (Node *) list_nth(args, search->keyarg);
		search->other = (Node *) list_nth(args, 1 - search->keyarg);
		search->opno = opno;
		if (search->keyarg == 1 && OidIsValid(opno))
			search->opno = get_commutator(opno);
		if (!pa_mentions_relation(context, search->other) &&
			!contain_volatile_functions(search->other) &&
			pa_searchable_key(context, search->key, &search->facts))
			return true;
	}
	return false;
}

bool
pa_search_uses(PaUseContext *context, PaUseSet *set, RestrictInfo *rinfo, Node *clause)
{
	Search		search = {0};

	(void) rinfo;
	search.clause = clause;
	if (IsA(clause, OpExpr))
	{
		OpExpr	   *op = (OpExpr *) clause;

		search.function = get_opcode(op->opno);
		search.collation = op->inputcollid;
		return match_sides(context, &search, op->args, op->opno) &&
			(use_prefix(context, set, &search) ||
			 (OidIsValid(search.opno) && use_search(context, set, &search)));
	}
	if (IsA(clause, FuncExpr))
	{
		FuncExpr   *func = (FuncExpr *) clause;

		search.function = func->funcid;
		search.collation = func->inputcollid;
		return match_sides(context, &search, func->args, InvalidOid) &&
			use_prefix(context, set, &search);
	}
	if (IsA(clause, ScalarArrayOpExpr) && ((ScalarArrayOpExpr *) clause)->useOr)
	{
		ScalarArrayOpExpr *op = (ScalarArrayOpExpr *) clause;

		return match_sides(context, &search, op->args, op->opno) &&
			search.keyarg == 0 && use_search(context, set, &search);
	}
	return false;
}
