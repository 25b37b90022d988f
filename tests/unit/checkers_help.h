/*
 * checkers_help.h - what the tests of the allocators' checkers share
 *
 * Damage is planted in the metadata of blocks of known places; the checker has
 * to find it, say what it is, and live.
 */
#ifndef CHECKERS_HELP_H
#define CHECKERS_HELP_H

#include "tests/unit/allocators_help.h"

/* ---- Blocks to damage -------------------------------------------------- */

#define HELD 9

static unsigned char *held[HELD];

/* Bytes from the address of a block, as messages name it, to its payload. */
static ptrdiff_t header_size = 8;

/* Blocks 1, 3 and 5 are free and of one size, 7 is larger. */
UNUSED static void hold_blocks(void)
{
    fresh_heap();
    for (size_t i = 0; i < HELD; i++) {
        held[i] = mm.malloc(i == 7 ? 1100 : 200);
        memset(held[i], 0xa5, mm.usable_size(held[i]));
    }
    for (size_t i = 1; i < HELD; i += 2)
        mm.free(held[i]);
}

UNUSED static size_t *word(size_t block, ptrdiff_t offset)
{
    return (size_t *)(held[block] + offset);
}

/* Flip each bit of it in turn: the checker must see it, and live. */
UNUSED static size_t flips_missed(size_t *at)
{
    size_t missed = 0;
    for (int bit = 0; bit < 64; bit++) {
        *at ^= (size_t)1 << bit;
        missed += mm.checkheap(__LINE__);
        *at ^= (size_t)1 << bit;
    }
    return missed;
}

/* ---- Damage with a name ------------------------------------------------ */

/* Do it, and return what the checker is to say of which block. */
struct damage {
    const char *name;
    size_t (*inflict)(void); /* the block it will be noticed at */
    const char *message;
};

/* What boundary tags of size | flags are damaged with; bit 0: used, bit 1: the
 * block below is. */

UNUSED static size_t plant_size(void)
{
    *word(2, -8) += 1 << 20;
    return 2;
}

UNUSED static size_t plant_flags(void)
{
    *word(2, -8) |= 8;
    return 2;
}

UNUSED static size_t plant_end(void)
{
    *(size_t *)((char *)mem_heap_hi() - 7) = 16;
    return HELD;
}

UNUSED static size_t plant_free(void)
{
    *word(2, -8) &= ~(size_t)1;
    return 2;
}

UNUSED static size_t plant_used(void)
{
    *word(3, -8) |= 1;
    return 4;
}

UNUSED static size_t plant_prev_free(void)
{
    *word(1, -8) &= ~(size_t)2;
    return 1;
}

/* matches - whether text is pattern, in which * stands for a word. */
static bool matches(const char *text, const char *pattern)
{
    for (; *pattern; pattern++) {
        if (*pattern != '*') {
            if (*text++ != *pattern)
                return false;
            continue;
        }
        text += strcspn(text, " ,");
    }
    return *text == '\0';
}

UNUSED static void test_damage(const struct damage *d)
{
    hold_blocks();
    stderr_catch();
    size_t block = d->inflict();
    bool good = mm.checkheap(4711);
    const char *said = stderr_release();
    char place[80], expected[200];
    void *at = block < HELD ? held[block] - header_size
                            : (unsigned char *)mem_heap_hi() + 1 - header_size;
    snprintf(place, sizeof place, "mm_checkheap(4711): block %p: ", at);
    snprintf(expected, sizeof expected, "%s%s", place, d->message);
    check(!good && matches(said, expected), label(d->name),
          "expected \"%s\", found \"%s\"", expected, said);
}

#define CHECK_DAMAGES(table)                                                   \
    for (size_t d = 0; d < sizeof table / sizeof *table; d++)                  \
    test_damage(&table[d])

#endif
