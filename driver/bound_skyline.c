/*
 * bound_skyline.c - placement into the lowest valley
 *
 * With time to the right and addresses upward, what is placed has a skyline.
 * Of its lowest step, the leftmost of those, one takes the block of highest
 * rank, by length of life, whose life fits on it; where none fits, the step is
 * raised to its lower neighbour (Sekiyama, Imai, Negishi & Kawachiya,
 * "Profile-guided memory optimization for deep neural networks", 2018; the
 * idea is Burke, Kendall & Whitwell's for cutting stock, 2004).
 */
#include <stdlib.h>

#include "driver/bound_parts.h"
#include "driver/bound_pool.h"
#include "driver/interrupt.h"

struct step {
    uint64_t height;
    uint32_t start, prev, next; /* it ends where the next one starts */
    uint32_t place;             /* in the queue */
};

/* Left and right of all steps, higher than any. */
enum { WALL_LEFT, WALL_RIGHT, WALLS };

struct skyline {
    struct bound_block *blocks;
    struct step *steps;
    uint32_t fresh;  /* steps from here on were never used */
    uint32_t unused; /* those that are not any more, by next; WALL_LEFT: none */
    uint32_t *queue; /* a binary heap, the lowest step first */
    uint32_t queued;
    uint64_t top;
};

/* ---- The lowest step ------------------------------------------------------
 */

static bool lower(const struct skyline *s, uint32_t a, uint32_t b)
{
    const struct step *x = &s->steps[a], *y = &s->steps[b];
    return x->height != y->height ? x->height < y->height : x->start < y->start;
}

static void put(struct skyline *s, uint32_t place, uint32_t n)
{
    s->queue[place] = n;
    s->steps[n].place = place;
}

/* Find the place of a step, from one that is free. */
static void settle(struct skyline *s, uint32_t at, uint32_t n)
{
    while (at > 0 && lower(s, n, s->queue[(at - 1) / 2])) {
        put(s, at, s->queue[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    for (;;) {
        uint32_t child = 2 * at + 1;
        if (child + 1 < s->queued &&
            lower(s, s->queue[child + 1], s->queue[child]))
            child++;
        if (child >= s->queued || !lower(s, s->queue[child], n))
            break;
        put(s, at, s->queue[child]);
        at = child;
    }
    put(s, at, n);
}

static void unqueue(struct skyline *s, uint32_t n)
{
    uint32_t at = s->steps[n].place, last = s->queue[--s->queued];
    if (last != n)
        settle(s, at, last);
}

/* ---- Steps ----------------------------------------------------------------
 */

static uint32_t new_step(struct skyline *s)
{
    uint32_t n = s->unused;
    if (n == WALL_LEFT)
        return s->fresh++;
    s->unused = s->steps[n].next;
    return n;
}

static uint32_t insert_after(struct skyline *s, uint32_t prev, uint32_t start,
                             uint64_t height)
{
    uint32_t n = new_step(s), next = s->steps[prev].next;
    s->steps[n] = (struct step){height, start, prev, next, 0};
    s->steps[prev].next = s->steps[next].prev = n;
    settle(s, s->queued++, n);
    return n;
}

static void swallow_next(struct skyline *s, uint32_t n)
{
    uint32_t next = s->steps[n].next, after = s->steps[next].next;
    unqueue(s, next);
    s->steps[n].next = after;
    s->steps[after].prev = n;
    s->steps[next].next = s->unused;
    s->unused = next;
}

static void set_height(struct skyline *s, uint32_t n, uint64_t height)
{
    struct step *step = &s->steps[n];
    step->height = height;
    settle(s, step->place, n);
    if (s->steps[step->next].height == height)
        swallow_next(s, n);
    if (s->steps[step->prev].height == height)
        swallow_next(s, step->prev);
}

static void raise_step(struct skyline *s, uint32_t n)
{
    uint64_t left = s->steps[s->steps[n].prev].height;
    uint64_t right = s->steps[s->steps[n].next].height;
    set_height(s, n, left < right ? left : right);
}

static uint32_t end_of(const struct skyline *s, uint32_t n)
{
    return s->steps[s->steps[n].next].start;
}

static void build_on(struct skyline *s, uint32_t n, struct bound_block *b)
{
    b->address = s->steps[n].height;
    if (b->died < end_of(s, n))
        insert_after(s, n, b->died, b->address);
    if (b->born > s->steps[n].start)
        n = insert_after(s, n, b->born, b->address);
    set_height(s, n, b->address + b->size);
    if (b->address + b->size > s->top)
        s->top = b->address + b->size;
}

/* ---- A run ----------------------------------------------------------------
 */

static void lay_out(struct skyline *s, uint32_t end)
{
    s->fresh = WALLS;
    s->steps[WALL_LEFT] = (struct step){UINT64_MAX, 0, 0, WALL_RIGHT, 0};
    s->steps[WALL_RIGHT] = (struct step){UINT64_MAX, end, WALL_LEFT, 0, 0};
    insert_after(s, WALL_LEFT, 0, 0);
}

static bool build(struct skyline *s, struct bound_pool *pool, uint32_t count,
                  uint64_t limit)
{
    while (count > 0 && s->top <= limit) {
        uint32_t n = s->queue[0], block;
        if (count % 4096 == 0 && interrupt_signal())
            return false;
        if (bound_pool_take(pool, s->steps[n].start, end_of(s, n), &block)) {
            build_on(s, n, &s->blocks[block]);
            count--;
        } else {
            raise_step(s, n);
        }
    }
    return s->top <= limit;
}

/* A block adds two steps at most. */
uint64_t bound_skyline(struct bound_task *task, const struct bound_recipe *r,
                       uint64_t limit)
{
    uint64_t heap = BOUND_NO_MEMORY;
    size_t most = 2 * (size_t)task->count + WALLS + 1;
    struct skyline s = {.blocks = task->blocks};
    struct bound_pool *pool = bound_pool_make(task, r);
    s.steps = malloc(most * sizeof *s.steps);
    s.queue = malloc(most * sizeof *s.queue);
    if (pool && s.steps && s.queue) {
        lay_out(&s, task->end);
        heap = build(&s, pool, task->count, limit) ? s.top : BOUND_FAILED;
    }
    if (pool)
        bound_pool_free(pool);
    free(s.steps);
    free(s.queue);
    return heap;
}
