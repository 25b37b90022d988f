/*
 * speed.c - times an allocator against libc or another, in balanced rounds
 */
#include "driver/speed.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "driver/clock.h"
#include "driver/speed_side.h"
#include "driver/stats.h"
#include "memlib.h"

/* ---- Rounds ------------------------------------------------------------ */

/* Balanced rounds of a and, if it is there, b.  Stops at the first pass that
 * fails; *good says whether none did.  first: rounds made before. */
static bool make_rounds(struct side *a, struct side *b, unsigned first,
                        unsigned rounds, bool *good)
{
    for (unsigned i = 4 * first; *good && i < 4 * (first + rounds); i++) {
        struct side *next = clock_a_is_next(i) ? a : b;
        if (next && !side_pass(next, good))
            return false;
    }
    return true;
}

/* By how much the kernel's books of a pass exceed the clock in it, at the
 * least: waking, reading the clock, going to sleep.  Before anything sorts the
 * times, which come in pairs. */
static double outside_more(const struct side *s)
{
    double least = s->outside[0] - s->inside[0];
    for (size_t i = 1; i < s->count; i++)
        least = fmin(least, s->outside[i] - s->inside[i]);
    return least;
}

bool speed_floor(struct task *task)
{
    struct allocator noop = allocator_noop();
    struct side s = {.task = task, .a = &noop};
    bool good = true;
    bool done = side_begin(&s, &good) &&
                make_rounds(&s, NULL, 0, SPEED_ROUNDS_MAX, &good);
    if (done && good && s.count) {
        task->overhead_ns = outside_more(&s);
        task->result->floor_ns_per_op =
            stats_median(s.inside, s.count) / (double)task->t->op_count;
    }
    side_end(&s);
    allocator_release(&noop);
    return done;
}

/* ---- Sittings ---------------------------------------------------------- */

#define SAMPLES_MAX (SIDE_PASSES * SPEED_SITTINGS)

/* What is gathered over all sittings. */
struct samples {
    struct times {
        double inside[SAMPLES_MAX], outside[SAMPLES_MAX];
        size_t count;
    } times, others; /* of the other one in the rounds */
    double init_ns[SAMPLES_MAX];
    double instructions[SAMPLES_MAX];
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

static void gather_times(struct times *to, const struct side *s)
{
    size_t bytes = s->count * sizeof *s->inside;
    memcpy(to->inside + to->count, s->inside, bytes);
    memcpy(to->outside + to->count, s->outside, bytes);
    to->count += s->count;
}

static void gather(struct samples *to, const struct side *a,
                   const struct side *b)
{
    size_t bytes = a->count * sizeof *a->init, at = to->times.count;
    memcpy(to->init_ns + at, a->init, bytes);
    memcpy(to->instructions + at, a->instructions, bytes);
    gather_times(&to->times, a);
    if (b->count != a->count)
        return;
    gather_times(&to->others, b);
    to->ratios[to->ratio_count++] =
        stats_paired_ratio(a->inside, b->inside, a->count / 2).mid;
}

/* One sitting; the first makes the plan. */
static bool sit(struct side *a, struct side *b, unsigned number,
                struct plan *plan, struct samples *to)
{
    bool good, b_good = false;
    if (!side_begin(a, &good))
        return false;
    if (!good)
        return true;
    if (plan->other && !side_begin(b, &b_good))
        return false;
    plan->other = b_good ? plan->other : NULL;
    if (number == 0 && !a->task->o->probe)
        make_plan(plan, a->inside[0], b_good ? b->inside[0] : a->inside[0]);
    if (!make_rounds(a, b_good ? b : NULL, number * plan->rounds, plan->rounds,
                     &good))
        return false;
    if (good)
        gather(to, a, b);
    return true;
}

/* Each sitting is in new children on a new heap: where things come to lie in
 * memory and caches moves a ratio by more than the rounds of one sitting
 * differ (random-power: 1.20 in one run, 1.10 in the next, each within 2%). */
static bool sit_all(struct task *task, struct plan *plan,
                    const struct speed_reference *ref, struct samples *to)
{
    struct side a = {.task = task, .a = task->a, .ref = ref};
    struct side b = {.task = task, .a = plan->other};
    bool done = true;
    a.present = ref ? task->result->heap_bytes : 0;
    for (unsigned i = 0; done && i < plan->sittings && !task->result->fault;
         i++) {
        /* Both on one processor, or whoever disturbs the other biases the
         * ratio for seconds; another one each time, so that none counts for
         * all. */
        task->processor = i + 1;
        done = sit(&a, &b, i, plan, to);
        side_end(&a);
        side_end(&b);
    }
    return done;
}

/* Nobody sees that these are not timed. */
static bool inspect(struct task *task, const struct speed_reference *ref)
{
    struct side s = {.task = task, .a = task->a, .ref = ref};
    s.present = task->result->heap_bytes;
    bool good = true;
    for (int i = 0; good && i < SPEED_INSPECTIONS; i++)
        if (!side_inspect(&s, &good))
            return false;
    return true;
}

/* ---- Figures ----------------------------------------------------------- */

static void store_samples(struct result *r, const struct times *from)
{
    r->samples_ns = malloc(from->count * sizeof *r->samples_ns);
    if (!r->samples_ns)
        return;
    memcpy(r->samples_ns, from->inside, from->count * sizeof *r->samples_ns);
    r->sample_count = from->count;
}

/* The child's own clock stands nearest to the requests; but it is the child's.
 * So the kernel's books of the child bound it from below: by what factor the
 * times of a have to be longer to be believed.  A busy machine adds to both,
 * and 20 us more to the books; so the lower ones are compared. */
static double correction(const struct task *task, const struct allocator *a,
                         struct times *of)
{
    double inside = stats_low(of->inside, of->count), factor = 1;
    double outside = stats_low(of->outside, of->count) - task->overhead_ns;
    double median = stats_median(of->inside, of->count);
    double least = task->result->floor_ns_per_op * (double)task->t->op_count;
    if (!allocator_on_simulated_heap(a) || task->o->probe)
        return 1;
    if (outside > inside * (1 + CLOCK_DOUBT) + CLOCK_DOUBT_NS)
        factor = outside / inside;
    if (median < least * (1 - FLOOR_DOUBT))
        factor = fmax(factor, least / median);
    return factor;
}

static void correct(const struct task *task, const struct plan *plan,
                    struct samples *from)
{
    double factor = correction(task, task->a, &from->times);
    double other =
        from->others.count ? correction(task, plan->other, &from->others) : 1;
    for (size_t i = 0; i < from->times.count; i++)
        from->times.inside[i] *= factor;
    for (size_t i = 0; i < from->ratio_count; i++)
        from->ratios[i] *= other / factor;
}

static void store_figures(struct task *task, struct samples *from)
{
    struct result *r = task->result;
    double ops = (double)task->t->op_count;
    size_t count = from->times.count;
    store_samples(r, &from->times);
    r->secs = stats_median(from->times.inside, count) / 1e9;
    r->ns_per_op = r->secs * 1e9 / ops;
    r->kops = ops / r->secs / 1e3;
    r->init_ns = stats_median(from->init_ns, count);
    double counted = stats_median(from->instructions, count);
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
    struct plan plan = {1, 1, paired ? &libc : NULL};
    struct samples samples = {.ratio_count = 0};
    if (allocator_on_simulated_heap(task->a) && !inspect(task, ref))
        return false;
    if (task->result->fault)
        return true;
    if (!sit_all(task, &plan, ref, &samples))
        return false;
    if (task->result->fault || !samples.times.count)
        return true;
    correct(task, &plan, &samples);
    store_figures(task, &samples);
    return true;
}

bool speed_versus(struct task *task, struct stats_interval *ratio)
{
    struct plan plan = {1, 1, task->rival};
    struct samples samples = {.ratio_count = 0};
    *ratio = (struct stats_interval){NAN, NAN, NAN, false};
    if (!sit_all(task, &plan, NULL, &samples))
        return false;
    if (task->result->fault || !samples.ratio_count)
        return true;
    correct(task, &plan, &samples);
    *ratio = stats_median_interval(samples.ratios, samples.ratio_count);
    return true;
}
