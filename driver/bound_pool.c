/*
 * bound_pool.c - blocks that wait to be placed, by birth, death and rank
 *
 * A k-d tree (Bentley 1975) over births and deaths, in an array: the middle of
 * a range of nodes is the root over both halves.  A root knows of the blocks of
 * its range that are still there the last birth, the first death and the
 * highest rank, so that a search passes by what has nothing to offer.
 */
#include <math.h>
#include <stdlib.h>

#include "driver/bound_parts.h"
#include "driver/bound_pool.h"

struct node {
    uint32_t block;
    uint32_t last_born, first_died;
    uint64_t highest; /* rank; 0: nothing is left */
};

struct bound_pool {
    const struct bound_block *blocks;
    uint32_t count;
    struct node *nodes;
    uint64_t *ranks; /* of blocks; 0: it was taken */
};

/* A part of the nodes: [low, high). */
struct range {
    uint32_t low, high;
};

static uint32_t middle(struct range r)
{
    return r.low + (r.high - r.low) / 2;
}

static struct range left_of(struct range r)
{
    return (struct range){r.low, middle(r)};
}

static struct range right_of(struct range r)
{
    return (struct range){middle(r) + 1, r.high};
}

/* ---- Ranks ----------------------------------------------------------------
 */

static uint64_t capped_product(uint64_t a, uint64_t b)
{
    uint64_t product;
    return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

/* In units that keep products small; sqrt rounds the same way everywhere. */
static uint64_t weight(uint64_t size, enum bound_weight weight)
{
    switch (weight) {
    case BOUND_LIFE_AND_SIZE:
        return size / 16;
    case BOUND_LIFE_AND_ROOT:
        return (uint64_t)sqrt((double)(size / 16));
    default:
        return 1;
    }
}

static uint64_t rank(const struct bound_block *b, const struct bound_recipe *r,
                     uint32_t block)
{
    uint64_t life = b->died - b->born;
    uint64_t factor = 256;
    if (r->blur)
        factor += bound_chance(r, block) % r->blur;
    return capped_product(life * weight(b->size, r->weight), factor);
}

/* ---- The tree -------------------------------------------------------------
 */

static uint32_t key(const struct bound_pool *p, uint32_t node, bool by_death)
{
    const struct bound_block *b = &p->blocks[p->nodes[node].block];
    return by_death ? b->died : b->born;
}

static void exchange(struct bound_pool *p, uint32_t a, uint32_t b)
{
    uint32_t block = p->nodes[a].block;
    p->nodes[a].block = p->nodes[b].block;
    p->nodes[b].block = block;
}

/* Hoare 1961: afterwards keys of [low, returned] are at most, and those above
 * at least, what the middle one was; returned is below high - 1. */
static uint32_t divide(struct bound_pool *p, struct range r, bool by_death)
{
    uint32_t pivot = key(p, r.low + (r.high - 1 - r.low) / 2, by_death);
    uint32_t i = r.low, j = r.high - 1;
    for (;; i++, j--) {
        while (key(p, i, by_death) < pivot)
            i++;
        while (key(p, j, by_death) > pivot)
            j--;
        if (i >= j)
            return j;
        exchange(p, i, j);
    }
}

/* Put the median of the range into its middle, smaller ones to its left. */
static void select_middle(struct bound_pool *p, struct range r, bool by_death)
{
    uint32_t wanted = middle(r);
    while (r.high - r.low > 1) {
        uint32_t cut = divide(p, r, by_death) + 1;
        if (wanted < cut)
            r.high = cut;
        else
            r.low = cut;
    }
}

static void take_in(struct node *n, const struct node *half)
{
    if (half->last_born > n->last_born)
        n->last_born = half->last_born;
    if (half->first_died < n->first_died)
        n->first_died = half->first_died;
    if (half->highest > n->highest)
        n->highest = half->highest;
}

/* What a root knows, from itself and its halves. */
static void sum_up(struct bound_pool *p, struct range r)
{
    struct range left = left_of(r), right = right_of(r);
    struct node *n = &p->nodes[middle(r)];
    const struct bound_block *b = &p->blocks[n->block];
    n->highest = p->ranks[n->block];
    n->last_born = n->highest ? b->born : 0;
    n->first_died = n->highest ? b->died : UINT32_MAX;
    if (left.low < left.high)
        take_in(n, &p->nodes[middle(left)]);
    if (right.low < right.high)
        take_in(n, &p->nodes[middle(right)]);
}

static void build(struct bound_pool *p, struct range r, bool by_death)
{
    if (r.low >= r.high)
        return;
    select_middle(p, r, by_death);
    build(p, left_of(r), !by_death);
    build(p, right_of(r), !by_death);
    sum_up(p, r);
}

struct bound_pool *bound_pool_make(const struct bound_task *task,
                                   const struct bound_recipe *r)
{
    struct bound_pool *p = malloc(sizeof *p);
    if (!p)
        return NULL;
    *p = (struct bound_pool){.blocks = task->blocks, .count = task->count};
    p->nodes = malloc((p->count + 1ul) * sizeof *p->nodes);
    p->ranks = malloc((p->count + 1ul) * sizeof *p->ranks);
    if (!p->nodes || !p->ranks) {
        bound_pool_free(p);
        return NULL;
    }
    for (uint32_t i = 0; i < p->count; i++) {
        p->nodes[i].block = i;
        p->ranks[i] = rank(&p->blocks[i], r, i);
    }
    build(p, (struct range){0, p->count}, true);
    return p;
}

void bound_pool_free(struct bound_pool *p)
{
    free(p->nodes);
    free(p->ranks);
    free(p);
}

/* ---- A search -------------------------------------------------------------
 */

struct search {
    uint32_t from, to;
    uint64_t highest; /* found so far; 0: none */
    uint32_t node;
};

static void look_at(const struct bound_pool *p, struct search *s, uint32_t node)
{
    uint32_t block = p->nodes[node].block;
    const struct bound_block *b = &p->blocks[block];
    if (p->ranks[block] <= s->highest || b->born < s->from || b->died > s->to)
        return;
    s->highest = p->ranks[block];
    s->node = node;
}

static uint64_t highest_of(const struct bound_pool *p, struct range r)
{
    return r.low < r.high ? p->nodes[middle(r)].highest : 0;
}

/* The more promising half first: the other is then often passed by. */
static void search(const struct bound_pool *p, struct search *s, struct range r)
{
    if (highest_of(p, r) <= s->highest)
        return;
    const struct node *n = &p->nodes[middle(r)];
    if (n->last_born < s->from || n->first_died > s->to)
        return;
    look_at(p, s, middle(r));
    struct range left = left_of(r), right = right_of(r);
    bool swap = highest_of(p, left) < highest_of(p, right);
    search(p, s, swap ? right : left);
    search(p, s, swap ? left : right);
}

static void strike_out(struct bound_pool *p, uint32_t node, struct range r)
{
    if (node < middle(r))
        strike_out(p, node, left_of(r));
    else if (node > middle(r))
        strike_out(p, node, right_of(r));
    sum_up(p, r);
}

bool bound_pool_take(struct bound_pool *p, uint32_t from, uint32_t to,
                     uint32_t *block)
{
    struct search s = {.from = from, .to = to};
    struct range all = {0, p->count};
    search(p, &s, all);
    if (!s.highest)
        return false;
    *block = p->nodes[s.node].block;
    p->ranks[*block] = 0;
    strike_out(p, s.node, all);
    return true;
}
