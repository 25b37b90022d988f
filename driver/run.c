/*
 * run.c - one allocator on one trace: checked, audited, timed
 *
 * A child checks, and then the parent audits what it left.  Only when both
 * agree is it timed.
 */
#include "driver/run.h"

#include <math.h>
#include <stdlib.h>

#include "driver/curve.h"
#include "driver/hygiene.h"
#include "driver/isolate.h"
#include "driver/lane.h"
#include "driver/latency.h"
#include "driver/measures.h"
#include "driver/portrait.h"
#include "driver/replay.h"
#include "driver/resident.h"
#include "driver/speed.h"
#include "memlib.h"

/* The audit's listeners: the measures, and what was asked for besides. */
struct listeners {
    struct measures measures;
    struct curve *curve;
    struct portrait *portrait;
};

static void listen(void *context, const struct replay_moment *m)
{
    struct listeners *l = context;
    measures_add(&l->measures, m);
    if (l->curve)
        curve_add(l->curve, m);
    if (l->portrait)
        portrait_add(l->portrait, m);
}

/* 0 where it is measured otherwise. */
static uint64_t heap_of(const struct replay *r)
{
    if (allocator_is_resident(r->allocator))
        return 0;
    uint64_t most = mem_extent();
    if (r->heap_bytes > most)
        most = r->heap_bytes;
    for (size_t i = 0; i < r->log->growth_count; i++)
        if (r->growth[i].bytes > most)
            most = r->growth[i].bytes;
    return most;
}

static bool open_listeners(struct task *task, const struct replay *left,
                           struct listeners *to)
{
    const char *dir = task->o->curve_dir;
    bool grows = task->a->kind != ALLOCATOR_PEER; /* visibly */
    if (dir && grows &&
        !(to->curve = curve_open(dir, task->a->name, task->t->name,
                                 task->a->static_bytes, task->error)))
        return false;
    return portrait_open(&to->portrait, task->o, left, task->error);
}

/* With keep false they leave nothing. */
static bool close_listeners(struct task *task, struct listeners *to, bool keep)
{
    char *error = NULL;
    bool drawn =
        portrait_close(to->portrait, keep ? task->result : NULL, task->error);
    if (!to->curve || curve_close(to->curve, keep && drawn, &error))
        return drawn;
    free(*task->error);
    *task->error = error;
    return false;
}

/* Audit the check pass, for the measures and the pictures. */
static bool audit(struct task *task, const struct replay *left, bool *possible)
{
    struct listeners to = {.measures.static_bytes = task->a->static_bytes};
    bool good = open_listeners(task, left, &to) &&
                lane_audit(task, left, listen, &to, possible);
    task->peak_served = to.measures.peak_served;
    if (good && *possible)
        measures_store(&to.measures, heap_of(left), task->result);
    return close_listeners(task, &to, good && *possible) && good;
}

/* The child says that all went well.  Its answers are kept when they are
 * possible. */
static bool audit_and_keep(struct lane *l, struct speed_reference *ref,
                           bool *possible)
{
    struct replay left;
    if (!lane_snapshot(l, &left))
        return false;
    bool good = audit(l->task, &left, possible);
    ref->answers = left.answers;
    ref->lo = (uintptr_t)mem_heap_lo();
    left.answers = NULL;
    replay_discard(&left);
    return good;
}

/* Await a step that ends in phase; *good is false when it failed.  Returns
 * false only when there can be no result. */
static bool await_step(struct lane *l, enum replay_phase phase,
                       enum isolate_event *event, bool *good)
{
    *event = isolate_await(l->child, l->task->o->time_limit);
    *good = lane_stands_at(l, *event, phase);
    return *event != ISOLATE_INTERRUPTED || lane_interrupted(l);
}

static bool check_once(struct lane *l, struct speed_reference *ref, bool *good)
{
    enum isolate_event event;
    if (!await_step(l, REPLAY_DONE, &event, good))
        return false;
    l->task->result->output = isolate_output(l->child);
    if (*good) {
        uint64_t private = lane_private(l);
        if (!audit_and_keep(l, ref, good))
            return false;
        if (allocator_on_simulated_heap(l->task->a))
            measures_charge_private(l->task->result, private);
    }
    return *good || lane_explain(l, event);
}

/* Once more, in the heap as it was left: state that mm_init does not reset
 * shows. */
static bool check_again(struct lane *l)
{
    enum isolate_event event;
    bool good;
    l->again = true;
    isolate_resume(l->child);
    if (!await_step(l, REPLAY_DONE, &event, &good))
        return false;
    struct replay left;
    if (good) {
        if (!lane_snapshot(l, &left))
            return false;
        good = lane_audit(l->task, &left, NULL, NULL, &good) && good;
        replay_discard(&left);
    }
    return good || lane_explain(l, event);
}

static bool wants_second_pass(const struct task *task)
{
    const struct run_options *o = task->o;
    bool thorough = !o->check_only || o->hygiene || o->detail >= 2;
    return thorough && !o->fail_at && allocator_on_simulated_heap(task->a);
}

static bool check_in(struct lane *l, struct speed_reference *ref)
{
    enum isolate_event event;
    bool good;
    if (!await_step(l, REPLAY_SET_UP, &event, &good))
        return false;
    if (!good)
        return lane_explain(l, event);
    lane_begin(l);
    if (!check_once(l, ref, &good))
        return false;
    return !good || !wants_second_pass(l->task) || check_again(l);
}

static bool check(struct task *task, struct speed_reference *ref)
{
    struct lane l = {0};
    bool good = lane_fresh_heap(task) &&
                lane_open(&l, task, task->a, replay_check) && check_in(&l, ref);
    lane_close(&l);
    return good;
}

/* ---- All of it --------------------------------------------------------- */

bool run_trace(const struct run_options *o, const struct allocator *a,
               const struct trace *t, struct result *result, char **error)
{
    struct task task = {
        .o = o, .a = a, .t = t, .result = result, .error = error};
    struct speed_reference ref = {0};
    *error = NULL;
    *result = (struct result){
        .trace = t,
        .resident = allocator_is_resident(a),
    };
    measures_store(&(struct measures){.static_bytes = a->static_bytes}, 0,
                   result);
    result->ratio.mid = result->ratio.lo = result->ratio.hi = NAN;
    result->instructions_per_op = NAN;
    latency_unknown(result);
    bool good = check(&task, &ref);
    if (good)
        result->sbrk_failures = mem_failures();
    if (good && !result->fault)
        good = hygiene_examine(&task);
    if (good && !result->fault && result->resident && !o->probe)
        good = resident_measure(&task);
    if (good && !result->fault && !o->check_only)
        good = (o->probe || speed_floor(&task)) && speed_measure(&task, &ref);
    if (good && !result->fault && (o->data >> DATA_LATENCY & 1))
        good = latency_measure(&task, &ref);
    free(ref.answers);
    mem_deinit();
    if (!good)
        run_release(result);
    return good;
}

bool run_versus(const struct run_options *o, const struct allocator *a,
                const struct allocator *rival, const struct trace *t,
                struct stats_interval *ratio, char **error)
{
    struct result result = {.trace = t};
    struct task task = {.o = o,
                        .a = a,
                        .rival = rival,
                        .t = t,
                        .result = &result,
                        .error = error};
    *error = NULL;
    bool good = speed_versus(&task, ratio);
    mem_deinit();
    run_release(&result);
    return good;
}

void run_release(struct result *result)
{
    free(result->message);
    free(result->output);
    free(result->samples_ns);
    for (size_t i = 0; i < DATA_KINDS; i++)
        free(result->data[i]);
    free(result->map);
    *result = (struct result){0};
}
