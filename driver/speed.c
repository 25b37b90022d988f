/*
 * speed.c - times an allocator against libc or another, in balanced rounds
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
    if (!lane_snapshot(l, &left))
        return false;
    bool good = lane_audit(l->task, &left, NULL, NULL, possible);
    replay_discard(&left);
    return good;
}

/* Whether the lane's failures are those of the task.  Where the other one
 * cannot serve a trace there is no ratio, and libc is not judged. */
static bool is_judged(const struct lane *l)
{
    return l->r.allocator == l->task->a &&
           l->r.allocator->kind != ALLOCATOR_LIBC;
}

/* After a timed pass: the answers it gave are possible; in full where there is
 * nothing to hold them against.  Heap that it took beyond what the check pass
 * took is charged.  libc and peers are trusted to go on as they began. */
static bool audit_timed(struct lane *l, const struct speed_reference *ref,
                        bool *possible)
{
    struct result *result = l->task->result;
    *possible = true;
    if (l->r.allocator->kind == ALLOCATOR_NOOP)
        return true;
    bool ours = allocator_on_simulated_heap(l->r.allocator);
    if (l->r.allocator != l->task->a)
        ref = NULL;
    bool known = ours ? ref && same_answers(&l->r, ref) : l->audited;
    l->audited = true;
    if (!known && !audit(l, possible))
        return false;
    if (ours && ref && mem_highest() > result->heap_bytes)
        measures_charge(result, mem_highest());
    return true;
}

/* What a pass took: the child's own clock stands nearest to the requests; but
 * it is the child's, so the kernel's books of the child bound it from below.
 * Waking and going to sleep take some 20 us. */
static double pass_ns(const struct replay_log *log, uint64_t outside)
{
    const uint64_t slack = 100000;
    uint64_t inside = log->replay_ns;
    bool credible = outside <= inside + inside / 8 + slack;
    return (double)(credible ? inside : outside);
}

static void keep_sample(struct lane *l, uint64_t outside)
{
    l->ns[l->count] = pass_ns(l->r.log, outside);
    l->init_ns[l->count] = (double)l->r.log->init_ns;
    l->instructions[l->count] = (double)l->r.log->instructions;
    l->count++;
}

/* Await a step that ends in phase; *good is false when it failed.  Returns
 * false only when there can be no result. */
static bool await_step(struct lane *l, enum replay_phase phase, bool *good)
{
    enum isolate_event event = isolate_await(l->child, l->task->o->time_limit);
    if (event == ISOLATE_INTERRUPTED)
        return lane_interrupted(l);
    *good = lane_stands_at(l, event, phase);
    return *good || !is_judged(l) || lane_explain(l, event);
}

/* One pass of a lane: mm_init, then the requests. */
static bool lane_pass(struct lane *l, const struct speed_reference *ref,
                      bool *good)
{
    if (!await_step(l, REPLAY_READY, good))
        return false;
    if (!*good)
        return true;
    uint64_t before = isolate_cpu_ns(l->child);
    isolate_resume(l->child);
    if (!await_step(l, REPLAY_DONE, good))
        return false;
    if (!*good)
        return true;
    uint64_t outside = isolate_cpu_ns(l->child) - before;
    if (!audit_timed(l, ref, good))
        return false;
    if (*good)
        keep_sample(l, outside);
    else if (is_judged(l))
        return lane_explain(l, ISOLATE_STEP);
    return true;
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

/* Balanced rounds of a and, if it is there, b.  Stops at the first pass that
 * fails; *good says whether none did.  first: rounds made before. */
static bool make_rounds(struct lane *a, struct lane *b, unsigned first,
                        unsigned rounds, const struct speed_reference *ref,
                        bool *good)
{
    for (unsigned i = 4 * first; *good && i < 4 * (first + rounds); i++) {
        struct lane *next = clock_a_is_next(i) ? a : b;
        if (next && !timed_pass(next, ref, good))
            return false;
    }
    return true;
}

bool speed_floor(struct task *task)
{
    struct lane l = {0};
    struct allocator noop = allocator_noop();
    bool good = true;
    bool done = lane_open(&l, task, &noop, replay_speed) &&
                warm_up(&l, NULL, &good) &&
                make_rounds(&l, NULL, 0, SPEED_ROUNDS_MAX, NULL, &good);
    if (done && good && l.count)
        task->result->floor_ns_per_op =
            stats_median(l.ns, l.count) / (double)task->t->op_count;
    lane_close(&l);
    allocator_release(&noop);
    return done;
}

/* ---- Sittings ---------------------------------------------------------- */

/* What is gathered over all sittings. */
struct samples {
    double ns[2 * SPEED_ROUNDS_MAX * SPEED_SITTINGS];
    double init_ns[2 * SPEED_ROUNDS_MAX * SPEED_SITTINGS];
    double instructions[2 * SPEED_ROUNDS_MAX * SPEED_SITTINGS];
    size_t count;
    double ratios[SPEED_SITTINGS];
    size_t ratio_count;
};

struct plan {
    unsigned sittings, rounds;
    const struct allocator *other; /* that rounds are paired with; NULL: none,
                                    * or it cannot serve the trace */
};

/* A sitting is a warm-up and some rounds of two passes each. */
static void make_plan(struct plan *plan, double a_ns, double b_ns)
{
    double pair = (a_ns + b_ns) / 1e9;
    double rounds = (SPEED_SECONDS / SPEED_SITTINGS / pair - 1) / 2;
    double sittings = SPEED_PATIENCE / (3 * pair);
    plan->rounds = rounds < 1                  ? 1
                   : rounds > SPEED_ROUNDS_MAX ? SPEED_ROUNDS_MAX
                                               : (unsigned)rounds;
    plan->sittings = sittings < 1                ? 1
                     : sittings > SPEED_SITTINGS ? SPEED_SITTINGS
                                                 : (unsigned)sittings;
}

static void gather(struct samples *to, const struct lane *a,
                   const struct lane *b)
{
    size_t bytes = a->count * sizeof *a->ns;
    memcpy(to->ns + to->count, a->ns, bytes);
    memcpy(to->init_ns + to->count, a->init_ns, bytes);
    memcpy(to->instructions + to->count, a->instructions, bytes);
    to->count += a->count;
    if (b->count == a->count)
        to->ratios[to->ratio_count++] =
            stats_paired_ratio(a->ns, b->ns, a->count / 2).mid;
}

/* On the simulated heap the two take turns, and each finds it empty. */
static bool warm_up_other(struct lane *b, struct task *task,
                          const struct allocator *other, bool *good)
{
    if (allocator_on_simulated_heap(other))
        mem_reset_brk();
    return lane_open(b, task, other, replay_speed) && warm_up(b, NULL, good);
}

/* One sitting, where lane a is open; the first makes the plan. */
static bool sit(struct lane *a, struct lane *b, unsigned number,
                struct plan *plan, const struct speed_reference *ref,
                struct samples *to)
{
    bool good, b_good = false;
    if (!warm_up(a, ref, &good))
        return false;
    if (!good)
        return true;
    if (plan->other && !warm_up_other(b, a->task, plan->other, &b_good))
        return false;
    plan->other = b_good ? plan->other : NULL;
    if (number == 0 && !a->task->o->probe)
        make_plan(plan, a->ns[0], b_good ? b->ns[0] : a->ns[0]);
    if (!make_rounds(a, b_good ? b : NULL, number * plan->rounds, plan->rounds,
                     ref, &good))
        return false;
    if (good)
        gather(to, a, b);
    return true;
}

/* Each sitting is in new children on a new heap: where things come to lie in
 * memory and caches moves a ratio by more than the rounds of one sitting
 * differ (random-power: 1.20 in one run, 1.10 in the next, each within 2%). */
static bool open_and_sit(struct task *task, unsigned number, struct plan *plan,
                         const struct speed_reference *ref, struct samples *to)
{
    struct lane a = {0}, b = {0};
    /* Both on one processor, or whoever disturbs the other biases the ratio
     * for seconds; another one each time, so that none counts for all. */
    task->processor = number + 1;
    bool good = lane_fresh_heap(task) &&
                lane_open(&a, task, task->a, replay_speed) &&
                sit(&a, &b, number, plan, ref, to);
    lane_close(&a);
    lane_close(&b);
    return good;
}

static bool sit_all(struct task *task, struct plan *plan,
                    const struct speed_reference *ref, struct samples *to)
{
    for (unsigned i = 0; i < plan->sittings && !task->result->fault; i++)
        if (!open_and_sit(task, i, plan, ref, to))
            return false;
    return true;
}

/* ---- Figures ----------------------------------------------------------- */

static void store_samples(struct result *r, const struct samples *from)
{
    r->samples_ns = malloc(from->count * sizeof *r->samples_ns);
    if (!r->samples_ns)
        return;
    memcpy(r->samples_ns, from->ns, from->count * sizeof *r->samples_ns);
    r->sample_count = from->count;
}

static void store_figures(struct task *task, struct samples *from)
{
    struct result *r = task->result;
    double ops = (double)task->t->op_count;
    store_samples(r, from);
    r->secs = stats_median(from->ns, from->count) / 1e9;
    r->ns_per_op = r->secs * 1e9 / ops;
    r->kops = ops / r->secs / 1e3;
    r->init_ns = stats_median(from->init_ns, from->count);
    double counted = stats_median(from->instructions, from->count);
    r->instructions_per_op = counted > 0 ? counted / ops : NAN;
    if (task->a->kind == ALLOCATOR_LIBC)
        r->ratio = (struct stats_interval){1, 1, 1, true};
    else if (from->ratio_count)
        r->ratio = stats_median_interval(from->ratios, from->ratio_count);
    r->timed = true;
}

bool speed_measure(struct task *task, const struct speed_reference *ref)
{
    static const struct allocator libc = {.kind = ALLOCATOR_LIBC,
                                          .has_memalign = true};
    bool probe = task->o->probe;
    bool paired = !probe && task->a->kind != ALLOCATOR_LIBC;
    struct plan plan = {1, probe ? SPEED_ROUNDS_MAX : 1, paired ? &libc : NULL};
    struct samples samples = {.count = 0};
    if (!sit_all(task, &plan, ref, &samples))
        return false;
    if (!task->result->fault && samples.count)
        store_figures(task, &samples);
    return true;
}

bool speed_versus(struct task *task, struct stats_interval *ratio)
{
    struct plan plan = {1, 1, task->rival};
    struct samples samples = {.count = 0};
    *ratio = (struct stats_interval){NAN, NAN, NAN, false};
    if (!sit_all(task, &plan, NULL, &samples))
        return false;
    if (!task->result->fault && samples.ratio_count)
        *ratio = stats_median_interval(samples.ratios, samples.ratio_count);
    return true;
}
