/* meddles.c - overwrites the tables that the driver shares with other
 * processes than this one: those of libc, against which this is timed.  Must
 * not get: a better ratio, or none. */
#define OWN_INIT
#include "honest.h"

#include "inside.h"

__attribute__((constructor)) static void at_load(void)
{
    inside_read_maps();
}

/* Its own were made last, and lie lowest. */
bool mm_init(void)
{
    struct replay *r = inside_replay();
    for (int i = 0; r && i < inside_shared_count; i++) {
        uintptr_t *page = (uintptr_t *)inside_shared[i].lo;
        if (page > (uintptr_t *)r->answers && page > (uintptr_t *)r->log &&
            inside_readable(page, 16) && page[0] != (uintptr_t)mem_sbrk(0))
            memset(page, 0xff, 4096);
    }
    return honest_init();
}
