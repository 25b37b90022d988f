/*
 * resident.c - memory of an allocator that takes it from the kernel itself
 *
 * The kernel keeps the highest resident set of the child since it was told to
 * begin anew, so nothing is sampled, no peak is missed, and the child is not
 * asked.
 */
#include "driver/resident.h"

#include "driver/measures.h"

static bool await_phase(struct lane *l, enum replay_phase phase, bool *good)
{
    enum isolate_event event = isolate_await(l->child, l->task->o->time_limit);
    if (event == ISOLATE_INTERRUPTED)
        return lane_interrupted(l);
    *good = lane_stands_at(l, event, phase);
    return *good || lane_explain(l, event);
}

static bool measure_in(struct lane *l)
{
    bool good;
    if (!await_phase(l, REPLAY_READY, &good))
        return false;
    if (!good)
        return true;
    bool known = isolate_forget_peak(l->child);
    uint64_t before = isolate_resident(l->child);
    isolate_resume(l->child);
    if (!await_phase(l, REPLAY_DONE, &good))
        return false;
    uint64_t peak = isolate_peak(l->child);
    if (good && known && before && peak > before)
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
