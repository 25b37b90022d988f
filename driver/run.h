/*
 * run.h - one allocator on one trace: checked, audited, timed
 */
#ifndef RUN_H
#define RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "driver/allocator.h"
#include "driver/result.h"
#include "driver/run_options.h"
#include "driver/trace.h"

/*
 * run_trace - fill *result, which run_release frees.  A failure of the
 *     allocator is a result.  False when there is none: *error is then a
 *     message for the caller to free; after an interrupt, where the run stood.
 */
bool run_trace(const struct run_options *o, const struct allocator *a,
               const struct trace *t, struct result *result, char **error);
void run_release(struct result *result);

/*
 * run_versus - how many times as fast as rival a is on t, which both serve;
 *     mid NAN where one of them fails after all.  False as for run_trace.
 */
bool run_versus(const struct run_options *o, const struct allocator *a,
                const struct allocator *rival, const struct trace *t,
                struct stats_interval *ratio, char **error);

#endif
