/*
 * replay_walk.h - what the passes of replay.h share among themselves
 *
 * The check in the child and the audit in the parent ask the same question of
 * each answer, in step with the shadow: can it be?
 */
#ifndef REPLAY_WALK_H
#define REPLAY_WALK_H

#include "driver/replay.h"
#include "driver/roots.h"

/* replay_set_up - in the child, when all is there but the allocator, and, where
 *     that collects garbage, the roots: the step in which the parent sees how
 *     much memory the process has.  *calls are to be those of replay_begin. */
bool replay_set_up(const struct replay *r, struct allocator_calls *calls,
                   struct roots *roots);

/* replay_begin, replay_init_heap - map the allocator; tell it of the roots and
 *     call mm_init.  False, with the fault logged, when it cannot be. */
bool replay_begin(const struct replay *r, struct allocator_calls *calls);
bool replay_init_heap(const struct replay *r,
                      const struct allocator_calls *calls, struct roots *roots);

/* replay_lacks - log that there is no memory for something; false. */
bool replay_lacks(const struct replay *r, const char *what);

/* replay_end - after a pass: log how much libc's malloc took since the
 * allocator was mapped, and the step. */
void replay_end(const struct replay *r);

/* One walk over a trace, in step with the shadow. */
struct walk {
    const struct replay *r;
    struct shadow *shadow;
    uint32_t answer;     /* the next one to be made */
    uint64_t live;       /* bytes of live payload */
    uintptr_t end;       /* of the highest payload so far */
    uint32_t born, died; /* the last to do so; whoever reads them resets them */
    struct replay_fault *fault;
    bool may_be_null; /* any answer, as mem_sbrk was made to fail */
};

/* walk_look_ahead - ask memory for what request i + 16 and i + 8 will need. */
void walk_look_ahead(const struct walk *w, size_t i);

/* walk_blame - store a fault of request i; false. */
bool walk_blame(struct walk *w, enum fault_kind kind, size_t i,
                uint32_t answer);

/* walk_only_frees - whether op is a realloc that is a free: its answer is then
 *     nobody's block. */
bool walk_only_frees(const struct trace_op *op);

/* walk_call - make a request; what it answered. */
void *walk_call(const struct replay *r, const struct allocator_calls *f,
                const struct trace_op *op);

/* walk_lose - a block ends. */
void walk_lose(struct walk *w, uint32_t answer);

/*
 * walk_follow - the answer to request i, number w->answer, stands in the
 *     table, and the heap has heap_size bytes: let the shadow follow it.
 *     False, with the fault stored, when it cannot be.
 */
bool walk_follow(struct walk *w, size_t i, size_t heap_size);

#endif
