/*
 * bound_fit.c - placement by best fit, away from the peak in both directions
 *
 * The blocks alive at the peak lie in a stack without gaps.  From there on time
 * is played forward, and a block is put into the smallest hole that holds it;
 * then, from the same stack, backward, where a death is what a birth was.  What
 * is born after the peak never meets what died before it, so the two halves
 * need not know of each other.  (The origin may be another than the peak.)
 *
 * The heap is a ring of segments in order of address: block i is segment i,
 * hole h segment count + h, and segment count, as hole 0, its two ends.  Holes
 * form a treap (Seidel & Aragon 1996) in order of size, then address.
 */
#include <stdlib.h>

#include "driver/bound_parts.h"
#include "driver/interrupt.h"

struct link {
    uint32_t prev, next;
};

struct hole {
    uint64_t address, size;
    uint32_t left, right; /* 0: none; left is the next one of unused holes */
};

struct heap {
    struct bound_block *blocks;
    uint32_t count;
    struct link *links;
    struct hole *holes;
    uint32_t root, unused;
    uint64_t top;
    bool beside;   /* as in the recipe */
    bool backward; /* in time */
};

/* ---- Holes by size ------------------------------------------------------- */

/* Any fixed permutation: numbers of holes follow no pattern of sizes. */
static uint32_t priority(uint32_t h)
{
    return h * 2654435769u;
}

static bool before(const struct hole *a, const struct hole *b)
{
    return a->size != b->size ? a->size < b->size : a->address < b->address;
}

static void tree_insert(struct heap *p, uint32_t h)
{
    struct hole *new = &p->holes[h];
    uint32_t *link = &p->root, *left = &new->left, *right = &new->right;
    while (*link && priority(*link) > priority(h)) {
        struct hole *at = &p->holes[*link];
        link = before(at, new) ? &at->right : &at->left;
    }
    uint32_t rest = *link;
    *link = h;
    while (rest) {
        struct hole *at = &p->holes[rest];
        uint32_t **side = before(at, new) ? &left : &right;
        **side = rest;
        *side = side == &left ? &at->right : &at->left;
        rest = **side;
    }
    *left = *right = 0;
}

static void tree_remove(struct heap *p, uint32_t h)
{
    const struct hole *old = &p->holes[h];
    uint32_t *link = &p->root, a = old->left, b = old->right;
    while (*link != h) {
        struct hole *at = &p->holes[*link];
        link = before(at, old) ? &at->right : &at->left;
    }
    while (a && b) {
        bool left = priority(a) > priority(b);
        *link = left ? a : b;
        link = left ? &p->holes[a].right : &p->holes[b].left;
        *(left ? &a : &b) = *link;
    }
    *link = a ? a : b;
}

/* The smallest hole of at least so many bytes, the lowest of those; 0: none. */
static uint32_t tree_best(const struct heap *p, uint64_t size)
{
    uint32_t best = 0, at = p->root;
    while (at) {
        bool fits = p->holes[at].size >= size;
        best = fits ? at : best;
        at = fits ? p->holes[at].left : p->holes[at].right;
    }
    return best;
}

/* ---- Segments by address ------------------------------------------------- */

static uint32_t hole_of(const struct heap *p, uint32_t segment)
{
    return segment > p->count ? segment - p->count : 0;
}

static void join(struct heap *p, uint32_t a, uint32_t b)
{
    p->links[a].next = b;
    p->links[b].prev = a;
}

static void put_before(struct heap *p, uint32_t segment, uint32_t next)
{
    join(p, p->links[next].prev, segment);
    join(p, segment, next);
}

static void take_out(struct heap *p, uint32_t segment)
{
    join(p, p->links[segment].prev, p->links[segment].next);
}

static void drop_hole(struct heap *p, uint32_t h)
{
    take_out(p, p->count + h);
    p->holes[h].left = p->unused;
    p->unused = h;
}

/* Requests between the ends of block i, in the direction of time, and of its
 * neighbour; at the ends of the heap there is none. */
static uint32_t apart(const struct heap *p, uint32_t i, uint32_t neighbour)
{
    const struct bound_block *a = &p->blocks[i], *b = &p->blocks[neighbour];
    if (neighbour == p->count)
        return UINT32_MAX;
    uint32_t x = p->backward ? a->born : a->died;
    uint32_t y = p->backward ? b->born : b->died;
    return x > y ? x - y : y - x;
}

static bool belongs_high(const struct heap *p, uint32_t i, struct link hole)
{
    return p->beside && apart(p, i, hole.prev) > apart(p, i, hole.next);
}

static void place_in_hole(struct heap *p, uint32_t i, uint32_t h)
{
    struct hole *hole = &p->holes[h];
    struct bound_block *b = &p->blocks[i];
    struct link around = p->links[p->count + h];
    bool high = belongs_high(p, i, around);
    tree_remove(p, h);
    hole->size -= b->size;
    b->address = hole->address + (high ? hole->size : 0);
    hole->address += high ? 0 : b->size;
    put_before(p, i, high ? around.next : p->count + h);
    if (hole->size)
        tree_insert(p, h);
    else
        drop_hole(p, h);
}

static void place_on_top(struct heap *p, uint32_t i)
{
    uint32_t last = hole_of(p, p->links[p->count].prev);
    if (last) {
        tree_remove(p, last);
        p->top = p->holes[last].address;
        drop_hole(p, last);
    }
    p->blocks[i].address = p->top;
    p->top += p->blocks[i].size;
    put_before(p, i, p->count);
}

static void place(struct heap *p, uint32_t i)
{
    uint32_t h = tree_best(p, p->blocks[i].size);
    if (h)
        place_in_hole(p, i, h);
    else
        place_on_top(p, i);
}

/* The block becomes a hole, and one with those beside it. */
static void release(struct heap *p, uint32_t i)
{
    const struct bound_block *b = &p->blocks[i];
    uint32_t next = hole_of(p, p->links[i].next);
    uint32_t prev = hole_of(p, p->links[i].prev);
    uint32_t h = p->unused;
    p->unused = p->holes[h].left;
    p->holes[h] = (struct hole){.address = b->address, .size = b->size};
    put_before(p, p->count + h, i);
    take_out(p, i);
    if (prev) {
        tree_remove(p, prev);
        p->holes[h].address = p->holes[prev].address;
        p->holes[h].size += p->holes[prev].size;
        drop_hole(p, prev);
    }
    if (next) {
        tree_remove(p, next);
        p->holes[h].size += p->holes[next].size;
        drop_hole(p, next);
    }
    tree_insert(p, h);
}

/* ---- A run --------------------------------------------------------------- */

static void pile_up(struct heap *p, const uint32_t *stack, uint32_t n,
                    uint32_t holes)
{
    p->root = p->unused = 0;
    p->top = 0;
    join(p, p->count, p->count);
    for (uint32_t h = holes; h > 0; h--) {
        p->holes[h].left = p->unused;
        p->unused = h;
    }
    for (uint32_t i = 0; i < n; i++)
        place_on_top(p, stack[i]);
}

/* Both directions: false once the heap passes the limit. */

static bool play_forward(struct heap *p, const struct bound_task *task,
                         uint32_t origin, uint64_t limit)
{
    uint32_t next = bound_born_before(task, origin);
    for (uint32_t at = origin; at < task->end && p->top <= limit; at++) {
        if (at % 4096 == 0 && interrupt_signal())
            return false;
        if (task->taken[at])
            release(p, task->taken[at] - 1);
        if (next < p->count && p->blocks[next].born == at)
            place(p, next++);
    }
    return p->top <= limit;
}

static bool play_backward(struct heap *p, const struct bound_task *task,
                          uint32_t origin, uint64_t limit)
{
    uint32_t next = bound_born_before(task, origin);
    for (uint32_t at = origin; at > 0 && p->top <= limit;) {
        if (--at % 4096 == 0 && interrupt_signal())
            return false;
        if (next > 0 && p->blocks[next - 1].born == at)
            release(p, --next);
        if (task->taken[at])
            place(p, task->taken[at] - 1);
    }
    return p->top <= limit;
}

static uint64_t play(struct heap *p, const struct bound_task *task,
                     uint32_t origin, const uint32_t *stack, uint32_t live,
                     uint64_t limit)
{
    uint32_t holes = task->most_live + 2;
    pile_up(p, stack, live, holes);
    if (!play_forward(p, task, origin, limit))
        return BOUND_FAILED;
    uint64_t top = p->top;
    p->backward = true;
    pile_up(p, stack, live, holes);
    if (!play_backward(p, task, origin, limit))
        return BOUND_FAILED;
    return top > p->top ? top : p->top;
}

uint64_t bound_fit(struct bound_task *task, const struct bound_recipe *r,
                   uint64_t limit)
{
    struct heap p = {
        .blocks = task->blocks, .count = task->count, .beside = r->beside};
    size_t holes = task->most_live + 3ul;
    uint64_t heap = BOUND_NO_MEMORY;
    uint32_t live;
    uint32_t *stack = bound_stack(task, r, &live);
    p.links = malloc((p.count + holes) * sizeof *p.links);
    p.holes = malloc(holes * sizeof *p.holes);
    if (stack && p.links && p.holes)
        heap = play(&p, task, bound_origin(task, r), stack, live, limit);
    free(stack);
    free(p.links);
    free(p.holes);
    return heap;
}
