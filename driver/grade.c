/*
 * grade.c - the performance index, and its lines for autograders
 *
 * Weighs what was measured; measures nothing itself.  An index is given only
 * when every trace passed and every figure that enters it is known, so that no
 * allocator gains by a trace that could not be measured.
 */
#include "driver/grade.h"

#include <math.h>

#include "config.h"

/* The figures of one kind that count. */
struct tally {
    size_t scored, known;
    double sum;
};

static void tally_add(struct tally *t, bool scored, double figure)
{
    if (!scored)
        return;
    t->scored++;
    if (!isfinite(figure))
        return;
    t->known++;
    t->sum += figure;
}

static double tally_mean(const struct tally *t)
{
    return t->known ? t->sum / (double)t->known : NAN;
}

static bool is_valid(const struct result *r)
{
    return r->fault == FAULT_NONE;
}

/* Where nothing is asked for there is nothing to waste. */
static bool scores_util(const struct result *r)
{
    return trace_scores_util(r->trace) && r->peak_payload > 0;
}

static double mean_util(const struct result_set *set, struct tally *t)
{
    for (size_t i = 0; i < set->count; i++) {
        const struct result *r = &set->results[i];
        if (is_valid(r))
            tally_add(t, scores_util(r), r->util);
    }
    return tally_mean(t);
}

static double mean_above_bound(const struct result_set *set)
{
    struct tally t = {0};
    for (size_t i = 0; i < set->count; i++) {
        const struct result *r = &set->results[i];
        tally_add(&t, scores_util(r), result_above_bound(r));
    }
    return tally_mean(&t);
}

/*
 * combine_ratios - in logarithms, where the geometric mean is a mean: the ends
 *     of n independent intervals lie sqrt(sum of squared distances) / n away
 *     from it.
 */
static struct stats_interval combine_ratios(const struct result_set *set,
                                            struct tally *t)
{
    double below = 0, above = 0;
    bool certain = true;
    for (size_t i = 0; i < set->count; i++) {
        const struct result *r = &set->results[i];
        if (!is_valid(r))
            continue;
        bool scored = trace_scores_speed(r->trace);
        double mid = r->timed ? log(r->ratio.mid) : NAN;
        tally_add(t, scored, mid);
        if (!scored || !isfinite(mid))
            continue;
        below += pow(mid - log(r->ratio.lo), 2);
        above += pow(log(r->ratio.hi) - mid, 2);
        certain = certain && r->ratio.certain;
    }
    double mean = tally_mean(t), n = (double)t->known;
    return (struct stats_interval){
        .mid = exp(mean),
        .lo = exp(mean - sqrt(below) / n),
        .hi = exp(mean + sqrt(above) / n),
        .certain = certain && t->known > 0,
    };
}

static void count_traces(const struct result_set *set, struct grade *g)
{
    g->traces = set->count + set->missing;
    for (size_t i = 0; i < set->count; i++)
        if (is_valid(&set->results[i]))
            g->valid++;
    g->failed = set->count - g->valid;
}

static void sum_times(const struct result_set *set, struct grade *g)
{
    size_t all_ops = 0, timed = 0;
    double secs = 0;
    for (size_t i = 0; i < set->count; i++) {
        const struct result *r = &set->results[i];
        if (!is_valid(r))
            continue;
        all_ops += r->trace->op_count;
        if (!r->timed || !trace_scores_speed(r->trace))
            continue;
        timed++;
        g->ops += r->trace->op_count;
        secs += r->secs;
    }
    if (timed == 0)
        g->ops = all_ops;
    g->secs = timed ? secs : NAN;
    g->kops = (double)g->ops / secs / 1000;
    if (!isfinite(g->kops))
        g->kops = NAN;
}

/* Every request has the same weight, as in the times that it is part of. */
static double mean_floor(const struct result_set *set)
{
    double ns = 0, ops = 0;
    for (size_t i = 0; i < set->count; i++) {
        const struct result *r = &set->results[i];
        if (!is_valid(r) || !r->timed || !isfinite(r->floor_ns_per_op))
            continue;
        ns += r->floor_ns_per_op * (double)r->trace->op_count;
        ops += (double)r->trace->op_count;
    }
    return ops > 0 ? ns / ops : NAN;
}

static enum grade_gap find_gap(const struct grade *g, const struct tally *util,
                               const struct tally *speed)
{
    if (g->traces == 0)
        return GRADE_EMPTY;
    if (g->failed)
        return GRADE_FAILED;
    if (g->valid < g->traces)
        return GRADE_MISSING;
    if (util->scored == 0 && speed->scored == 0)
        return GRADE_UNSCORED;
    if (util->scored == 0)
        return GRADE_UTIL_UNSCORED;
    if (util->known < util->scored)
        return GRADE_UTIL_UNKNOWN;
    if (speed->scored == 0)
        return GRADE_SPEED_UNSCORED;
    if (speed->known < speed->scored)
        return GRADE_SPEED_UNKNOWN;
    return GRADE_COMPLETE;
}

/* Where value stands between min, 0, and max, 1. */
static double share(double value, double min, double max)
{
    return fmin(fmax((value - min) / (max - min), 0), 1);
}

static void award_points(struct grade *g)
{
    g->util_points = 100 * UTIL_WEIGHT * share(g->util, UTIL_MIN, UTIL_MAX);
    g->speed_points =
        100 * (1 - UTIL_WEIGHT) * share(g->ratio.mid, RATIO_MIN, RATIO_MAX);
    g->index = g->util_points + g->speed_points;
}

struct grade grade_set(const struct result_set *set)
{
    struct grade g = {.util_points = NAN, .speed_points = NAN};
    struct tally util = {0}, speed = {0};
    count_traces(set, &g);
    g.util = mean_util(set, &util);
    g.above_bound = mean_above_bound(set);
    g.ratio = combine_ratios(set, &speed);
    sum_times(set, &g);
    g.floor_ns_per_op = mean_floor(set);
    g.gap = find_gap(&g, &util, &speed);
    if (g.gap == GRADE_COMPLETE)
        award_points(&g);
    else
        g.index = g.gap == GRADE_FAILED ? 0 : NAN;
    return g;
}

const struct result_set *grade_choose(const struct result_set *sets,
                                      size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!sets[i].is_libc)
            return &sets[i];
    return NULL;
}

/* 0.0995 is the first that two decimals show as 0.10; below 1e-7 nobody
 * compares. */
int grade_ratio_digits(double ratio)
{
    if (!(ratio > 0) || ratio >= 0.0995)
        return 2;
    return (int)fmin(1 - floor(log10(ratio)), 8);
}

static const char *gap_reason(enum grade_gap gap)
{
    static const char *const reasons[] = {
        [GRADE_EMPTY] = "no trace was run",
        [GRADE_UNSCORED] = "the weight of every trace is 0",
        [GRADE_UTIL_UNSCORED] = "no trace scores utilization",
        [GRADE_UTIL_UNKNOWN] = "the utilization of a trace is not known",
        [GRADE_SPEED_UNSCORED] = "no trace scores speed",
        [GRADE_SPEED_UNKNOWN] = "the speed of a trace is not known",
    };
    return reasons[gap];
}

void grade_print_index(FILE *out, const struct grade *g)
{
    if (g->gap == GRADE_COMPLETE)
        fprintf(out, "Perf index = %.1f (util) + %.1f (speed) = %.1f/100\n",
                g->util_points, g->speed_points, g->index);
    else if (g->gap == GRADE_FAILED)
        fprintf(out, "No performance index: %zu of %zu trace%s failed.\n",
                g->failed, g->traces, g->traces == 1 ? "" : "s");
    else if (g->gap == GRADE_MISSING)
        fprintf(out, "No performance index: %zu of %zu trace%s %s not run.\n",
                g->traces - g->valid, g->traces, g->traces == 1 ? "" : "s",
                g->traces - g->valid == 1 ? "was" : "were");
    else
        fprintf(out, "No performance index: %s.\n", gap_reason(g->gap));
}

static void print_figure(FILE *out, const char *name, int digits, double figure)
{
    fputs(name, out);
    if (isfinite(figure))
        fprintf(out, "%.*f", digits, figure);
    else
        putc('-', out);
}

/* What an autograder is to see: a number in any case. */
static double index_or_zero(const struct grade *g)
{
    return isfinite(g->index) ? g->index : 0;
}

void grade_print_line(FILE *out, const struct grade *g)
{
    fprintf(out, "correct:%zu/%zu perfidx:%.0f", g->valid, g->traces,
            index_or_zero(g));
    print_figure(out, " util:", 1, 100 * g->util);
    print_figure(out, " ratio:", grade_ratio_digits(g->ratio.mid),
                 g->ratio.mid);
    putc('\n', out);
}

void grade_print_autolab(FILE *out, const struct grade *g)
{
    double correctness =
        g->traces ? 100 * (double)g->valid / (double)g->traces : 0;
    fprintf(out,
            "{\"scores\": {\"correctness\": %.1f, \"performance\": %.1f}}\n",
            correctness, index_or_zero(g));
}
