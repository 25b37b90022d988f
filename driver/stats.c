/*
 * stats.c - medians, ratios, intervals
 *
 * Order statistics only: times on a shared machine have a long right tail, and
 * ranks do not care how long it is.  Nothing here prints, and nothing keeps
 * state between calls.
 */
#include "driver/stats.h"

#include <math.h>
#include <stdlib.h>

/* The probability with which an interval is to miss the true median, on each
 * side. */
#define TAIL 0.025

static int compare_doubles(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static double middle_of_sorted(const double *values, size_t n)
{
    size_t half = n / 2;
    return n % 2 ? values[half]
                 : values[half - 1] + (values[half] - values[half - 1]) / 2;
}

double stats_median(double *values, size_t n)
{
    qsort(values, n, sizeof *values, compare_doubles);
    return middle_of_sorted(values, n);
}

double stats_low(double *values, size_t n)
{
    qsort(values, n, sizeof *values, compare_doubles);
    return values[n / 8];
}

/*
 * step_down - C(n, i - 1) from C(n, i), both as multiples of C(n, n / 2):
 *     so scaled, no n overflows, and what underflows is too small to matter.
 */
static double step_down(double weight, size_t n, size_t i)
{
    return weight * (double)i / (double)(n - i + 1);
}

/*
 * interval_rank - the largest k for which the k-th smallest and the k-th
 *     largest of n values enclose the median with 95% or more; 0 if there is
 *     none.  The number of values below the median is binomial(n, 1/2), so
 *     each end misses with the probability that fewer than k of n fair coins
 *     show heads (David & Nagaraja, Order Statistics, 3rd ed. 2003, §7.1;
 *     Conover, Practical Nonparametric Statistics, 3rd ed. 1999, §3.2).
 */
static size_t interval_rank(size_t n)
{
    size_t half = n / 2;
    double weight = 1, below = 0;
    for (size_t i = half; i > 0; i--) {
        weight = step_down(weight, n, i);
        below += weight;
    }
    /* Odd n has two middle terms, half and half + 1; even n has one. */
    double all = 2 * below + (n % 2 ? 2 : 1);

    size_t k = half;
    weight = 1;
    while (k > 0 && below > TAIL * all) {
        weight = step_down(weight, n, k);
        below -= weight;
        k--;
    }
    return k;
}

struct stats_interval stats_median_interval(double *values, size_t n)
{
    double mid = stats_median(values, n);
    size_t k = interval_rank(n);
    size_t first = k ? k - 1 : 0;
    return (struct stats_interval){
        .mid = mid,
        .lo = values[first],
        .hi = values[n - 1 - first],
        .certain = k > 0,
    };
}

/* A time of 0 is one that the clock could not resolve: no ratio follows. */
static bool round_was_timed(const double *a, const double *b)
{
    return a[0] > 0 && a[1] > 0 && b[0] > 0 && b[1] > 0;
}

struct stats_interval stats_paired_ratio(const double *a, const double *b,
                                         size_t n)
{
    struct stats_interval unknown = {.mid = NAN, .lo = NAN, .hi = NAN};
    double *ratios = calloc(n ? n : 1, sizeof *ratios);
    if (!ratios)
        return unknown;
    size_t timed = 0;
    for (size_t i = 0; i < 2 * n; i += 2)
        if (round_was_timed(a + i, b + i))
            ratios[timed++] = sqrt(b[i] / a[i] * (b[i + 1] / a[i + 1]));
    struct stats_interval ratio =
        timed ? stats_median_interval(ratios, timed) : unknown;
    free(ratios);
    return ratio;
}

bool stats_separates(struct stats_interval ratio)
{
    double clear = ratio.certain ? 1 : 2;
    return ratio.lo > clear || ratio.hi < 1 / clear;
}
