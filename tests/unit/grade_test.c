/*
 * grade_test.c - the performance index and the lines for autograders
 */
#define _GNU_SOURCE
#include <math.h>
#include <stdlib.h>

#include "config.h"
#include "driver/grade.h"
#include "tests/check.h"

static struct trace traces[] = {
    {.name = "both", .op_count = 1000, .weight = 1},
    {.name = "util", .op_count = 2000, .weight = 2},
    {.name = "speed", .op_count = 3000, .weight = 3},
    {.name = "none", .op_count = 4000, .weight = 0},
};

static struct result row(size_t trace, double util, double secs, double ratio)
{
    return (struct result){
        .trace = &traces[trace],
        .peak_payload = 1000,
        .util = util,
        .timed = true,
        .secs = secs,
        .floor_ns_per_op = 2,
        .ratio = {ratio, ratio / 1.1, ratio * 1.1, true},
    };
}

static struct grade grade_of(struct result *results, size_t count)
{
    struct result_set set = {
        .allocator = "mm", .results = results, .count = count};
    return grade_set(&set);
}

static void check_near(double found, double expected, const char *name)
{
    check(fabs(found - expected) < 1e-9, name, "expected %.12g, found %.12g",
          expected, found);
}

static char *text_of(void (*print)(FILE *, const struct grade *),
                     struct grade g)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    print(out, &g);
    fclose(out);
    return text;
}

static void check_text(void (*print)(FILE *, const struct grade *),
                       struct grade g, const char *expected, const char *name)
{
    char *text = text_of(print, g);
    check_str(text, expected, name);
    free(text);
}

static void test_weights(void)
{
    struct result r[] = {row(0, 0.4, 0.001, 0.25), row(1, 0.6, 0.1, 100),
                         row(2, 0.0, 0.003, 1.0), row(3, 0.0, 5, 100)};
    struct grade g = grade_of(r, 4);
    check_near(g.util, 0.5, "mean over the traces that score utilization");
    check_near(g.ratio.mid, 0.5, "geometric mean over those that score speed");
    check_int((long long)g.ops, 4000, "requests of those that score speed");
    check_near(g.secs, 0.004, "their time");
    check_near(g.kops, 1000, "thousand requests a second");
    check_near(g.floor_ns_per_op, 2, "no-op floor");
    check_near(g.util_points, 60 * 0.5 / 0.9, "points for utilization");
    check_near(g.speed_points, 20, "points for speed");
    check_near(g.index, 60 * 0.5 / 0.9 + 20, "performance index");
    check_text(grade_print_index, g,
               "Perf index = 33.3 (util) + 20.0 (speed) = 53.3/100\n",
               "index line");
    check_text(grade_print_line, g,
               "correct:4/4 perfidx:53 util:50.0 ratio:0.50\n", "-g line");
    check_text(grade_print_autolab, g,
               "{\"scores\": {\"correctness\": 100.0, \"performance\": "
               "53.3}}\n",
               "Autolab line");
}

/* Better than the thresholds earns no more; infinitely slow earns 0. */
static void test_clamps(void)
{
    struct result best = row(0, 0.999, 0.001, 50);
    check_near(grade_of(&best, 1).index, 100, "no more than 100");
    struct result worst = row(0, 0.0, 0.001, 1e-9);
    check(grade_of(&worst, 1).index < 1e-6, "no less than 0", "found %g",
          grade_of(&worst, 1).index);
}

/* Two intervals of 10% either way: their mean's is narrower by sqrt(2). */
static void test_interval(void)
{
    struct result r[] = {row(0, 0.5, 0.001, 2), row(2, 0.5, 0.001, 0.5)};
    struct grade g = grade_of(r, 2);
    double factor = pow(1.1, 1 / sqrt(2));
    check_near(g.ratio.mid, 1, "mean of twice and half as fast");
    check_near(g.ratio.lo, 1 / factor, "its lower end");
    check_near(g.ratio.hi, factor, "its upper end");
    check(g.ratio.certain, "certain if all are", "not certain");
    r[1].ratio.certain = false;
    check(!grade_of(r, 2).ratio.certain, "uncertain if one is", "certain");
}

static void test_failure(void)
{
    struct result r[] = {row(0, 0.9, 0.001, 1), row(0, 0.9, 0.001, 1),
                         row(0, 0.1, 9, 0.1)};
    r[2].fault = FAULT_OVERLAP;
    struct grade g = grade_of(r, 3);
    check_near(g.util, 0.9, "a failed trace is in no mean");
    check_near(g.secs, 0.002, "nor in the sum of times");
    check(g.index == 0 && g.gap == GRADE_FAILED, "a failure: the index is 0",
          "found %g", g.index);
    check_text(grade_print_index, g,
               "No performance index: 1 of 3 traces failed.\n",
               "the line says so");
    check_text(grade_print_line, g,
               "correct:2/3 perfidx:0 util:90.0 ratio:1.00\n",
               "-g line of a failure");
    check_text(grade_print_autolab, g,
               "{\"scores\": {\"correctness\": 66.7, \"performance\": 0.0}}\n",
               "Autolab line of a failure");
    g = grade_of(r + 2, 1);
    check_text(grade_print_index, g,
               "No performance index: 1 of 1 trace failed.\n", "one of one");
    check_text(grade_print_line, g, "correct:0/1 perfidx:0 util:- ratio:-\n",
               "-g line with nothing known");
}

static void check_gap(struct result *r, size_t n, const char *reason)
{
    char expected[96];
    snprintf(expected, sizeof expected, "No performance index: %s.\n", reason);
    struct grade g = grade_of(r, n);
    check_text(grade_print_index, g, expected, reason);
    check(isnan(g.index), "  ... and the index is unknown", "found %g",
          g.index);
}

static void test_gaps(void)
{
    struct result r[] = {row(0, 0.5, 0.001, 1), row(0, NAN, 0.001, 1)};
    check_gap(r, 0, "no trace was run");
    r[1].peak_payload = 0;
    check_near(grade_of(r, 2).util, 0.5, "no payload: nothing to be wasted");
    r[1].peak_payload = 1000;
    check_gap(r, 2, "the utilization of a trace is not known");
    r[1] = row(0, 0.5, 0.001, NAN);
    check_gap(r, 2, "the speed of a trace is not known");
    r[1] = row(0, 0.5, 0.001, 1);
    r[1].timed = false;
    check_gap(r, 2, "the speed of a trace is not known");
    r[0] = row(2, 0.5, 0.001, 1);
    check_gap(r, 1, "no trace scores utilization");
    r[0] = row(1, 0.5, 0.001, 1);
    check_gap(r, 1, "no trace scores speed");
    r[0] = r[1] = row(3, 0.5, 0.001, 1);
    check_gap(r, 2, "the weight of every trace is 0");
    r[0] = row(2, 0.5, 0.001, 1);
    check_gap(r, 1, "no trace scores utilization");
}

static void test_missing(void)
{
    struct result r[] = {row(0, 0.9, 0.001, 1), row(0, 0.9, 0.001, 1)};
    struct result_set set = {
        .allocator = "mm", .results = r, .count = 2, .missing = 1};
    struct grade g = grade_set(&set);
    check(g.gap == GRADE_MISSING && isnan(g.index),
          "a trace was not run: no index", "found %g", g.index);
    check_text(grade_print_index, g,
               "No performance index: 1 of 3 traces was not run.\n",
               "the line says so");
    check_text(grade_print_line, g,
               "correct:2/3 perfidx:0 util:90.0 ratio:1.00\n",
               "-g line of a run that was stopped");
    r[1].fault = FAULT_CRASH;
    check_text(grade_print_index, grade_set(&set),
               "No performance index: 1 of 3 traces failed.\n",
               "a failure is worse");
}

static void test_choice(void)
{
    const struct result_set sets[] = {{.allocator = "libc", .is_libc = true},
                                      {.allocator = "a"},
                                      {.allocator = "b"}};
    check(grade_choose(sets, 3) == &sets[1], "the first beside libc is graded",
          "found another");
    check(grade_choose(sets, 1) == NULL && grade_choose(sets, 0) == NULL,
          "libc is not", "found it");
}

static void test_digits(void)
{
    static const struct {
        double ratio;
        const char *text;
    } cases[] = {{1.234, "1.23"},     {0.1, "0.10"},        {0.0996, "0.10"},
                 {0.0994, "0.099"},   {0.045, "0.045"},     {0.01, "0.010"},
                 {0.00132, "0.0013"}, {1e-9, "0.00000000"}, {0, "0.00"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[32];
        snprintf(text, sizeof text, "%.*f", grade_ratio_digits(cases[i].ratio),
                 cases[i].ratio);
        check_str(text, cases[i].text, cases[i].text);
    }
    struct result r = row(0, 0.5, 0.001, 0.00132);
    check_text(grade_print_line, grade_of(&r, 1),
               "correct:1/1 perfidx:33 util:50.0 ratio:0.0013\n",
               "-g line of a slow one");
}

static void test_untimed(void)
{
    struct result r[] = {row(0, 0.5, 7, 1), row(1, 0.5, 7, 1)};
    r[0].timed = r[1].timed = false;
    struct grade g = grade_of(r, 2);
    check_int((long long)g.ops, 3000, "nothing timed: requests of all");
    check(isnan(g.secs) && isnan(g.kops) && isnan(g.floor_ns_per_op) &&
              isnan(g.ratio.mid) && !g.ratio.certain,
          "nothing timed: no times", "secs %g, kops %g, floor %g, ratio %g",
          g.secs, g.kops, g.floor_ns_per_op, g.ratio.mid);
    r[0].timed = true;
    r[0].secs = 0;
    check(isnan(grade_of(r, 2).kops), "a time of 0 gives no rate", "found %g",
          grade_of(r, 2).kops);
}

int main(void)
{
    test_weights();
    test_clamps();
    test_interval();
    test_failure();
    test_gaps();
    test_missing();
    test_choice();
    test_digits();
    test_untimed();
    return check_done();
}
