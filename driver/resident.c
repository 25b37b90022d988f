/*
 * resident.c - memory of an allocator that takes it from the kernel itself
 *
 * The kernel keeps the highest resident set of the child since it was told to
 * begin anew, so that no peak is missed, and the child is not asked.  But what
 * it keeps as pages go is some hundred KiB out (a counter on each processor);
 * what it tells of a process that rests is exact.  So that is read as well:
 * when most payload is live, and in the end.
 */
#include "driver/resident.h"

#include "driver/books.h"
#include "driver/measures.h"

static bool await_phase(struct lane *l, enum replay_phase phase, bool *good)
{
    enum isolate_event event = isolate_await(l->child, l->task->o->time_limit);
    if (event == ISOLATE_INTERRUPTED)
        return lane_interrupted(l);
    *good = lane_stands_at(l, event, phase);
    return *good || lane_explain(l, event);
}

/* Let the child go on to its next step, and see what that takes at the end of
 * it. */
static bool go_on(struct lane *l, enum replay_phase phase, uint64_t *most,
                  bool *good)
{
    isolate_resume(l->child);
    if (!await_phase(l, phase, good))
        return false;
    uint64_t now = *good ? books_resident(isolate_pid(l->child)) : 0;
    *most = now > *most ? now : *most;
    return true;
}

static bool measure_in(struct lane *l)
{
    bool good;
    uint64_t most = 0;
    if (!await_phase(l, REPLAY_READY, &good))
        return false;
    bool known = good && books_forget_peak(isolate_pid(l->child));
    uint64_t before = known ? books_resident(isolate_pid(l->child)) : 0;
    if (good && l->r.pause < l->task->t->op_count &&
        !go_on(l, REPLAY_REQUEST, &most, &good))
        return false;
    if (good && !go_on(l, REPLAY_DONE, &most, &good))
        return false;
    uint64_t peak = good ? books_peak(isolate_pid(l->child)) : 0;
    peak = peak > most ? peak : most;
    if (good && before && peak > before)
        measures_charge(l->task->result, peak - before);
    return true;
}

bool resident_measure(struct task *task)
{
    struct lane l = {0};
    bool good = lane_open(&l, task, task->a, replay_resident) && measure_in(&l);
    lane_close(&l);
    return good;
}
