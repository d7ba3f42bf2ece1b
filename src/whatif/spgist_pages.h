/*-------------------------------------------------------------------------
 *
 * spgist_pages.h
 *		The pages of an SP-GiST index that is built in memory: their free space.
 *
 * IDENTIFICATION
 *		src/whatif/spgist_pages.h
 *
 *-------------------------------------------------------------------------
 */
#ifndef PA_WHATIF_SPGIST_PAGES_H
#define PA_WHATIF_SPGIST_PAGES_H

#include "access/spgist_private.h"

/* What a tuple that moved away leaves, with its line pointer. */
#define PA_SPG_PLACEHOLDER ((int) (SGDTSIZE + sizeof(ItemIdData)))

#define PA_SPG_ROOT 1
#define PA_SPG_NONE (-1)

/* The kind of page that is for leaf tuples; 0 to 2 are the classes of others. */
#define PA_SPG_LEAVES 3

typedef struct PaSpgPage
{
	int			free;			/* bytes */
	int			tuples;			/* placeholders among them */
	int			placeholders;
	bool		leaf;
} PaSpgPage;

/* The last used page of a kind. */
typedef struct PaSpgLastUsed
{
	int			page;
	int			free;
} PaSpgLastUsed;

typedef struct PaSpgPages
{
	PaSpgPage  *pages;
	int			npages;
	int			allocated;
	PaSpgLastUsed last[PA_SPG_LEAVES + 1];
} PaSpgPages;

extern void pa_spg_init_pages(PaSpgPages *space);
extern void pa_spg_note_used(PaSpgPages *space, int number);
extern int	pa_spg_get_page(PaSpgPages *space, int kind, int bytes);
extern int	pa_spg_room(const PaSpgPage *page, int tuples);
extern void pa_spg_add(PaSpgPage *page, int tuples, int bytes);
extern void pa_spg_remove(PaSpgPage *page, int tuples, int bytes);

#endif							/* PA_WHATIF_SPGIST_PAGES_H */
