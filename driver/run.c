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
#include "driver/isolate.h"
#include "driver/lane.h"
#include "driver/measures.h"
#include "driver/replay.h"
#include "driver/speed.h"
#include "memlib.h"

/* The audit's listeners: the measures, and the curve if there is one. */
struct listeners {
    struct measures measures;
    struct curve *curve;
};

static void listen(void *context, const struct replay_moment *m)
{
    struct listeners *l = context;
    measures_add(&l->measures, m);
    if (l->curve)
        curve_add(l->curve, m);
}

static uint64_t heap_of(const struct replay *r)
{
    uint64_t most = r->allocator->kind == ALLOCATOR_OBJECT ? mem_heapsize() : 0;
    for (size_t i = 0; i < r->log->growth_count; i++)
        if (r->growth[i].bytes > most)
            most = r->growth[i].bytes;
    return most;
}

/* Audit the check pass with whoever listens; *possible says what came out. */
static bool audit_with(struct run *run, const struct replay *left,
                       struct listeners *to, bool *possible)
{
    struct replay_fault fault = {0};
    struct shadow *s = replay_shadow(left);
    if (!s)
        return lane_error(run, "no memory for the shadow");
    *possible = replay_audit(left, s, run->t->op_count, listen, to, &fault);
    shadow_destroy(s);
    if (*possible)
        measures_store(&to->measures, heap_of(left), run->result);
    return true;
}

static bool audit(struct run *run, const struct replay *left, bool *possible)
{
    struct listeners to = {.measures.static_bytes = run->a->static_bytes};
    const char *dir = run->o->curve_dir;
    if (dir && !(to.curve = curve_open(dir, run->a->name, run->t->name,
                                       run->a->static_bytes, run->error)))
        return false;
    bool good = audit_with(run, left, &to, possible);
    if (to.curve && !curve_close(to.curve, good && *possible, run->error))
        return false;
    return good;
}

/* The child says that all went well.  Its answers are kept when they are
 * possible. */
static bool audit_and_keep(struct lane *l, struct speed_reference *ref,
                           bool *possible)
{
    struct replay left;
    if (!replay_snapshot(&left, &l->r))
        return lane_error(l->run, "no memory for the answers");
    bool good = audit(l->run, &left, possible);
    ref->answers = left.answers;
    ref->lo = (uintptr_t)mem_heap_lo();
    left.answers = NULL;
    replay_discard(&left);
    return good;
}

static bool check_in(struct lane *l, struct speed_reference *ref)
{
    enum isolate_event event = isolate_await(l->child, l->run->o->time_limit);
    if (event == ISOLATE_INTERRUPTED)
        return false;
    l->run->result->output = isolate_output(l->child);
    bool possible = lane_passed(l, event);
    if (possible && !audit_and_keep(l, ref, &possible))
        return false;
    return possible || lane_explain(l, event);
}

static bool check(struct run *run, struct speed_reference *ref)
{
    struct lane l = {0};
    bool good = lane_fresh_heap(run) && lane_open(&l, run, run->a, false) &&
                check_in(&l, ref);
    lane_close(&l);
    return good;
}

/* ---- All of it --------------------------------------------------------- */

bool run_trace(const struct run_options *o, const struct allocator *a,
               const struct trace *t, struct result *result, char **error)
{
    struct run run = {o, a, t, result, error};
    struct speed_reference ref = {0};
    *error = NULL;
    *result = (struct result){.trace = t};
    measures_store(&(struct measures){.static_bytes = a->static_bytes}, 0,
                   result);
    result->ratio.mid = result->ratio.lo = result->ratio.hi = NAN;
    result->instructions_per_op = NAN;
    bool good = check(&run, &ref);
    if (good && !result->fault && !o->check_only)
        good = speed_floor(&run) && speed_measure(&run, &ref);
    free(ref.answers);
    mem_deinit();
    if (!good)
        run_release(result);
    return good;
}

void run_release(struct result *result)
{
    free(result->message);
    free(result->output);
    free(result->samples_ns);
    *result = (struct result){0};
}
