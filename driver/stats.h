/*
 * stats.h - medians, ratios, intervals
 *
 * Pure functions over arrays of doubles; nothing here knows what was measured.
 */
#ifndef STATS_H
#define STATS_H

#include <stdbool.h>
#include <stddef.h>

/* stats_median - the middle of n > 0 values (the mean of the middle two if n
 *     is even).  Sorts values in place. */
double stats_median(double *values, size_t n);

/* stats_low - of n > 0 values the one below which an eighth of them lie: where
 *     noise only adds, nearer to the truth than the median.  Sorts values in
 *     place. */
double stats_low(double *values, size_t n);

struct stats_interval {
    double mid, lo, hi;
    bool certain; /* [lo, hi] covers the median with 95% or more */
};

/*
 * stats_median_interval - the median of n > 0 values, and the narrowest
 *     interval between two of them, equally far from either end, that covers
 *     the true median with a probability of 95% or more (binomial, no
 *     assumption about the distribution).  Below 6 values there is none: the
 *     interval is then all of their range, and not certain.  Sorts values in
 *     place.
 */
struct stats_interval stats_median_interval(double *values, size_t n);

/*
 * stats_paired_ratio - how many times a is faster than b, from rounds in the
 *     balanced order a b b a (or b a a b): a[2i], a[2i+1], b[2i], b[2i+1] are
 *     the times of round i.  The median over the n rounds of
 *     sqrt((b b') / (a a')) with its interval.  Drift of the machine that is
 *     linear over a round cancels.
 */
struct stats_interval stats_paired_ratio(const double *a, const double *b,
                                         size_t n);

/* stats_separates - whether the interval says on which side of 1 the ratio
 *     lies.  One that is not certain does when all of it is beyond a factor of
 *     2. */
bool stats_separates(struct stats_interval ratio);

#endif
