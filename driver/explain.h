/*
 * explain.h - turns a failure into sentences
 *
 * Each explanation is several lines, the first "file:line: " and what is
 * wrong; then who did it, if that is known, the blocks concerned, each with its
 * id, its addresses and the line that made it, the bytes, the surroundings, and
 * what to type next.  Works in the parent, from the audited shadow.
 */
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "driver/isolate.h"
#include "driver/replay.h"
#include "driver/shadow.h"
#include "driver/watch.h"

/* Bytes of the heap that an explanation shows at most. */
#define EXPLAIN_BYTES 64

/* The heap as the failed run left it. */
struct explain_heap {
    uintptr_t lo;
    size_t size, limit; /* bytes; 0 where the memory is not the heap's */
    uintptr_t at;       /* some of its bytes: where they begin, how many */
    size_t count;
    uint8_t bytes[EXPLAIN_BYTES];
};

/* Where things stood when the run went wrong. */
struct explain_scene {
    const struct replay *r;
    const struct shadow *shadow; /* after all requests before the guilty one */
    enum replay_phase phase;
    size_t op;          /* the request being served */
    bool timed;         /* it was a speed pass */
    bool again;         /* it was a check pass after the first one */
    bool crashed;       /* it died of a fault of its own */
    const char *output; /* what the child printed; NULL for nothing */
    double seconds;     /* that a pass may take */
    uint64_t memory;    /* bytes that a run may touch */
    struct explain_heap heap;
    struct watch_find watch; /* what a second run found */
};

/* explain_request - "free(id 4)", "malloc(112) for id 17", "realloc(id 4,
 * 200)": request number i. */
void explain_request(FILE *out, const struct trace *t, size_t i);

/* explain_keep_heap - fill scene->heap with what explain_fault and explain_end
 *     will tell of the heap, which need not stand any longer then.  fault may
 *     be NULL. */
void explain_keep_heap(struct explain_scene *scene,
                       const struct replay_fault *fault);

/* explain_fault - a fault that the replay or the audit found.  The text is for
 *     the caller to free; NULL without memory. */
char *explain_fault(const struct explain_scene *scene,
                    const struct replay_fault *fault);

/* explain_end - the child ended, or had to be ended. */
char *explain_end(const struct explain_scene *scene, enum isolate_event event,
                  const struct isolate_death *death);

#endif
