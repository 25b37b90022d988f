/*
 * gen_adversary_fits.c - holes that are just too small, for first and best fit
 */
#include "tools/gen/gen_adversary.h"
#include "tools/gen/gen.h"

#include <stdlib.h>

/* ---- First fit ---------------------------------------------------------- */

/* The live blocks by address. */
struct row {
    struct arena *a;
    uint32_t *ids;
    uint32_t count, room;
    uint64_t bottom; /* of the heap */
};

/* add - n blocks of so many words. */
static void add(struct row *r, uint64_t words, uint64_t n)
{
    if (!n)
        return;
    if (r->room - r->count < n) {
        r->room = r->count + (uint32_t)n;
        r->ids = gen_array(r->ids, r->room, sizeof *r->ids);
    }
    while (n--)
        r->ids[r->count++] = arena_malloc(r->a, words);
    arena_sort(r->a, r->ids, r->count);
    if (words == 1)
        r->bottom = r->a->blocks[r->ids[0]].address;
}

/* thin_out - free every block that leaves no hole of `words` or more words
 *     behind, but the topmost, which keeps the heap from ending in a hole. */
static void thin_out(struct row *r, uint64_t words)
{
    const struct arena_block *blocks = r->a->blocks;
    uint64_t end = r->bottom;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < r->count; i++) {
        const struct arena_block *b = &blocks[r->ids[i]];
        bool top = i + 1 == r->count;
        if (!top && blocks[r->ids[i + 1]].address - end < words) {
            arena_free(r->a, r->ids[i]);
        } else {
            end = b->address + b->words;
            r->ids[kept++] = r->ids[i];
        }
    }
    r->count = kept;
}

/*
 * adversary_first_fit - sizes grow word by word, so that the holes, which must
 *     be smaller than the next request, are as large as they can be from the
 *     start; a hole of k words lasts until one of 2k + a block may take its
 *     place.
 */
void adversary_first_fit(struct arena *a, const struct adversary_terms *t)
{
    struct row r = {.a = a};
    for (uint64_t words = 1; words <= t->max; words++) {
        thin_out(&r, words);
        add(&r, words, arena_left(a, t->live) / words);
    }
    free(r.ids);
}

/* ---- Best fit ----------------------------------------------------------- */

/*
 * Knuth, TAOCP 1, 2.5, exercise 42, after Robson 1977 (Computer Journal
 * 20:242).  R are reserved, F free words, m the largest request: the heap is
 *
 *     R(m-2) [F(m-3) R(1)] [F(m-3) R(1)] ... k times
 *
 * and becomes the same with k + 1: at its end a hole of m words is made, which
 * then changes places with one pair after the other, down to the bottom.  All
 * the while the heap ends in a hole that is larger than any other, which best
 * fit takes last.
 */
struct comb {
    struct arena *a;
    uint64_t live, m;
    uint32_t *teeth; /* the blocks of one word, by address */
    uint32_t count;
    uint32_t foot; /* the block of m - 2 words at the bottom */
    uint64_t end;  /* of the heap, as far as it was seen */
};

/* The hole of m words: what lies above it, of m - 5 words and of 1. */
struct gap {
    uint32_t filler, tooth;
};

/* make_gap - at the bottom of a hole of 2m - 4 words, which it fills. */
static struct gap make_gap(struct comb *c)
{
    struct gap gap;
    uint32_t hole = arena_malloc(c->a, c->m);
    gap.filler = arena_malloc(c->a, c->m - 5);
    gap.tooth = arena_malloc(c->a, 1);
    arena_free(c->a, hole);
    return gap;
}

/* first_gap - where the last pair, or the foot if there is none, and the next
 *     m - 2 words of the heap were, with a block above that keeps them from
 *     its end. */
static struct gap first_gap(struct comb *c)
{
    uint32_t last = arena_malloc(c->a, c->m - 2);
    uint32_t top = arena_malloc(c->a, c->m - 2);
    arena_free(c->a, c->count ? c->teeth[c->count - 1] : c->foot);
    arena_free(c->a, last);
    struct gap gap = make_gap(c);
    arena_free(c->a, top);
    return gap;
}

/* step_down - the gap and what lies below it, a hole with its tooth or the
 *     foot, m - 2 words in both cases, change places. */
static struct gap step_down(struct comb *c, struct gap gap, uint32_t below)
{
    uint32_t plug = arena_malloc(c->a, c->m - 2);
    uint32_t fence = arena_malloc(c->a, 2);
    arena_free(c->a, below);
    arena_free(c->a, plug);
    struct gap next = make_gap(c);
    arena_free(c->a, fence);
    arena_free(c->a, gap.filler);
    return next;
}

/* grow - from k teeth to k + 1. */
static void grow(struct comb *c)
{
    struct gap gap = first_gap(c);
    for (uint32_t i = c->count; i > 0; i--) {
        c->teeth[i] = gap.tooth;
        gap = step_down(c, gap, i > 1 ? c->teeth[i - 2] : c->foot);
    }
    c->teeth[0] = gap.tooth;
    c->count++;
    arena_free(c->a, gap.filler);
    c->foot = arena_malloc(c->a, c->m - 2);
}

/* fill_top - with all that may live, in blocks that fit between no teeth: m - 1
 *     words, then m - 2 each.  Returns the first; they are the last of all. */
static uint32_t fill_top(struct comb *c)
{
    uint32_t first = c->a->count;
    uint64_t words = c->m - 1;
    for (; arena_left(c->a, c->live) >= words; words = c->m - 2) {
        const struct arena_block *b = &c->a->blocks[arena_malloc(c->a, words)];
        if (b->address + b->words > c->end)
            c->end = b->address + b->words;
    }
    return first;
}

/* has_top - whether the heap ends in a hole large enough to grow: 2m - 3 words
 *     remain when m - 2 are used.  By the sizes of fill_top m - 1 remain while
 *     first_gap uses as many again, or at least 2m - 3; nothing prefers them.
 */
static bool has_top(const struct comb *c)
{
    uint32_t last = c->count ? c->teeth[c->count - 1] : c->foot;
    const struct arena_block *b = &c->a->blocks[last];
    return c->end >= b->address + b->words + 3 * c->m - 5;
}

static bool make_top(struct comb *c)
{
    if (has_top(c))
        return true;
    for (uint32_t id = fill_top(c); id < c->a->count; id++)
        arena_free(c->a, id);
    return has_top(c);
}

void adversary_best_fit(struct arena *a, const struct adversary_terms *t)
{
    struct comb c = {.a = a, .live = t->live, .m = t->max};
    c.teeth = gen_array(NULL, t->live + 1, sizeof *c.teeth);
    c.foot = arena_malloc(a, c.m - 2);
    while (c.count + 4 * c.m - 9 <= t->live && make_top(&c))
        grow(&c);
    fill_top(&c);
    free(c.teeth);
}
