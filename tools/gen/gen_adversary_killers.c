/*
 * gen_adversary_killers.c - against segregated storage, against LIFO free lists
 */
#include <stdlib.h>
#include <string.h>

#include "tools/gen/gen.h"
#include "tools/gen/gen_adversary.h"

/* ---- Segregated storage ------------------------------------------------- */

/* Every size up to 8 words is there, then four in each doubling. */
uint64_t adversary_next_size(uint64_t words)
{
    uint64_t step = 1;
    while (words >= 8 * step)
        step *= 2;
    return words + step;
}

/* first_in_page - whether none of the blocks of this size seen before lies in
 *     the page of this one; pages are seen one after the other. */
static bool first_in_page(const struct arena_block *b, uint64_t page,
                          uint64_t *seen)
{
    bool first = b->address / page + 1 != *seen;
    *seen = b->address / page + 1;
    return first;
}

/* fill - all that may live, of one size; then free all but one in each page. */
static void fill_and_drain(struct arena *a, const struct adversary_terms *t,
                           uint64_t words)
{
    uint64_t n = arena_left(a, t->live) / words, seen = 0;
    uint32_t *ids = gen_array(NULL, n + 1, sizeof *ids);
    for (uint64_t i = 0; i < n; i++)
        ids[i] = arena_malloc(a, words);
    arena_sort(a, ids, n);
    for (uint64_t i = 0; i < n; i++)
        if (!first_in_page(&a->blocks[ids[i]], t->page, &seen))
            arena_free(a, ids[i]);
    free(ids);
}

void adversary_segregated(struct arena *a, const struct adversary_terms *t)
{
    for (uint64_t words = 1; words <= t->max;
         words = adversary_next_size(words))
        fill_and_drain(a, t, words);
}

/* ---- LIFO lists, next fit ----------------------------------------------- */

/*
 * adversary_lifo - a block of max words on top of the heap is freed; the block
 *     of one word that comes next is cut from it, and the rest is filled.  That
 *     rest is freed when the next one is in place, one word too small for the
 *     next block of max.
 */
void adversary_lifo(struct arena *a, const struct adversary_terms *t)
{
    uint32_t rest = 0;
    bool begun = false;
    while (arena_left(a, t->live) >= t->max) {
        arena_free(a, arena_malloc(a, t->max));
        arena_malloc(a, 1);
        uint32_t next = arena_malloc(a, t->max - 1);
        if (begun)
            arena_free(a, rest);
        rest = next;
        begun = true;
    }
}
