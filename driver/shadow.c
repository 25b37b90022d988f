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
    uint64_t *level[LEVELS_MAX]; /* level[0]: a bit for each granule */
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

static void bits_set(struct shadow *s, size_t i)
{
    for (unsigned k = 0; k < s->levels; k++, i /= WORD_BITS) {
        uint64_t *word = &s->level[k][i / WORD_BITS];
        uint64_t before = *word;
        *word |= bit(i);
        if (before)
            return;
    }
}

static void bits_clear(struct shadow *s, size_t i)
{
    for (unsigned k = 0; k < s->levels; k++, i /= WORD_BITS) {
        uint64_t *word = &s->level[k][i / WORD_BITS];
        *word &= ~bit(i);
        if (*word)
            return;
    }
}

/* From a set bit of a level, down to the lowest set bit below it. */
static size_t bits_lowest(const struct shadow *s, unsigned k, size_t i)
{
    while (k-- > 0)
        i = i * WORD_BITS + (size_t)__builtin_ctzll(s->level[k][i]);
    return i;
}

static size_t bits_highest(const struct shadow *s, unsigned k, size_t i)
{
    while (k-- > 0)
        i = i * WORD_BITS + WORD_BITS - 1 -
            (size_t)__builtin_clzll(s->level[k][i]);
    return i;
}

/* The lowest set bit at or above i; false if there is none. */
static bool bits_next(const struct shadow *s, size_t i, size_t *found)
{
    uint64_t mask = ~0ULL << (i % WORD_BITS);
    for (unsigned k = 0; k < s->levels; k++) {
        uint64_t word = s->level[k][i / WORD_BITS] & mask;
        if (word) {
            i = i / WORD_BITS * WORD_BITS + (size_t)__builtin_ctzll(word);
            *found = bits_lowest(s, k, i);
            return true;
        }
        i /= WORD_BITS;
        mask = ~0ULL << 1 << (i % WORD_BITS); /* above i only */
    }
    return false;
}

/* The highest set bit at or below i; false if there is none. */
static bool bits_prev(const struct shadow *s, size_t i, size_t *found)
{
    uint64_t mask = ~0ULL >> (WORD_BITS - 1 - i % WORD_BITS);
    for (unsigned k = 0; k < s->levels; k++) {
        uint64_t word = s->level[k][i / WORD_BITS] & mask;
        if (word) {
            i = i / WORD_BITS * WORD_BITS + WORD_BITS - 1 -
                (size_t)__builtin_clzll(word);
            *found = bits_highest(s, k, i);
            return true;
        }
        i /= WORD_BITS;
        mask = bit(i) - 1; /* below i only */
    }
    return false;
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

/* Hand out the parts of the mapping; with space NULL only add them up. */
static size_t lay_out(struct shadow *s, char *space, uint32_t answers)
{
    size_t at = 0;
    s->blocks = (struct shadow_block *)(space + at);
    at += ((size_t)answers + 1) * sizeof *s->blocks;
    s->levels = 0;
    if (s->limit == 0)
        return at;
    size_t bits = granules(s) + 1; /* the break itself, for empty payloads */
    s->owner = (uint32_t *)(space + at);
    at += (bits * sizeof *s->owner + 7) & ~(size_t)7;
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
    s->space_bytes = lay_out(s, NULL, answers);
    s->space = mmap(NULL, s->space_bytes, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (s->space == MAP_FAILED) {
        free(s);
        return NULL;
    }
    lay_out(s, s->space, answers);
    return s;
}

void shadow_destroy(struct shadow *s)
{
    if (!s)
        return;
    munmap(s->space, s->space_bytes);
    free(s);
}

/* ---- Blocks ------------------------------------------------------------ */

static uintptr_t address_of(const struct shadow *s, uint32_t answer)
{
    return (uintptr_t)s->addresses[answer];
}

static size_t granule_of(const struct shadow *s, uintptr_t addr)
{
    return (addr - s->lo) >> s->shift;
}

static uint64_t extent(uint64_t size)
{
    return size ? size : 1;
}

const struct shadow_block *shadow_block(const struct shadow *s, uint32_t answer)
{
    return &s->blocks[answer];
}

uint32_t shadow_next(const struct shadow *s, uintptr_t addr)
{
    size_t found;
    if (addr > s->lo + s->limit)
        return 0;
    size_t from =
        addr <= s->lo ? 0 : granule_of(s, addr + ((1UL << s->shift) - 1));
    if (from > granules(s) || !bits_next(s, from, &found))
        return 0;
    return s->owner[found];
}

uint32_t shadow_prev(const struct shadow *s, uintptr_t addr)
{
    size_t found;
    if (addr < s->lo || s->limit == 0)
        return 0;
    size_t from = addr - s->lo > s->limit ? granules(s) : granule_of(s, addr);
    return bits_prev(s, from, &found) ? s->owner[found] : 0;
}

static bool inside(const struct shadow *s, uintptr_t addr, uint64_t size,
                   size_t heap_size)
{
    return addr >= s->lo && addr - s->lo <= heap_size &&
           size <= heap_size - (addr - s->lo);
}

/* The live block that [addr, addr + size) runs into; 0 if none. */
static uint32_t overlapped(const struct shadow *s, uintptr_t addr,
                           uint64_t size)
{
    uint32_t below = shadow_prev(s, addr);
    if (below && addr - address_of(s, below) < extent(s->blocks[below].size))
        return below;
    uint32_t above = shadow_next(s, addr);
    if (above && address_of(s, above) - addr < extent(size))
        return above;
    return 0;
}

enum fault_kind shadow_place(struct shadow *s, uint32_t answer,
                             struct shadow_block b, uint64_t align,
                             size_t heap_size, uint32_t *other)
{
    uintptr_t addr = address_of(s, answer);
    s->blocks[answer] = b;
    if (addr % (align > s->align ? align : s->align) != 0)
        return FAULT_MISALIGNED;
    if (s->limit == 0)
        return FAULT_NONE;
    if (!inside(s, addr, b.size, heap_size))
        return FAULT_OUTSIDE_HEAP;
    *other = overlapped(s, addr, b.size);
    if (*other)
        return FAULT_OVERLAP;
    s->owner[granule_of(s, addr)] = answer;
    bits_set(s, granule_of(s, addr));
    return FAULT_NONE;
}

void shadow_remove(struct shadow *s, uint32_t answer)
{
    if (s->limit)
        bits_clear(s, granule_of(s, address_of(s, answer)));
}
