/* wraps_growth.c - tells of a heap of almost 2^64 bytes, so that with its
 * static data the sum wraps around to a few.  Must not get: a better
 * utilization than its addresses allow. */
#define OWN_FREE
#include "honest.h"

#include "inside.h"

static volatile char storage[8192] = {1};

void mm_free(void *p)
{
    static struct replay *r;
    static bool looked;
    if (!looked)
        r = inside_replay();
    looked = true;
    honest_free(p);
    storage[0]++;
    if (r && r->log->growth_count > 0)
        r->growth[r->log->growth_count - 1].bytes = -(uint64_t)sizeof storage;
}
