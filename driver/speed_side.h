/*
 * speed_side.h - one of the two that are timed against each other
 *
 * Makes its passes, one at a time, and keeps what each took.  An allocator on
 * the simulated heap makes each in a new process on a new heap; the others one
 * after the other in one process for a sitting.  Every pass is audited.
 */
#ifndef SPEED_SIDE_H
#define SPEED_SIDE_H

#include "config.h"
#include "driver/lane.h"
#include "driver/speed.h"

#define SIDE_PASSES (2 * SPEED_ROUNDS_MAX)

struct side {
    struct task *task;
    const struct allocator *a;
    const struct speed_reference *ref; /* that answers are held against; NULL:
                                        * each pass is audited in full */
    size_t present;  /* bytes of heap that a pass is known to take */
    uint32_t *least; /* passes are latency passes: of each request the least
                      * cost so far, in ticks; NULL: speed passes */
    struct lane lane;
    bool begun, audited;
    /* Of each pass that was kept since side_begin, in nanoseconds. */
    double inside[SIDE_PASSES];  /* by the clock in the child */
    double outside[SIDE_PASSES]; /* by the kernel's books of the child */
    double init[SIDE_PASSES];
    double instructions[SIDE_PASSES];
    size_t count;
};

/*
 * side_begin - a sitting begins, with a pass whose time is not kept but stands
 *     in inside[0]; *good is false when it failed.  One whose passes stand
 *     alone makes it in the first sitting only.  False when there can be no
 *     result.
 * side_end - and it ends; the figures stay.
 */
bool side_begin(struct side *s, bool *good);
void side_end(struct side *s);

/* side_pass - a pass, whose time is kept. */
bool side_pass(struct side *s, bool *good);

/* side_inspect - a pass that looks like the others, and shows whether payloads
 *     keep what they hold. */
bool side_inspect(struct side *s, bool *good);

#endif
