/*-------------------------------------------------------------------------
 *
 * parser.c
 *		post_parse_analyze_hook: the statement's text.
 *
 * IDENTIFICATION
 *		src/hooks/parser.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "parser/analyze.h"

#include "collect/collect.h"
#include "hooks/hooks.h"
#include "whatif/whatif.h"

static post_parse_analyze_hook_type prev_post_parse_analyze = NULL;

static void
post_parse_analyze(ParseState *pstate, Query *query, PA_JUMBLE_STATE *jstate)
{
	if (prev_post_parse_analyze)
		prev_post_parse_analyze(pstate, query, jstate);
	if (likely(!pa_collect_idle() && !pa_whatif_active()))
		pa_collect_text(pstate, query, jstate);
}

void
pa_hooks_init_parser(void)
{
	prev_post_parse_analyze = post_parse_analyze_hook;
	post_parse_analyze_hook = post_parse_analyze;
}
