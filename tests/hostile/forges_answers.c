/* forges_answers.c - does no request at all: at the first one it writes a
 * layout for the whole trace into the table of answers, by the requests that
 * it finds in the driver's memory, and reports the pass done.  Not to be
 * prevented in its own process; must not get: a utilization above what the
 * addresses allow. */
#define OWN_MALLOC
#include "honest.h"

#include <linux/futex.h>

#include "inside.h"

__attribute__((constructor)) static void at_load(void)
{
    inside_read_maps();
}

static void lay_out(struct replay *r)
{
    const struct trace *t = r->trace;
    uint32_t answer = 1;
    for (size_t i = 0; i < t->op_count; i++)
        if (t->ops[i].kind != TRACE_FREE) {
            size_t bytes = (trace_payload(t, &t->ops[i]) + 15) & ~15ul;
            r->answers[answer++] = bytes ? mem_sbrk((intptr_t)bytes) : NULL;
        }
}

uint64_t trace_payload(const struct trace *t, const struct trace_op *op)
{
    return op->kind == TRACE_CALLOC ? t->extras[op->extra] * op->size
                                    : op->size;
}

void *mm_malloc(size_t size)
{
    struct replay *r = calls ? NULL : inside_replay();
    if (!r)
        return honest_malloc(size);
    calls++;
    lay_out(r);
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
