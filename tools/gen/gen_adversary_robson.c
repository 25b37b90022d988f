/*
 * gen_adversary_robson.c - keep a word in every 2^i, where sizes double
 *
 * Robson 1971 (JACM 18:416) and 1974 (JACM 21:491): in step i blocks of 2^i
 * words are requested; before, of all blocks those are freed that do not lie on
 * a word whose address is f modulo 2^i.  So no 2^i words next to each other
 * can become free, whatever the allocator does but move blocks.  Of the two f
 * that agree with the last one, that is taken which keeps the smaller blocks.
 */
#include "tools/gen/gen_adversary.h"

/* A game of blocks that take up powers of two; padded: where each asks for one
 * word more than half of what it takes up. */
struct robson {
    struct arena *a;
    const struct adversary_terms *terms;
    bool padded;
    uint64_t offset; /* f */
};

/* words_of - what to ask for to take up so many words. */
static uint64_t words_of(const struct robson *r, uint64_t span)
{
    return r->padded ? span / 2 + 1 : span;
}

static uint64_t span_of(const struct robson *r, uint64_t words)
{
    uint64_t span = 1;
    while (words_of(r, span) < words)
        span *= 2;
    return span;
}

/* occupies - whether a block lies on a word whose address is f modulo step. */
static bool occupies(const struct robson *r, const struct arena_block *b,
                     uint64_t f, uint64_t step)
{
    uint64_t ahead = (f - b->address) & (step - 1);
    return ahead < span_of(r, b->words);
}

/* gain - words that are kept from use, beside the blocks, with f. */
static uint64_t gain(const struct robson *r, uint64_t f, uint64_t step)
{
    uint64_t sum = 0;
    for (uint32_t id = 0; id < r->a->count; id++) {
        const struct arena_block *b = &r->a->blocks[id];
        if (b->words && occupies(r, b, f, step))
            sum += step - span_of(r, b->words);
    }
    return sum;
}

static void choose_offset(struct robson *r, uint64_t step)
{
    uint64_t other = r->offset + step / 2;
    if (gain(r, other, step) > gain(r, r->offset, step))
        r->offset = other;
}

static void thin_out(struct robson *r, uint64_t step)
{
    for (uint32_t id = 0; id < r->a->count; id++) {
        const struct arena_block *b = &r->a->blocks[id];
        if (b->words && !occupies(r, b, r->offset, step))
            arena_free(r->a, id);
    }
}

static void fill(struct robson *r, uint64_t span)
{
    uint64_t words = words_of(r, span);
    for (uint64_t n = arena_left(r->a, r->terms->live) / words; n; n--)
        arena_malloc(r->a, words);
}

static void play(struct robson *r)
{
    uint64_t span = r->padded ? 2 : 1;
    fill(r, span);
    while (words_of(r, span * 2) <= r->terms->max) {
        span *= 2;
        choose_offset(r, span);
        thin_out(r, span);
        fill(r, span);
    }
}

void adversary_robson(struct arena *a, const struct adversary_terms *t)
{
    play(&(struct robson){.a = a, .terms = t});
}

void adversary_buddy(struct arena *a, const struct adversary_terms *t)
{
    play(&(struct robson){.a = a, .terms = t, .padded = true});
}
