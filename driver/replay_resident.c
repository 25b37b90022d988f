/*
 * replay_resident.c - the pass for allocators whose memory is the process's
 *
 * How much such an allocator takes is asked of the kernel: by how much the
 * resident set grows over the requests.  So all else must be present before
 * (the tables, the code of all libraries), and every page of a payload must be
 * touched, as the program would.
 */
#include "driver/isolate.h"
#include "driver/replay_present.h"
#include "driver/replay_walk.h"

/* ---- The pass ------------------------------------------------------------ */

static void request(const struct replay *r, const struct allocator_calls *calls,
                    size_t i, uint32_t *answer)
{
    const struct trace_op *op = &r->trace->ops[i];
    r->log->op = i;
    void *p = walk_call(r, calls, op);
    if (op->kind == TRACE_FREE)
        return;
    r->answers[++*answer] = p;
    r->log->answered = i + 1;
    if (p && !walk_only_frees(op))
        present_bytes(p, trace_payload(r->trace, op));
}

void replay_resident(void *arg)
{
    const struct replay *r = arg;
    struct allocator_calls calls;
    uint32_t answer = 0;
    if (replay_begin(r, &calls)) {
        present_tables(r);
        present_stack();
        present_objects(false);
        r->log->phase = REPLAY_READY;
        isolate_step_done();
        r->log->phase = REPLAY_REQUEST;
        for (size_t i = 0; i < r->trace->op_count; i++) {
            if (i == r->pause)
                isolate_step_done();
            request(r, &calls, i, &answer);
        }
        r->log->phase = REPLAY_DONE;
    }
    isolate_step_done();
}
