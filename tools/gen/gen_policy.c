/*
 * gen_policy.c - ideal allocators, for adversaries to play against
 */
#include "tools/gen/gen_policy.h"

#include <stdlib.h>

#include "tools/gen/gen_holes.h"
#include "tools/gen/gen_policy_runs.h"
#include "tools/rep.h"

struct policy {
    enum policy_kind kind;
    struct holes holes;
    uint64_t turns;    /* LIFO: counts down */
    uint64_t last;     /* next fit: address of the block given out last */
    struct runs *runs; /* segregated only */
};

struct policy *policy_create(enum policy_kind kind, uint64_t page)
{
    struct policy *p = calloc(1, sizeof *p);
    if (!p)
        exit(rep_fail("gen: out of memory"));
    p->kind = kind;
    p->turns = UINT64_MAX;
    holes_open(&p->holes);
    if (kind == POLICY_SEGREGATED)
        p->runs = runs_create(page);
    return p;
}

void policy_destroy(struct policy *p)
{
    if (p->runs)
        runs_destroy(p->runs);
    holes_close(&p->holes);
    free(p);
}

static struct hole *block_of(struct policy *p, uint32_t n)
{
    return &p->holes.all[n];
}

uint64_t policy_heap(const struct policy *p)
{
    const struct hole *top = &p->holes.all[p->holes.last];
    return top->address + top->words;
}

/* ---- Holes ------------------------------------------------------------- */

/* key_of - the place in the order of a hole that has come up. */
static uint64_t key_of(struct policy *p, const struct hole *b)
{
    switch (p->kind) {
    case POLICY_BEST_FIT:
    case POLICY_BUDDY:
        return b->words;
    case POLICY_LIFO:
        return p->turns--;
    default:
        return 0;
    }
}

static void add_hole(struct policy *p, uint32_t n)
{
    holes_put(&p->holes, n, key_of(p, block_of(p, n)));
}

/* may_merge - whether the block n and the one above it, if that is free. */
static bool may_merge(struct policy *p, uint32_t n)
{
    const struct hole *low = block_of(p, n), *high = block_of(p, low->next);
    return p->kind != POLICY_BUDDY ||
           (low->words == high->words && low->address % (2 * low->words) == 0);
}

/* merge_above, merge_below - whether the used block *n became larger by the
 *     free one above, or below, whose number it then has. */
static bool merge_above(struct policy *p, const uint32_t *n)
{
    uint32_t next = block_of(p, *n)->next;
    if (!next || !block_of(p, next)->free || !may_merge(p, *n))
        return false;
    holes_take(&p->holes, next);
    holes_join(&p->holes, *n);
    return true;
}

static bool merge_below(struct policy *p, uint32_t *n)
{
    uint32_t prev = block_of(p, *n)->prev;
    if (!prev || !block_of(p, prev)->free || !may_merge(p, prev))
        return false;
    holes_take(&p->holes, prev);
    holes_join(&p->holes, prev);
    *n = prev;
    return true;
}

static void release(struct policy *p, uint32_t n)
{
    while (merge_above(p, &n) || merge_below(p, &n))
        ;
    add_hole(p, n);
}

/* ---- Growth ------------------------------------------------------------ */

/* grow - a used block on top, of which what was free on top is a part. */
static uint32_t grow(struct policy *p, uint64_t words)
{
    uint32_t top = p->holes.last;
    if (!top || !block_of(p, top)->free)
        return holes_append(&p->holes, words);
    holes_take(&p->holes, top);
    holes_append(&p->holes, words - block_of(p, top)->words);
    holes_join(&p->holes, top);
    return top;
}

/* grow_buddies - until there is a hole of so many words, a power of two. */
static uint32_t grow_buddies(struct policy *p, uint64_t words)
{
    uint32_t found;
    while (!(found = holes_first(&p->holes, words))) {
        uint64_t end = policy_heap(p), most = end & -end;
        bool whole = end == 0 || most > words;
        release(p, holes_append(&p->holes, whole ? words : most));
    }
    return found;
}

/* ---- Blocks ------------------------------------------------------------ */

static uint32_t find(struct policy *p, uint64_t words)
{
    uint32_t n = 0;
    if (p->kind == POLICY_NEXT_FIT)
        n = holes_first_from(&p->holes, words, p->last);
    if (!n)
        n = holes_first(&p->holes, words);
    return n || p->kind != POLICY_BUDDY ? n : grow_buddies(p, words);
}

/* cut - leave a block so many words; the rest is a hole, and on a LIFO list it
 *     stands where the whole stood. */
static void cut(struct policy *p, uint32_t n, uint64_t words)
{
    uint64_t key = block_of(p, n)->key;
    while (block_of(p, n)->words > words) {
        bool halves = p->kind == POLICY_BUDDY;
        uint64_t keep = halves ? block_of(p, n)->words / 2 : words;
        uint32_t rest = holes_cut(&p->holes, n, keep);
        if (p->kind == POLICY_LIFO)
            holes_put(&p->holes, rest, key);
        else
            add_hole(p, rest);
    }
}

static uint64_t power_of_two(uint64_t words)
{
    uint64_t power = 1;
    while (power < words)
        power *= 2;
    return power;
}

static uint32_t take(struct policy *p, uint64_t words)
{
    if (p->kind == POLICY_BUDDY)
        words = power_of_two(words);
    uint32_t n = find(p, words);
    if (!n)
        return grow(p, words);
    holes_take(&p->holes, n);
    cut(p, n, words);
    return n;
}

/* ---- Runs -------------------------------------------------------------- */

/* Handles of slots in runs are odd, those of blocks even. */

static struct policy_block malloc_slot(struct policy *p, uint64_t words)
{
    uint32_t slot = runs_take(p->runs, words);
    if (slot == RUNS_NONE) {
        uint32_t n = take(p, runs_page(p->runs));
        runs_add(p->runs, words, n, block_of(p, n)->address);
        slot = runs_take(p->runs, words);
    }
    return (struct policy_block){runs_address(p->runs, slot), slot * 2 + 1};
}

static void free_slot(struct policy *p, uint32_t slot)
{
    uint32_t block;
    if (runs_release(p->runs, slot, &block))
        release(p, block);
}

struct policy_block policy_malloc(struct policy *p, uint64_t words)
{
    if (p->runs && words <= runs_page(p->runs) / 2)
        return malloc_slot(p, words);
    uint32_t n = take(p, words);
    p->last = block_of(p, n)->address;
    return (struct policy_block){p->last, n * 2};
}

void policy_free(struct policy *p, uint32_t handle)
{
    if (handle % 2)
        free_slot(p, handle / 2);
    else
        release(p, handle / 2);
}
