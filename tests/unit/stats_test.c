/*
 * stats_test.c - driver/stats.c against values worked out by hand
 */
#include <math.h>
#include <stdlib.h>

#include "driver/stats.h"
#include "tests/check.h"

static void check_near(double found, double expected, const char *name)
{
    check(fabs(found - expected) <= 1e-12 * fabs(expected), name,
          "expected %.15g, found %.15g", expected, found);
}

static void test_medians(void)
{
    double one[] = {7}, odd[] = {3, 9, 1}, even[] = {10, 1, 4, 2};
    check_near(stats_median(one, 1), 7, "median of one value");
    check_near(stats_median(odd, 3), 3, "median of three");
    check_near(stats_median(even, 4), 3, "median of four: mean of the middle");
    check(even[0] <= even[1] && even[1] <= even[2] && even[2] <= even[3],
          "median sorts in place", "%g %g %g %g", even[0], even[1], even[2],
          even[3]);
}

static void test_low(void)
{
    double one[] = {7}, seven[] = {7, 6, 5, 4, 3, 2, 1};
    double sixteen[] = {9, 8, 7, 6, 5, 4, 3, 2, 1, 10, 11, 12, 13, 14, 15, 16};
    check_near(stats_low(one, 1), 7, "the low one of one value");
    check_near(stats_low(seven, 7), 1, "of seven: the least");
    check_near(stats_low(sixteen, 16), 3, "of sixteen: two are less");
}

/* The values n, n-1 ... 1, so that the ends of the interval are ranks. */
static struct stats_interval interval_of(size_t n)
{
    double *values = calloc(n, sizeof *values);
    for (size_t i = 0; i < n; i++)
        values[i] = (double)(n - i);
    struct stats_interval interval = stats_median_interval(values, n);
    free(values);
    return interval;
}

/*
 * The ranks are those of the usual tables (Conover, Table A3) up to 100; those
 * of 1000 and 5000 are from exact sums of binomial coefficients in integers.
 */
static void test_ranks(void)
{
    static const struct {
        size_t n, rank;
    } cases[] = {{6, 1},   {7, 1},   {8, 1},    {9, 2},      {10, 2},
                 {12, 3},  {15, 4},  {17, 5},   {20, 6},     {25, 8},
                 {30, 10}, {50, 18}, {100, 40}, {1000, 469}, {5000, 2431}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char name[64];
        size_t n = cases[i].n, rank = cases[i].rank;
        struct stats_interval r = interval_of(n);
        snprintf(name, sizeof name, "interval of %zu values", n);
        check(r.certain && r.mid == (double)(n + 1) / 2 &&
                  r.lo == (double)rank && r.hi == (double)(n + 1 - rank),
              name, "expected rank %zu, found [%g, %g] mid %g%s", rank, r.lo,
              r.hi, r.mid, r.certain ? "" : " uncertain");
    }
}

static void test_too_few(void)
{
    for (size_t n = 1; n < 6; n++) {
        char name[64];
        struct stats_interval r = interval_of(n);
        snprintf(name, sizeof name, "%zu values: their range, uncertain", n);
        check(!r.certain && r.lo == 1 && r.hi == (double)n, name,
              "found [%g, %g]%s", r.lo, r.hi, r.certain ? " certain" : "");
    }
}

/* How often the interval misses the median of a uniform sample: by the choice
 * of ranks at 25 values in 4.3% of all samples. */
static void test_coverage(void)
{
    unsigned long long state = 42;
    int missed = 0;
    for (int sample = 0; sample < 20000; sample++) {
        double v[25];
        for (int i = 0; i < 25; i++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            v[i] = (double)(state >> 11) * 0x1p-53;
        }
        struct stats_interval r = stats_median_interval(v, 25);
        missed += r.lo > 0.5 || r.hi < 0.5;
    }
    check(missed > 700 && missed < 1000, "coverage of 20000 samples",
          "expected about 863 missed, found %d", missed);
}

static void test_paired_ratio(void)
{
    /* Round i takes 10 + i for a and twice that for b. */
    double a[16], b[16];
    for (int i = 0; i < 16; i++)
        b[i] = 2 * (a[i] = 10 + i / 2);
    struct stats_interval r = stats_paired_ratio(a, b, 8);
    check_near(r.mid, 2, "a twice as fast as b");
    check(r.certain && stats_separates(r), "equal rounds separate from 1",
          "[%g, %g]", r.lo, r.hi);

    /* A machine that slows down by 1% a slot: the order a b b a cancels it. */
    double drift_a[12], drift_b[12];
    for (int i = 0; i < 12; i += 2) {
        drift_a[i] = 1.00, drift_b[i] = 1.01;
        drift_b[i + 1] = 1.02, drift_a[i + 1] = 1.03;
    }
    r = stats_paired_ratio(drift_a, drift_b, 6);
    check(fabs(r.mid - 1) < 2e-4, "linear drift cancels", "found %.9g", r.mid);
}

static void test_unresolved_times(void)
{
    double a[14], b[14];
    for (int i = 0; i < 14; i++)
        a[i] = b[i] = 4;
    a[3] = 0;
    struct stats_interval r = stats_paired_ratio(a, b, 7);
    check(r.certain && r.mid == 1, "a round with a time of 0 is left out",
          "found %g [%g, %g]", r.mid, r.lo, r.hi);
    b[0] = 0;
    r = stats_paired_ratio(a, b, 7);
    check(!r.certain, "five rounds left are too few", "certain");
    r = stats_paired_ratio(a, b, 1);
    check(isnan(r.mid) && isnan(r.lo) && isnan(r.hi) && !r.certain,
          "no round left: unknown", "found %g", r.mid);
    r = stats_paired_ratio(a, b, 0);
    check(isnan(r.mid) && !r.certain, "no round at all: unknown", "found %g",
          r.mid);
}

static void test_separates(void)
{
    static const struct {
        struct stats_interval r;
        bool separates;
        const char *name;
    } cases[] = {
        {{1.2, 1.1, 1.3, true}, true, "above 1 separates"},
        {{0.8, 0.7, 0.9, true}, true, "below 1 separates"},
        {{1.1, 0.9, 1.3, true}, false, "around 1 does not separate"},
        {{1.1, 1.0, 1.3, true}, false, "touching 1 does not separate"},
        {{1.2, 1.1, 1.3, false}, false, "uncertain does not separate"},
        {{3, 2.1, 9, false}, true, "uncertain but beyond 2 does"},
        {{0.01, 0.005, 0.49, false}, true, "uncertain but below 1/2 does"},
        {{3, 1.9, 9, false}, false, "uncertain and not all beyond 2 does not"},
        {{NAN, NAN, NAN, false}, false, "unknown does not separate"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check(stats_separates(cases[i].r) == cases[i].separates, cases[i].name,
              "expected %d", cases[i].separates);
}

int main(void)
{
    test_medians();
    test_low();
    test_ranks();
    test_too_few();
    test_coverage();
    test_paired_ratio();
    test_unresolved_times();
    test_separates();
    return check_done();
}
