/*
 * lane.h - one child that makes one kind of pass, and why a pass failed
 */
#ifndef LANE_H
#define LANE_H

#include <stdbool.h>
#include <stddef.h>

#include "driver/isolate.h"
#include "driver/replay.h"
#include "driver/result.h"
#include "driver/run.h"

/* The work in hand: what run_trace was given. */
struct run {
    const struct run_options *o;
    const struct allocator *a;
    const struct trace *t;
    struct result *result;
    char **error;
};

struct lane {
    struct run *run;
    struct replay r;
    struct isolate *child;
    bool timed;
    bool audited; /* a pass of it was */
    double *ns;   /* of each pass since the warm-up */
    double *init_ns;
    double *instructions;
    size_t count;
};

/* lane_error - there can be no result: what, and errno, go into run's error;
 *     false. */
bool lane_error(struct run *run, const char *what);

/* lane_fresh_heap - a new heap of the kind that run's allocator wants. */
bool lane_fresh_heap(struct run *run);

/* lane_open - start a child that makes passes with a: check passes, or timed
 *     ones.  lane_close ends it; an all-zero lane may be closed. */
bool lane_open(struct lane *l, struct run *run, const struct allocator *a,
               bool timed);
void lane_close(struct lane *l);

/* lane_passed - whether, by what event and child say, a pass went well. */
bool lane_passed(const struct lane *l, enum isolate_event event);

/* lane_explain - fill run's result with why the last pass failed. */
bool lane_explain(struct lane *l, enum isolate_event event);

#endif
