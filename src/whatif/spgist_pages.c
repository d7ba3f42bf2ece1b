/*-------------------------------------------------------------------------
 *
 * spgist_pages.c
 *		Which page of an SP-GiST index something is put on while it is built.
 *
 * What needs a page takes the last used one if it leaves a fifth of it free, or
 * a new one.  Inner tuples take pages whose number is one of three classes, so
 * that parent and child are not in the same.  What moves away leaves a
 * placeholder, which later tuples replace.
 *
 * IDENTIFICATION
 *		src/whatif/spgist_pages.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/spgist_private.h"

#include "whatif/spgist_pages.h"

/* Bytes of a page, and those that are left free on one taken for something new. */
#define CAPACITY ((int) SPGIST_PAGE_CAPACITY)
#define FREE_SPACE (BLCKSZ * (100 - SPGIST_DEFAULT_FILLFACTOR) / 100)

static int
new_page(PaSpgPages *space, bool leaf)
{
	if (space->npages == space->allocated)
	{
		space->allocated *= 2;
		space->pages = repalloc_array(space->pages, PaSpgPage, space->allocated);
	}
	space->pages[space->npages] = (PaSpgPage) {.free = CAPACITY, .leaf = leaf};
	return space->npages++;
}

void
pa_spg_note_used(PaSpgPages *space, int number)
{
	const PaSpgPage *page = &space->pages[number];
	PaSpgLastUsed *last = &space->last[page->leaf ? PA_SPG_LEAVES : number % 3];

	if (number == PA_SPG_ROOT)
		return;
	if (last->page == PA_SPG_NONE || last->page == number || last->free < page->free)
	{
		last->page = number;
		last->free = page->free;
	}
}

/* A page for something of that size, of that kind: PA_SPG_LEAVES or a class of inner pages. */
int
pa_spg_get_page(PaSpgPages *space, int kind, int bytes)
{
	PaSpgLastUsed *last = &space->last[kind];
	int			wanted = Min(bytes + FREE_SPACE, CAPACITY);
	int			number;

	if (last->page != PA_SPG_NONE && last->free >= wanted && space->pages[last->page].free >= wanted)
	{
		last->free = space->pages[last->page].free - wanted;
		return last->page;
	}
	for (;;)
	{
		number = new_page(space, kind == PA_SPG_LEAVES);
		if (kind == PA_SPG_LEAVES || number % 3 == kind)
			return number;
		pa_spg_note_used(space, number);
	}
}

/* Room for so many tuples, when they may replace placeholders. */
int
pa_spg_room(const PaSpgPage *page, int tuples)
{
	return page->free + Min(page->placeholders, tuples) * PA_SPG_PLACEHOLDER;
}

void
pa_spg_add(PaSpgPage *page, int tuples, int bytes)
{
	int			replaced = Min(page->placeholders, tuples);

	page->free += replaced * PA_SPG_PLACEHOLDER - bytes;
	page->placeholders -= replaced;
	page->tuples += tuples - replaced;
}

/* A page with nothing but placeholders is begun again. */
void
pa_spg_remove(PaSpgPage *page, int tuples, int bytes)
{
	page->free += bytes - tuples * PA_SPG_PLACEHOLDER;
	page->placeholders += tuples;
	if (page->placeholders == page->tuples)
		*page = (PaSpgPage) {.free = CAPACITY, .leaf = page->leaf};
}

/* With the metapage, the root and the root of NULLs. */
void
pa_spg_init_pages(PaSpgPages *space)
{
	space->allocated = 64;
	space->npages = 0;
	space->pages = palloc_array(PaSpgPage, space->allocated);
	for (int i = 0; i < (int) lengthof(space->last); i++)
		space->last[i].page = PA_SPG_NONE;
	for (int i = 0; i < 3; i++)
		(void) new_page(space, true);
}
