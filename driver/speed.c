/*
 * speed.c - times an allocator against libc, in balanced rounds
 */
#include "driver/speed.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "driver/clock.h"
#include "driver/measures.h"
#include "driver/stats.h"
#include "memlib.h"

/* Whether a timed pass answered as the reference did, at another base. */
static bool same_answers(const struct replay *r,
                         const struct speed_reference *ref)
{
    uintptr_t lo = (uintptr_t)mem_heap_lo();
    for (uint32_t i = 1; i <= r->trace->answer_count; i++) {
        uintptr_t was = (uintptr_t)ref->answers[i];
        uintptr_t is = (uintptr_t)r->answers[i];
        if (was ? is - lo != was - ref->lo : is != 0)
            return false;
    }
    return true;
}

static bool audit(struct lane *l, bool *possible)
{
    struct replay left;
    struct replay_fault fault = {0};
    if (!replay_snapshot(&left, &l->r))
        return lane_error(l->run, "no memory for the answers");
    struct shadow *s = replay_shadow(&left);
    if (s)
        *possible =
            replay_audit(&left, s, l->run->t->op_count, NULL, NULL, &fault);
    shadow_destroy(s);
    replay_discard(&left);
    return s || lane_error(l->run, "no memory for the shadow");
}

/* After a timed pass: the answers it gave are possible.  Heap that it took
 * beyond what the check pass took is charged.  libc is trusted to go on as it
 * began. */
static bool audit_timed(struct lane *l, const struct speed_reference *ref,
                        bool *possible)
{
    struct result *result = l->run->result;
    *possible = true;
    if (l->r.allocator->kind == ALLOCATOR_NOOP)
        return true;
    bool ours = l->r.allocator->kind == ALLOCATOR_OBJECT;
    bool known = ours ? same_answers(&l->r, ref) : l->audited;
    l->audited = true;
    if (!known && !audit(l, possible))
        return false;
    if (ours && mem_heapsize() > result->heap_bytes)
        measures_charge(result, mem_heapsize());
    return true;
}

/* What a pass took: the child's own clock stands nearest to the requests; but
 * it is the child's, so the kernel's books of the whole child, mm_init among
 * it, bound it from below.  Waking and sleeping take some 20 us. */
static double pass_ns(const struct replay_log *log, uint64_t outside)
{
    const uint64_t slack = 1000000;
    uint64_t inside = log->replay_ns, init = log->init_ns;
    if (init > outside)
        init = outside;
    if (outside - init > inside + inside / 8 + slack)
        return (double)(outside - init);
    return (double)inside;
}

static void keep_sample(struct lane *l, uint64_t outside)
{
    l->ns[l->count] = pass_ns(l->r.log, outside);
    l->init_ns[l->count] = (double)l->r.log->init_ns;
    l->instructions[l->count] = (double)l->r.log->instructions;
    l->count++;
}

/* One pass of a lane; *good is false when it failed.  Returns false only when
 * there can be no result. */
static bool lane_pass(struct lane *l, const struct speed_reference *ref,
                      bool *good)
{
    uint64_t before = isolate_cpu_ns(l->child);
    enum isolate_event event = isolate_await(l->child, l->run->o->time_limit);
    uint64_t after = isolate_cpu_ns(l->child);
    if (event == ISOLATE_INTERRUPTED)
        return false;
    *good = lane_passed(l, event);
    if (*good && !audit_timed(l, ref, good))
        return false;
    if (*good) {
        keep_sample(l, after > before ? after - before : 0);
        return true;
    }
    if (l->r.allocator->kind != ALLOCATOR_OBJECT)
        return true; /* libc cannot serve this trace: there is no ratio */
    return lane_explain(l, event);
}

/* The warm-up: the child's first pass, which began as it was started.  Its
 * time is kept until the next pass overwrites it. */
static bool warm_up(struct lane *l, const struct speed_reference *ref,
                    bool *good)
{
    if (!lane_pass(l, ref, good))
        return false;
    l->count = 0;
    return true;
}

static bool timed_pass(struct lane *l, const struct speed_reference *ref,
                       bool *good)
{
    isolate_resume(l->child);
    return lane_pass(l, ref, good);
}

/* How many balanced rounds, when a pass of each takes so many seconds. */
static unsigned rounds_for(double a_ns, double b_ns)
{
    double round = 2 * (a_ns + b_ns) / 1e9;
    double n = SPEED_SECONDS / round;
    if (n < SPEED_ROUNDS_MIN)
        n = SPEED_ROUNDS_MIN;
    if (n > SPEED_ROUNDS_MAX)
        n = SPEED_ROUNDS_MAX;
    if (n * round > SPEED_PATIENCE)
        n = SPEED_PATIENCE / round;
    return n < 1 ? 1 : (unsigned)n;
}

/* Balanced rounds of a and, if it is there, b.  Stops at the first pass that
 * fails; *good says whether none did. */
static bool make_rounds(struct lane *a, struct lane *b,
                        const struct speed_reference *ref, bool *good)
{
    unsigned rounds = rounds_for(a->ns[0], b ? b->ns[0] : a->ns[0]);
    for (unsigned i = 0; *good && i < 4 * rounds; i++) {
        struct lane *next = clock_a_is_next(i) ? a : b;
        if (next && !timed_pass(next, ref, good))
            return false;
    }
    return true;
}

/* The passes of a lane alone, for the floor. */
bool speed_floor(struct run *run)
{
    struct lane l = {0};
    struct allocator noop = allocator_noop();
    bool good = true;
    bool done = lane_open(&l, run, &noop, true) && warm_up(&l, NULL, &good) &&
                make_rounds(&l, NULL, NULL, &good);
    if (done && good && l.count)
        run->result->floor_ns_per_op =
            stats_median(l.ns, l.count) / (double)run->t->op_count;
    lane_close(&l);
    allocator_release(&noop);
    return done;
}

static void store_ratio(struct run *run, const struct lane *a,
                        const struct lane *b)
{
    struct stats_interval *ratio = &run->result->ratio;
    if (run->a->kind == ALLOCATOR_LIBC)
        *ratio = (struct stats_interval){1, 1, 1, true};
    else if (b->count == a->count)
        *ratio = stats_paired_ratio(a->ns, b->ns, a->count / 2);
}

static void store_times(struct run *run, struct lane *a)
{
    struct result *r = run->result;
    double ops = (double)run->t->op_count;
    r->sample_count = a->count;
    r->samples_ns = malloc(a->count * sizeof *a->ns);
    if (r->samples_ns)
        memcpy(r->samples_ns, a->ns, a->count * sizeof *a->ns);
    else
        r->sample_count = 0;
    r->secs = stats_median(a->ns, a->count) / 1e9;
    r->ns_per_op = r->secs * 1e9 / ops;
    r->kops = ops / r->secs / 1e3;
    r->init_ns = stats_median(a->init_ns, a->count);
    double counted = stats_median(a->instructions, a->count);
    r->instructions_per_op = counted > 0 ? counted / ops : NAN;
    r->timed = true;
}

/* Time a against b; b's failure costs the ratio only. */
static bool time_lanes(struct run *run, struct lane *a, struct lane *b,
                       const struct speed_reference *ref)
{
    bool a_good, b_good = false;
    if (!warm_up(a, ref, &a_good))
        return false;
    if (!a_good)
        return true;
    if (b->child && !warm_up(b, ref, &b_good))
        return false;
    if (!make_rounds(a, b_good ? b : NULL, ref, &a_good))
        return false;
    if (!run->result->fault && a->count) {
        store_ratio(run, a, b);
        store_times(run, a);
    }
    return true;
}

bool speed_measure(struct run *run, const struct speed_reference *ref)
{
    struct lane a = {0}, b = {0};
    struct allocator libc = {.kind = ALLOCATOR_LIBC, .has_memalign = true};
    bool paired = run->a->kind != ALLOCATOR_LIBC;
    bool good = lane_fresh_heap(run) && lane_open(&a, run, run->a, true) &&
                (!paired || lane_open(&b, run, &libc, true)) &&
                time_lanes(run, &a, &b, ref);
    lane_close(&a);
    lane_close(&b);
    return good;
}
