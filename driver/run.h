/*
 * run.h - one allocator on one trace: checked, audited, timed
 */
#ifndef RUN_H
#define RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "driver/allocator.h"
#include "driver/result.h"
#include "driver/trace.h"

struct run_options {
    double time_limit; /* seconds of CPU time for a pass */
    uint64_t memory;   /* bytes that a run may touch */
    int detail;        /* as -d: 0, 1, 2 */
    size_t align;      /* 8 or 16; 0: what the dialect asks for */
    bool fixed;        /* heap and payload patterns the same in every run */
    bool check_only;
    const char *curve_dir; /* NULL: no curves */
};

/*
 * run_trace - fill *result, which run_release frees.  A failure of the
 *     allocator is a result.  False when there is none: *error is then a line
 *     for the caller to free, or NULL when the user interrupted the run.
 */
bool run_trace(const struct run_options *o, const struct allocator *a,
               const struct trace *t, struct result *result, char **error);
void run_release(struct result *result);

#endif
