/*-------------------------------------------------------------------------
 *
 * application.c
 *		The applications that this backend has worked for.
 *
 * Private memory of fixed size: the last PA_OWN_APPLICATIONS names.  When
 * there is another one, the name that came first goes, and its bit is taken
 * from every statement in the cache.
 *
 * IDENTIFICATION
 *		src/collect/application.c
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "collect/application.h"

#define PA_OWN_APPLICATIONS 32	/* one bit each */

const char *pa_application_address = NULL;
uint32		pa_application_bit = 0;

static char own_names[PA_OWN_APPLICATIONS][NAMEDATALEN];
static int	used_names = 0;
static int	next_name = 0;		/* where the next new one goes */

static int
find_name(const char *name)
{
	for (int i = 0; i < used_names; i++)
	{
		if (strncmp(own_names[i], name, NAMEDATALEN - 1) == 0)
			return i;
	}
	return -1;
}

static int
add_name(const char *name)
{
	int			place = next_name;

	next_name = (next_name + 1) % PA_OWN_APPLICATIONS;
	if (used_names < PA_OWN_APPLICATIONS)
		used_names++;
	else
	{
		for (int i = 0; i < PA_SEEN_SHAPES; i++)
			pa_seen_shapes[i].applications &= ~((uint32) 1 << place);
	}
	strlcpy(own_names[place], name, NAMEDATALEN);
	return place;
}

/* Looks what the name is now, whether or not its address is another one. */
void
pa_application_recheck(void)
{
	const char *name = pa_application_name();
	int			place = find_name(name);

	if (place < 0)
		place = add_name(name);
	pa_application_address = application_name;
	pa_application_bit = (uint32) 1 << place;
}

/* Tells the store, unless that is busy: then the next execution does. */
void
pa_application_tell(PaSeenShape *seen)
{
	pa_application_recheck();
	if ((seen->applications & pa_application_bit) == 0 &&
		pa_store_put_application(&seen->key, seen->hash, pa_application_name()))
		seen->applications |= pa_application_bit;
}
