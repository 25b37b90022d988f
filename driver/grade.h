/*
 * grade.h - the performance index, and its lines for autograders
 */
#ifndef GRADE_H
#define GRADE_H

#include <stdio.h>

#include "driver/result.h"

/* Why there is no performance index. */
enum grade_gap {
    GRADE_COMPLETE,      /* there is one */
    GRADE_EMPTY,         /* no trace was run */
    GRADE_FAILED,        /* a trace failed: the index is 0 */
    GRADE_MISSING,       /* a trace was not run */
    GRADE_UNSCORED,      /* the weight of every trace is 0 */
    GRADE_UTIL_UNSCORED, /* no trace scores utilization */
    GRADE_UTIL_UNKNOWN,  /* of a trace that scores it */
    GRADE_SPEED_UNSCORED,
    GRADE_SPEED_UNKNOWN,
};

/* What one allocator's results amount to; NAN: not known. */
struct grade {
    size_t traces; /* those that were not run included */
    size_t valid, failed;
    double util;                 /* mean over the traces that score it */
    double above_bound;          /* likewise, where it is known */
    struct stats_interval ratio; /* geometric mean over those that score speed;
                                  * the interval as if they were independent */
    size_t ops;                  /* requests of the traces that score speed and
                                  * were timed; of all valid ones if none was */
    double secs, kops;           /* CPU time of those, thousand a second */
    double floor_ns_per_op;      /* mean over the timed requests */
    double util_points;          /* 0 .. 100 * UTIL_WEIGHT */
    double speed_points;         /* 0 .. 100 * (1 - UTIL_WEIGHT) */
    double index;                /* their sum; 0 if a trace failed */
    enum grade_gap gap;
};

/* grade_set - weigh the results as config.h says. */
struct grade grade_set(const struct result_set *set);

/* grade_choose - of several sets the one that is graded where there can be one
 *     grade: the first that is not libc's; NULL if there is none. */
const struct result_set *grade_choose(const struct result_set *sets,
                                      size_t count);

/* grade_ratio_digits - decimals that a ratio is printed with: 2, but below 0.1
 *     as many as two significant digits take. */
int grade_ratio_digits(double ratio);

/* grade_print_index - one line: how the index comes about, or why there is
 *     none. */
void grade_print_index(FILE *out, const struct grade *g);

/*
 * grade_print_line - -g: "correct:17/18 perfidx:93 util:88.1 ratio:1.84" and a
 *     newline; perfidx is 0 without an index, "-" stands for what is unknown.
 */
void grade_print_line(FILE *out, const struct grade *g);

/*
 * grade_print_autolab - -A: {"scores": {"correctness": 94.4,
 *     "performance": 92.9}} and a newline.  Both are points of 100, so that an
 *     assessment need not know the number of traces.
 */
void grade_print_autolab(FILE *out, const struct grade *g);

#endif
