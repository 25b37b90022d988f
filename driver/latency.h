/*
 * latency.h - what single requests cost, in passes of their own
 *
 * A pass times each request by itself, by the cheapest clock there is
 * (ticks.h); that slows it down, so throughput is measured in others.  The cost
 * of a request is the least over the passes: an allocator does the same each
 * time, whoever interrupts it does not, so what remains is its own.  (Of one
 * that does not repeat itself it is a lower bound.)  It is wall time in the
 * child and the child's word.
 */
#ifndef LATENCY_H
#define LATENCY_H

#include "driver/lane.h"
#include "driver/speed.h"

/* latency_unknown - nothing was measured. */
void latency_unknown(struct result *result);

/*
 * latency_measure - time single requests of the task's allocator: their
 *     distribution goes into a file of the directory for pictures, and its
 *     figures into the result.  A pass that fails is a fault of the result.
 *     False when there can be no result.
 */
bool latency_measure(struct task *task, const struct speed_reference *ref);

#endif
