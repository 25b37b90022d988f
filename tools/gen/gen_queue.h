/*
 * gen_queue.h - the live blocks of a model, the next to die first
 */
#ifndef GEN_QUEUE_H
#define GEN_QUEUE_H

#include "tools/gen/gen.h"

struct gen_death {
    uint64_t time; /* by the clock of the model */
    uint64_t id;
    uint64_t note; /* what else the model wants to know then */
};

/* All zero: an empty queue. */
struct gen_queue {
    struct gen_death *deaths; /* a heap */
    size_t count, room;
};

/* gen_queue_put - a block that is to die. */
void gen_queue_put(struct gen_queue *q, struct gen_death death);

/* gen_queue_due - whether one is to die at this time or before it. */
static inline bool gen_queue_due(const struct gen_queue *q, uint64_t time)
{
    return q->count && q->deaths[0].time <= time;
}

/* gen_queue_take - the next to die, of a queue that is not empty; it is not
 *     queued any more.  Which of those of one time comes first depends on the
 *     order of puts and takes alone. */
struct gen_death gen_queue_take(struct gen_queue *q);

/* gen_queue_free - give back its memory. */
void gen_queue_free(struct gen_queue *q);

#endif
