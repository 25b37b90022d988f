/*
 * speed.h - times an allocator against libc or another, in balanced rounds
 *
 * Each has a child of its own.  Every timed pass is audited as well: against
 * the check pass where the allocator repeats itself, in full where it does
 * not.
 */
#ifndef SPEED_H
#define SPEED_H

#include <stdbool.h>
#include <stdint.h>

#include "driver/lane.h"

/* The answers of a pass that was audited in full, to hold others against, and
 * where its heap began. */
struct speed_reference {
    void **answers;
    uintptr_t lo;
};

/* speed_floor - time the no-op allocator.  False when there can be no result.
 */
bool speed_floor(struct task *task);

/*
 * speed_measure - time the task's allocator and fill in the figures of the
 * result; a pass that fails is a fault of the result.  False when there can be
 * no result.
 */
bool speed_measure(struct task *task, const struct speed_reference *ref);

/*
 * speed_versus - how many times as fast as the task's rival its allocator is;
 *     mid NAN where one of them fails.  Of the result only a fault is set.
 *     False when there can be no result.
 */
bool speed_versus(struct task *task, struct stats_interval *ratio);

#endif
