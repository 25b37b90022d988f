/*
 * checkers_mm.h - mm.c, compiled in, and heaps of it whose blocks are known
 *
 * What it knows of blocks lies beside them: marks and the ledger, which only
 * its own functions find.
 */
#ifndef CHECKERS_MM_H
#define CHECKERS_MM_H

#include "mm.c"

#include "tests/unit/checkers_help.h"

/* Of blocks of 208 bytes; held[7], and held[LONG_BLOCK]. */
#define HELD_UNITS 13
#define TALL_UNITS 69
#define LONG_BLOCK 8
#define LONG_UNITS 200

/* Two used blocks whose neighbours are used; QUICK of 2 units wait in the
 * quick list of their size, quick[0] as the head; behind them is the nursery.
 */
#define QUICK 3
static struct block *twins[2], *quick[QUICK];

#define LARGE 300000 /* bytes */

/* As hold_blocks does; the block of ballast bytes at the bottom, if there is
 * one, has the ledger settle right above it. */
static void hold(size_t ballast)
{
    fresh_heap();
    if (ballast)
        mm_malloc(ballast);
    for (size_t i = 0; i < HELD; i++) {
        size_t units = i == 7            ? TALL_UNITS
                       : i == LONG_BLOCK ? LONG_UNITS
                                         : HELD_UNITS;
        held[i] = mm_malloc(units * UNIT);
        memset(held[i], 0xa5, units * UNIT);
    }
    for (size_t i = 0; i < 2; i++) {
        twins[i] = mm_malloc(10 * UNIT);
        memset(twins[i], 0xa5, 10 * UNIT);
    }
    for (size_t i = 0; i < QUICK; i++)
        quick[i] = mm_malloc(2 * UNIT);
    mm_malloc(2 * UNIT);
    for (size_t i = QUICK; i > 0; i--)
        mm_free(quick[i - 1]);
    for (size_t i = 1; i < HELD; i += 2)
        mm_free(held[i]);
}

/* The list of their class is 5 -> 3 -> 1, and nothing is behind 7 in its. */
#define HELD_CLASS class_of(HELD_UNITS)

UNUSED static struct block *block(size_t i)
{
    return (struct block *)held[i];
}

UNUSED static size_t held_unit(size_t i)
{
    return unit_of(held[i]);
}

static void adopt(void)
{
    mm.name = "mm";
    mm.init = mm_init;
    mm.malloc = mm_malloc;
    mm.free = mm_free;
    mm.usable_size = mm_usable_size;
    mm.checkheap = mm_checkheap;
}

UNUSED static void *above(void *b, size_t units)
{
    return (char *)b + units * UNIT;
}

UNUSED static uint32_t link_to(size_t i)
{
    return (uint32_t)(2 * held_unit(i));
}

/* mark_begin, mark_end - whether unit u begins a block, or is one of the ends
 *     of a free one. */
UNUSED static void mark_begin(size_t u, bool yes)
{
    struct marks *m = marks_of(u);
    m->begins = yes ? m->begins | bit(u) : m->begins & ~bit(u);
}

UNUSED static void mark_end(size_t u, bool yes)
{
    struct marks *m = marks_of(u);
    m->ends = yes ? m->ends | bit(u) : m->ends & ~bit(u);
}

/* ---- Damage ---------------------------------------------------------- */

struct harm {
    const char *name;
    void *(*inflict)(void); /* the block that is named then */
    const char *message;
};

/* Each of them in turn. */
UNUSED static void inflict(const struct harm *h, size_t count, size_t ballast)
{
    for (; count--; h++) {
        hold(ballast);
        bool sound = mm_checkheap(__LINE__);
        stderr_catch();
        void *at = h->inflict();
        bool good = mm_checkheap(4711);
        const char *said = stderr_release();
        char expected[200], name[80];
        snprintf(expected, sizeof expected, "mm_checkheap(4711): block %p: %s",
                 at, h->message);
        snprintf(name, sizeof name, "%s%s", h->name,
                 ballast ? ", large heap" : "");
        check(sound && !good && matches(said, expected), label(name),
              "expected \"%s\", found \"%s\"", expected, said);
    }
}

#define INFLICT(harms, ballast)                                                \
    inflict(harms, sizeof harms / sizeof *harms, ballast)

#define INSIDE    "there are marks inside of it"
#define NO_NUMBER "long, but has no number"
#define NO_BLOCK  "expected a block, found none"
#define BAD_SIZE  "its size is * units, expected 1 to *"
#define NOT_QUICK "in the quick list of * units, but no such block"

#endif
