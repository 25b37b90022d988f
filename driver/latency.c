/*
 * latency.c - what single requests cost, in passes of their own
 */
#include "driver/latency.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "driver/clock.h"
#include "driver/portrait.h"
#include "driver/speed_side.h"
#include "driver/tail.h"
#include "driver/ticks.h"

void latency_unknown(struct result *r)
{
    r->latency_median_ns = r->latency_p99_ns = NAN;
    r->latency_p999_ns = r->latency_worst_ns = NAN;
}

/* ---- Passes -------------------------------------------------------------- */

/* What came of them. */
struct costs {
    uint32_t *least; /* ticks, by request; then sorted */
    size_t count;
    size_t highest[TAIL_WHOLE]; /* requests, once sorted */
    uint32_t most[TAIL_WHOLE];  /* ticks of those */
    size_t highest_count;
    unsigned passes;
    uint64_t step; /* ticks that the clock goes on by */
    double tick_ns;
};

/* One that has a process for all its passes does not begin with an empty heap,
 * and warms up. */
static bool begin(struct side *s, size_t count, bool *good)
{
    s->begun = allocator_on_simulated_heap(s->a);
    bool done = side_begin(s, good);
    memset(s->least, 0xff, count * sizeof *s->least);
    return done;
}

static bool make_passes(struct side *s, struct costs *c)
{
    uint64_t last = clock_wall_ns() + (uint64_t)(LATENCY_SECONDS * 1e9);
    bool good;
    s->task->processor = 1;
    if (!begin(s, c->count, &good))
        return false;
    while (good && c->passes < LATENCY_PASSES) {
        s->count = 0;
        s->task->processor = c->passes + 1;
        if (!side_pass(s, &good))
            return false;
        c->passes += good;
        if (c->passes >= LATENCY_PASSES_MIN && clock_wall_ns() > last)
            break;
    }
    return true;
}

static bool measure(struct task *task, const struct speed_reference *ref,
                    struct costs *c)
{
    struct side s = {.task = task, .a = task->a, .ref = ref, .least = c->least};
    bool counted = ticks_counted();
    s.present = task->result->heap_bytes;
    struct ticks_moment from = ticks_now(counted);
    bool done = make_passes(&s, c);
    side_end(&s);
    c->tick_ns = ticks_ns(from, ticks_now(counted));
    c->step = ticks_step(counted);
    return done;
}

/* ---- Figures ------------------------------------------------------------- */

/* What is too little for the clock costs no more than one step of it. */
static void sort(struct costs *c)
{
    c->highest_count = tail_highest(c->least, c->count, c->highest);
    for (size_t i = 0; i < c->highest_count; i++)
        c->most[i] = c->least[c->highest[i]];
    for (size_t i = 0; i < c->count; i++)
        if (c->least[i] < c->step)
            c->least[i] = (uint32_t)c->step;
    tail_sort(c->least, c->count);
}

/* Of all, no more than these thousandths cost more than *value says. */
struct quantile {
    unsigned above;
    double *value;
};

#define QUANTILES 4

static void store(struct result *r, const struct costs *c,
                  struct quantile of[QUANTILES])
{
    const struct quantile all[QUANTILES] = {{500, &r->latency_median_ns},
                                            {10, &r->latency_p99_ns},
                                            {1, &r->latency_p999_ns},
                                            {0, &r->latency_worst_ns}};
    memcpy(of, all, sizeof all);
    for (size_t i = 0; i < QUANTILES; i++)
        *of[i].value = c->tick_ns * tail_above(c->least, c->count, of[i].above);
}

/* What is written: the distribution, and, each a block of its own, quantiles
 * and the worst requests. */
struct picture {
    const struct trace *trace;
    const struct costs *costs;
    struct quantile quantiles[QUANTILES];
};

static void write_rows(const struct costs *c, FILE *out)
{
    struct tail_row rows[TAIL_ROWS];
    size_t count = tail_rows(c->least, c->count, rows);
    fprintf(out,
            "# cost_ns\tshare_that_costs_as_much_or_more\n"
            "# requests %zu, passes %u, clock step %.1f ns\n",
            c->count, c->passes, c->tick_ns * (double)c->step);
    for (size_t i = 0; i < count; i++)
        fprintf(out, "%.1f\t%.6g\n", c->tick_ns * rows[i].cost, rows[i].share);
}

static void write_picture(void *context, FILE *out)
{
    const struct picture *p = context;
    const struct costs *c = p->costs;
    write_rows(c, out);
    fputs("\n\n# quantile\tcost_ns\n", out);
    for (size_t i = 0; i < QUANTILES; i++)
        fprintf(out, "%.3f\t%.1f\n", 1 - p->quantiles[i].above / 1000.0,
                *p->quantiles[i].value);
    fputs("\n\n# line\tcost_ns\trequest\n", out);
    for (size_t i = 0; i < c->highest_count; i++)
        fprintf(out, "%zu\t%.1f\t%s\n", trace_line(p->trace, c->highest[i]),
                c->tick_ns * c->most[i],
                trace_op_name(p->trace->ops[c->highest[i]].kind));
}

static bool keep(struct task *task, struct costs *c)
{
    struct result *r = task->result;
    struct picture p = {.trace = task->t, .costs = c};
    sort(c);
    store(r, c, p.quantiles);
    r->data[DATA_LATENCY] =
        portrait_save(task->o->plot_dir, "latency", task->t->name,
                      task->a->name, write_picture, &p, task->error);
    return r->data[DATA_LATENCY] != NULL;
}

bool latency_measure(struct task *task, const struct speed_reference *ref)
{
    struct costs c = {.count = task->t->op_count};
    c.least = malloc(c.count * sizeof *c.least);
    bool done = c.least && measure(task, ref, &c);
    if (done && !task->result->fault && c.passes > 0)
        done = keep(task, &c);
    free(c.least);
    return done;
}
