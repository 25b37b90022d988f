/*
 * shadow.c - what the driver believes about the heap
 */
#include "driver/shadow.h"

#include <stdlib.h>
#include <sys/mman.h>

#define WORD_BITS  64
#define LEVELS_MAX 8

struct shadow {
    uintptr_t lo;
    size_t limit;
    size_t align;
    unsigned shift; /* log2 of the bytes of a granule */
    unsigned levels;
    uint64_t *starts, *ends;     /* a bit for each granule */
    uint64_t *level[LEVELS_MAX]; /* level[0]: a bit for each word of those */
    uint32_t *owner;             /* of the payload that starts in a granule */
    struct shadow_block *blocks; /* by answer */
    void *const *addresses;
    void *space; /* all of the above, one mapping */
    size_t space_bytes;
};

/* ---- The tree of bits -------------------------------------------------- */

static uint64_t bit(size_t i)
{
    return 1ULL << (i % WORD_BITS);
}

/* Bits of a word at and above, at and below position i of it. */
static uint64_t from_bit(size_t i)
{
    return ~0ULL << (i % WORD_BITS);
}

static uint64_t to_bit(size_t i)
{
    return ~0ULL >> (WORD_BITS - 1 - i % WORD_BITS);
}

static size_t lowest(size_t word_index, uint64_t word)
{
    return word_index * WORD_BITS + (size_t)__builtin_ctzll(word);
}

static size_t highest(size_t word_index, uint64_t word)
{
    return word_index * WORD_BITS + WORD_BITS - 1 -
           (size_t)__builtin_clzll(word);
}

/* The granules of word w at which anything starts or ends. */
static uint64_t marks(const struct shadow *s, size_t w)
{
    return s->starts[w] | s->ends[w];
}

static void mark(struct shadow *s, uint64_t *bits, size_t i)
{
    size_t w = i / WORD_BITS;
    bool known = marks(s, w) != 0;
    bits[w] |= bit(i);
    for (unsigned k = 0; !known && k < s->levels; k++, w /= WORD_BITS) {
        uint64_t *word = &s->level[k][w / WORD_BITS];
        known = *word != 0;
        *word |= bit(w);
    }
}

static void unmark(struct shadow *s, uint64_t *bits, size_t i)
{
    size_t w = i / WORD_BITS;
    bits[w] &= ~bit(i);
    bool empty = marks(s, w) == 0;
    for (unsigned k = 0; empty && k < s->levels; k++, w /= WORD_BITS) {
        uint64_t *word = &s->level[k][w / WORD_BITS];
        *word &= ~bit(w);
        empty = *word == 0;
    }
}

/* The first word with marks above word w, by the levels; false if none. */
static bool next_word(const struct shadow *s, size_t *w)
{
    size_t i = *w;
    for (unsigned k = 0; k < s->levels; k++, i /= WORD_BITS) {
        uint64_t word = s->level[k][i / WORD_BITS] & from_bit(i) << 1;
        if (i % WORD_BITS == WORD_BITS - 1 || !word)
            continue;
        i = lowest(i / WORD_BITS, word);
        while (k-- > 0)
            i = lowest(i, s->level[k][i]);
        *w = i;
        return true;
    }
    return false;
}

static bool prev_word(const struct shadow *s, size_t *w)
{
    size_t i = *w;
    for (unsigned k = 0; k < s->levels; k++, i /= WORD_BITS) {
        uint64_t word = s->level[k][i / WORD_BITS] & (bit(i) - 1);
        if (!word)
            continue;
        i = highest(i / WORD_BITS, word);
        while (k-- > 0)
            i = highest(i, s->level[k][i]);
        *w = i;
        return true;
    }
    return false;
}

/* The lowest mark at or above granule i, the highest at or below it; false if
 * there is none. */
static bool next_mark(const struct shadow *s, size_t i, size_t *found)
{
    size_t w = i / WORD_BITS;
    uint64_t word = marks(s, w) & from_bit(i);
    if (!word && next_word(s, &w))
        word = marks(s, w);
    if (word)
        *found = lowest(w, word);
    return word != 0;
}

static bool prev_mark(const struct shadow *s, size_t i, size_t *found)
{
    size_t w = i / WORD_BITS;
    uint64_t word = marks(s, w) & to_bit(i);
    if (!word && prev_word(s, &w))
        word = marks(s, w);
    if (word)
        *found = highest(w, word);
    return word != 0;
}

static bool starts_at(const struct shadow *s, size_t i)
{
    return s->starts[i / WORD_BITS] & bit(i);
}

static bool ends_at(const struct shadow *s, size_t i)
{
    return s->ends[i / WORD_BITS] & bit(i);
}

/* The lowest start at or above i: a mark that is only an end has a start, or
 * nothing, above it. */
static bool next_start(const struct shadow *s, size_t i, size_t *found)
{
    return next_mark(s, i, found) &&
           (starts_at(s, *found) || next_mark(s, *found + 1, found));
}

/* The highest start at or below i: below an end is its start. */
static bool prev_start(const struct shadow *s, size_t i, size_t *found)
{
    return prev_mark(s, i, found) &&
           (starts_at(s, *found) || prev_mark(s, *found - 1, found));
}

/* ---- Making and giving back -------------------------------------------- */

static size_t words_for(size_t bits)
{
    return (bits + WORD_BITS - 1) / WORD_BITS;
}

static size_t granules(const struct shadow *s)
{
    return s->limit >> s->shift;
}

/* Hand out the parts of the mapping at `space`; at 0 only add them up. */
static size_t lay_out(struct shadow *s, uintptr_t space, uint32_t answers)
{
    size_t at = 0;
    s->blocks = (struct shadow_block *)space;
    at += ((size_t)answers + 1) * sizeof *s->blocks;
    s->levels = 0;
    if (s->limit == 0)
        return at;
    /* One more for an empty payload at the break, one to look behind it. */
    size_t bits = granules(s) + 2;
    s->owner = (uint32_t *)(space + at);
    at += (bits * sizeof *s->owner + 7) & ~(size_t)7;
    bits = words_for(bits);
    s->starts = (uint64_t *)(space + at);
    at += bits * sizeof(uint64_t);
    s->ends = (uint64_t *)(space + at);
    at += bits * sizeof(uint64_t);
    do {
        s->level[s->levels++] = (uint64_t *)(space + at);
        at += words_for(bits) * sizeof(uint64_t);
        bits = words_for(bits);
    } while (bits > 1);
    return at;
}

struct shadow *shadow_create(uintptr_t lo, size_t limit, size_t align,
                             void *const *addresses, uint32_t answers)
{
    struct shadow *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->lo = lo;
    s->limit = limit;
    s->align = align;
    s->shift = align < 16 ? 3 : 4;
    s->addresses = addresses;
    s->space_bytes = lay_out(s, 0, answers);
    s->space = mmap(NULL, s->space_bytes, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (s->space == MAP_FAILED) {
        free(s);
        return NULL;
    }
    lay_out(s, (uintptr_t)s->space, answers);
    return s;
}

void shadow_destroy(struct shadow *s)
{
    if (!s)
        return;
    munmap(s->space, s->space_bytes);
    free(s);
}

void shadow_clear(struct shadow *s)
{
    madvise(s->space, s->space_bytes, MADV_DONTNEED);
}

/* ---- Blocks ------------------------------------------------------------ */

static size_t granule_of(const struct shadow *s, uintptr_t addr)
{
    return (addr - s->lo) >> s->shift;
}

/* The last granule of a payload.  As payloads start at granules, they overlap
 * when their granules do. */
static size_t last_granule(const struct shadow *s, uintptr_t addr,
                           uint64_t size)
{
    return granule_of(s, addr + (size ? size - 1 : 0));
}

const struct shadow_block *shadow_block(const struct shadow *s, uint32_t answer)
{
    return &s->blocks[answer];
}

uint32_t shadow_next(const struct shadow *s, uintptr_t addr)
{
    size_t found, from = 0;
    if (addr > s->lo + s->limit || s->limit == 0)
        return 0;
    if (addr > s->lo)
        from = granule_of(s, addr + ((1UL << s->shift) - 1));
    return next_start(s, from, &found) ? s->owner[found] : 0;
}

uint32_t shadow_prev(const struct shadow *s, uintptr_t addr)
{
    size_t found;
    if (addr < s->lo || s->limit == 0)
        return 0;
    size_t from = addr - s->lo > s->limit ? granules(s) : granule_of(s, addr);
    return prev_start(s, from, &found) ? s->owner[found] : 0;
}

static bool inside(const struct shadow *s, uintptr_t addr, uint64_t size,
                   size_t heap_size)
{
    return addr >= s->lo && addr - s->lo <= heap_size &&
           size <= heap_size - (addr - s->lo);
}

/* The block that granules [first, last] run into; 0 if none. */
static uint32_t overlapped(const struct shadow *s, size_t first, size_t last)
{
    size_t found;
    if (first > 0 && prev_mark(s, first - 1, &found) && !ends_at(s, found))
        return s->owner[found];
    if (next_mark(s, first, &found) && found <= last)
        return s->owner[found]; /* it starts there, or we were inside it */
    return 0;
}

enum fault_kind shadow_place(struct shadow *s, uint32_t answer,
                             struct shadow_block b, uint64_t align,
                             size_t heap_size, uint32_t *other)
{
    uintptr_t addr = (uintptr_t)s->addresses[answer];
    s->blocks[answer] = b;
    if (addr % (align > s->align ? align : s->align) != 0)
        return FAULT_MISALIGNED;
    if (s->limit == 0)
        return FAULT_NONE;
    if (!inside(s, addr, b.size, heap_size))
        return FAULT_OUTSIDE_HEAP;
    size_t first = granule_of(s, addr), last = last_granule(s, addr, b.size);
    *other = overlapped(s, first, last);
    if (*other)
        return FAULT_OVERLAP;
    s->owner[first] = answer;
    mark(s, s->starts, first);
    mark(s, s->ends, last);
    return FAULT_NONE;
}

void shadow_remove(struct shadow *s, uint32_t answer)
{
    uintptr_t addr = (uintptr_t)s->addresses[answer];
    if (s->limit == 0)
        return;
    unmark(s, s->starts, granule_of(s, addr));
    unmark(s, s->ends, last_granule(s, addr, s->blocks[answer].size));
}
