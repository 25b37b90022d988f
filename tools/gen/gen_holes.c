/*
 * gen_holes.c - blocks side by side, and the free ones of them in some order
 */
#include "tools/gen/gen_holes.h"

#include <stdlib.h>
#include <string.h>

#include "tools/rep.h"

void holes_open(struct holes *h)
{
    *h = (struct holes){.random = 1};
    h->room = 1024;
    h->count = 1;
    h->all = calloc(h->room, sizeof *h->all);
    if (!h->all)
        exit(rep_fail("gen: out of memory"));
}

void holes_close(struct holes *h)
{
    free(h->all);
}

/* ---- Blocks by address ------------------------------------------------- */

static void make_room(struct holes *h)
{
    uint32_t room = h->room <= UINT32_MAX / 2 ? 2 * h->room : 0;
    struct hole *all =
        room ? realloc(h->all, (size_t)room * sizeof *all) : NULL;
    if (!all)
        exit(rep_fail("gen: out of memory"));
    h->all = all;
    h->room = room;
}

static uint32_t new_block(struct holes *h)
{
    uint32_t n = h->unused;
    if (n) {
        h->unused = h->all[n].next;
    } else {
        if (h->count == h->room)
            make_room(h);
        n = h->count++;
    }
    h->all[n] = (struct hole){0};
    return n;
}

/* link_after - block 0 has neighbours as well, which nobody looks at. */
static void link_after(struct holes *h, uint32_t prev, uint32_t n)
{
    uint32_t next = h->all[prev].next;
    h->all[n].prev = prev;
    h->all[n].next = next;
    h->all[next].prev = n;
    if (prev)
        h->all[prev].next = n;
    if (h->last == prev)
        h->last = n;
}

uint32_t holes_append(struct holes *h, uint64_t words)
{
    uint32_t n = new_block(h);
    const struct hole *last = &h->all[h->last];
    h->all[n].address = last->address + last->words;
    h->all[n].words = words;
    link_after(h, h->last, n);
    return n;
}

uint32_t holes_cut(struct holes *h, uint32_t block, uint64_t words)
{
    uint32_t n = new_block(h);
    struct hole *low = &h->all[block], *high = &h->all[n];
    high->address = low->address + words;
    high->words = low->words - words;
    low->words = words;
    link_after(h, block, n);
    return n;
}

void holes_join(struct holes *h, uint32_t block)
{
    uint32_t gone = h->all[block].next;
    h->all[block].words += h->all[gone].words;
    h->all[block].next = h->all[gone].next;
    h->all[h->all[gone].next].prev = block;
    if (h->last == gone)
        h->last = block;
    h->all[gone].next = h->unused;
    h->unused = gone;
}

/* ---- Free blocks in order ---------------------------------------------- */

/* Marsaglia 2003, "Xorshift RNGs". */
static uint32_t next_weight(struct holes *h)
{
    h->random ^= h->random << 13;
    h->random ^= h->random >> 7;
    h->random ^= h->random << 17;
    return (uint32_t)(h->random >> 32);
}

static bool goes_before(const struct hole *a, const struct hole *b)
{
    return a->key != b->key ? a->key < b->key : a->address < b->address;
}

static void update(struct holes *h, uint32_t n)
{
    struct hole *t = &h->all[n];
    uint64_t left = h->all[t->left].largest, right = h->all[t->right].largest;
    t->largest = t->words;
    if (left > t->largest)
        t->largest = left;
    if (right > t->largest)
        t->largest = right;
}

/* split - those of tree n that go before b, and the others. */
static void split(struct holes *h, uint32_t n, const struct hole *b,
                  uint32_t *before, uint32_t *others)
{
    if (!n) {
        *before = *others = 0;
        return;
    }
    struct hole *t = &h->all[n];
    if (goes_before(t, b)) {
        split(h, t->right, b, &t->right, others);
        *before = n;
    } else {
        split(h, t->left, b, before, &t->left);
        *others = n;
    }
    update(h, n);
}

static uint32_t merge(struct holes *h, uint32_t low, uint32_t high)
{
    if (!low || !high)
        return low | high;
    struct hole *l = &h->all[low], *r = &h->all[high];
    uint32_t top = l->weight > r->weight ? low : high;
    if (top == low)
        l->right = merge(h, l->right, high);
    else
        r->left = merge(h, low, r->left);
    update(h, top);
    return top;
}

static uint32_t insert(struct holes *h, uint32_t tree, uint32_t n)
{
    struct hole *t = &h->all[tree], *b = &h->all[n];
    if (tree && t->weight > b->weight) {
        uint32_t *side = goes_before(b, t) ? &t->left : &t->right;
        *side = insert(h, *side, n);
        update(h, tree);
        return tree;
    }
    split(h, tree, b, &b->left, &b->right);
    update(h, n);
    return n;
}

static uint32_t discard(struct holes *h, uint32_t tree, uint32_t n)
{
    struct hole *t = &h->all[tree];
    if (tree == n)
        return merge(h, t->left, t->right);
    uint32_t *side = goes_before(&h->all[n], t) ? &t->left : &t->right;
    *side = discard(h, *side, n);
    update(h, tree);
    return tree;
}

void holes_put(struct holes *h, uint32_t block, uint64_t key)
{
    struct hole *b = &h->all[block];
    b->free = true;
    b->key = key;
    b->weight = next_weight(h);
    h->root = insert(h, h->root, block);
}

void holes_take(struct holes *h, uint32_t block)
{
    h->root = discard(h, h->root, block);
    h->all[block].free = false;
}

/* first - of tree n, behind b. */
static uint32_t first(const struct holes *h, uint32_t n, uint64_t words,
                      const struct hole *b)
{
    const struct hole *t = &h->all[n];
    if (!n || t->largest < words)
        return 0;
    if (goes_before(t, b))
        return first(h, t->right, words, b);
    uint32_t found = first(h, t->left, words, b);
    if (found)
        return found;
    return t->words >= words ? n : first(h, t->right, words, b);
}

uint32_t holes_first(const struct holes *h, uint64_t words)
{
    return holes_first_from(h, words, 0);
}

uint32_t holes_first_from(const struct holes *h, uint64_t words,
                          uint64_t address)
{
    const struct hole from = {.address = address};
    return first(h, h->root, words, &from);
}
