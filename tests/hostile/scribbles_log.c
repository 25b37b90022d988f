/* scribbles_log.c - tries to overwrite what the child tells of itself: no
 * fault, all done, in no time.  Must not get: a shorter time than the kernel
 * saw, or a pointer followed that it made up. */
#define OWN_FREE
#include "honest.h"

#include "inside.h"

void mm_free(void *p)
{
    static struct replay *r;
    static bool looked;
    if (!looked)
        r = inside_replay();
    looked = true;
    honest_free(p);
    if (!r)
        return;
    struct replay_log *log = r->log;
    log->fault.kind = FAULT_NONE;
    log->replay_ns = log->init_ns = 1;
    log->instructions = 1;
    log->growth_count = SIZE_MAX / 2;
    log->fault.answer = log->fault.other = UINT32_MAX;
    log->fault.tile.wrong = UINT32_MAX;
}
