/*
 * explain.h - turns a failure into sentences
 *
 * Each explanation is several lines, the first "file:line: " and what is
 * wrong; the blocks concerned follow, each with its id, its addresses and the
 * line that made it.  Works in the parent, from the audited shadow.
 */
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "driver/isolate.h"
#include "driver/replay.h"
#include "driver/shadow.h"

/* Where things stood when the run went wrong. */
struct explain_scene {
    const struct replay *r;
    const struct shadow *shadow; /* after all requests before the guilty one */
    enum replay_phase phase;
    size_t op;          /* the request being served */
    bool timed;         /* it was a speed pass */
    const char *output; /* what the child printed; NULL for nothing */
    double seconds;     /* that a pass may take */
    uint64_t memory;    /* bytes that a run may touch */
};

/* explain_fault - a fault that the replay or the audit found.  The text is for
 *     the caller to free; NULL without memory. */
char *explain_fault(const struct explain_scene *scene,
                    const struct replay_fault *fault);

/* explain_end - the child ended, or had to be ended. */
char *explain_end(const struct explain_scene *scene, enum isolate_event event,
                  const struct isolate_death *death);

#endif
