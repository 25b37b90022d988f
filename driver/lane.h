/*
 * lane.h - one child that makes one kind of pass, and why a pass failed
 */
#ifndef LANE_H
#define LANE_H

#include <stdbool.h>
#include <stddef.h>

#include "driver/books.h"
#include "driver/isolate.h"
#include "driver/replay.h"
#include "driver/result.h"
#include "driver/run_options.h"

/* The work in hand. */
struct task {
    const struct run_options *o;
    const struct allocator *a;
    const struct allocator *rival; /* that its speed is held against; NULL:
                                    * libc */
    const struct trace *t;
    struct result *result;
    char **error;
    size_t peak_served; /* requests until most payload is live; once checked */
    size_t present;     /* bytes of heap that speed passes find present */
    bool inspected;     /* speed passes are, and their time means nothing */
    double overhead_ns; /* by which a pass seems longer from outside */
    unsigned processor; /* that its lanes stay on, as isolate.h counts them */
};

struct lane {
    struct task *task;
    struct replay r;
    struct isolate *child;
    bool timed;
    bool again;                /* a check pass after the first one */
    struct books_space before; /* anything of the allocator was there */
};

/* lane_fresh_heap - a new heap of the kind that the task's allocators want. */
bool lane_fresh_heap(struct task *task);

/* lane_prepare - all of lane_open but the child. */
bool lane_prepare(struct lane *l, struct task *task, const struct allocator *a,
                  void (*body)(void *replay));

/* lane_open - start a child that makes passes with a, of the kind of body (see
 *     replay.h).  lane_close ends it; an all-zero lane may be closed. */
bool lane_open(struct lane *l, struct task *task, const struct allocator *a,
               void (*body)(void *replay));
void lane_close(struct lane *l);

/*
 * lane_begin - the child is set up, and the allocator not loaded: let it be.
 * lane_private - bytes of memory that it took since then besides mem_sbrk: what
 *     the process mapped, by the kernel's books, or what it was given by libc's
 *     malloc, by its own, whichever is more.
 */
void lane_begin(struct lane *l);
uint64_t lane_private(const struct lane *l);

/* lane_snapshot - replay_snapshot of what the last pass left; false when there
 *     can be no result. */
bool lane_snapshot(struct lane *l, struct replay *left);

/*
 * lane_audit - audit all requests of a snapshot, with a visitor or without;
 *     *possible says what came out.  False when there can be no result.
 */
bool lane_audit(struct task *task, const struct replay *left,
                replay_visit *visit, void *context, bool *possible);

/* lane_stands_at - whether, by what event and child say, a step went well and
 *     ended in phase. */
bool lane_stands_at(const struct lane *l, enum isolate_event event,
                    enum replay_phase phase);

/* lane_explain - fill the task's result with why the last pass failed. */
bool lane_explain(struct lane *l, enum isolate_event event);

/* lane_interrupted - the user interrupted the pass: where it stood goes into
 *     the task's error; false. */
bool lane_interrupted(struct lane *l);

#endif
