/*
 * gen_queue.c - the live blocks of a model, the next to die first
 *
 * A binary heap (Knuth TAOCP 3 §5.2.3).
 */
#include "tools/gen/gen_queue.h"

#include <stdlib.h>

void gen_queue_put(struct gen_queue *q, struct gen_death death)
{
    if (q->count == q->room) {
        q->room = q->room ? 2 * q->room : 1024;
        q->deaths = gen_array(q->deaths, q->room, sizeof *q->deaths);
    }
    size_t at = q->count++;
    while (at && q->deaths[(at - 1) / 2].time > death.time) {
        q->deaths[at] = q->deaths[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    q->deaths[at] = death;
}

/* The hole that a taken one leaves sinks to where the last one fits. */
struct gen_death gen_queue_take(struct gen_queue *q)
{
    struct gen_death *d = q->deaths, first = d[0], last = d[--q->count];
    size_t at = 0, child;
    while ((child = 2 * at + 1) < q->count) {
        child += child + 1 < q->count && d[child + 1].time < d[child].time;
        if (last.time <= d[child].time)
            break;
        d[at] = d[child];
        at = child;
    }
    d[at] = last;
    return first;
}

void gen_queue_free(struct gen_queue *q)
{
    free(q->deaths);
}
