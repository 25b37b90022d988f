/*
 * watch.h - which request did it
 *
 * Damage is seen when a block is freed, and a heap that is out of order when
 * the trace ends.  So the trace is run once more in a new child, on a new heap,
 * where after every request just what was seen to be wrong is looked at.
 */
#ifndef WATCH_H
#define WATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "driver/isolate.h"
#include "driver/replay.h"

enum watch_verdict {
    WATCH_NOTHING, /* there was nothing to find out */
    WATCH_FOUND,   /* it was request `op` */
    WATCH_UNSEEN,  /* this time it did not happen */
    WATCH_LATE,    /* there was no time, or no child */
};

struct watch_find {
    enum watch_verdict verdict;
    size_t op;
};

/* watch_helps - whether a second run can tell more of a fault of r. */
bool watch_helps(const struct replay *r, const struct replay_fault *f);

/*
 * watch_run - run again what failed, with its settings, on the heap that stands
 *     now, for at most so many seconds a pass.  second: it was the second pass
 * of its child.  An interrupt counts as WATCH_LATE.
 */
struct watch_find watch_run(const struct replay *failed,
                            const struct replay_fault *f,
                            struct isolate_limits limits, double seconds,
                            bool second);

#endif
