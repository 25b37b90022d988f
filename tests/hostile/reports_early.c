/* reports_early.c - tries to be done before the work is: raises the counter by
 * which a child reports a step, at its first request, and rests.  Must not
 * get: a pass that counts, as no answer is there. */
#define OWN_MALLOC
#include "honest.h"

#include <linux/futex.h>

#include "inside.h"

__attribute__((constructor)) static void at_load(void)
{
    inside_read_maps();
}

void *mm_malloc(size_t size)
{
    struct replay *r = calls ? NULL : inside_replay();
    if (!r)
        return honest_malloc(size);
    r->log->phase = REPLAY_DONE;
    r->log->op = r->trace->op_count - 1;
    r->log->answered = r->trace->op_count;
    r->log->replay_ns = 1;
    for (int i = 0; i < inside_shared_count; i++) {
        uint32_t *counter = (uint32_t *)inside_shared[i].lo;
        if (inside_shared[i].hi - inside_shared[i].lo > 4096 ||
            (char *)counter == (char *)r->log)
            continue;
        ++*counter;
        syscall(SYS_futex, counter, FUTEX_WAKE, 1, NULL, NULL, 0);
    }
    for (;;)
        pause();
}
