/*
 * checkers_buddy_test.c - the checker of buddy.c against damage
 *
 * Its blocks have no headers: what there is to damage are the tags in the
 * table, which is found by what must stand in it, and the links of free blocks.
 */
#define _GNU_SOURCE
#include "tests/unit/checkers_help.h"

#define UNIT 32

enum { FREE, USED, SHIFTED, INSIDE };

static unsigned char *tags;

static unsigned char *tag(const void *ptr)
{
    return tags + ((size_t)((char *)ptr - (char *)mem_heap_lo())) / UNIT;
}

static int state(const void *ptr)
{
    return *tag(ptr) >> 6;
}

static void set_state(const void *ptr, int state)
{
    *tag(ptr) = (unsigned char)(state << 6 | (*tag(ptr) & 63));
}

/* is_table - whether the tags begin there: those of the held blocks would be
 *     right, and the table's own. */
static bool is_table(void *block)
{
    tags = block;
    bool good = state(block) == USED;
    for (size_t i = 0; i < HELD; i++)
        good = good && state(held[i]) == (i % 2 ? FREE : USED) &&
               (*tag(held[i]) & 63) >= 3 && (*tag(held[i]) & 63) <= 9;
    return good;
}

static unsigned char *table;

static void visit_table(void *block, size_t size, bool live)
{
    if (!live && size * UNIT >= mem_heapsize() && is_table(block))
        table = block;
}

/* The payload of a block that begins below it. */
static unsigned char *shifted;

#define ALIGN ((size_t)1 << 16)

static bool hold_tagged(void)
{
    hold_blocks();
    shifted = mm.memalign(ALIGN, 100);
    table = NULL;
    mm.walk(visit_table);
    tags = table;
    return table && state(shifted) == INSIDE;
}

/* A heap whose bottom is so aligned would need no shift. */
static void heap_askew(void)
{
    do
        mem_init();
    while ((uintptr_t)mem_heap_lo() % ALIGN == 0);
}

/* Flip each bit of it in turn. */
static size_t tag_flips_missed(unsigned char *at)
{
    size_t missed = 0;
    for (int bit = 0; bit < 8; bit++) {
        *at ^= (unsigned char)(1 << bit);
        missed += mm.checkheap(__LINE__);
        *at ^= (unsigned char)(1 << bit);
    }
    return missed;
}

static void test_flips(void)
{
    if (!expect(hold_tagged(), "the table is found"))
        return;
    size_t missed = 0;
    stderr_catch();
    for (size_t i = 0; i < HELD; i++) {
        missed += tag_flips_missed(tag(held[i]));
        if (i % 2)
            missed += flips_missed(word(i, 0)) + flips_missed(word(i, 8));
    }
    missed += tag_flips_missed(tag(table));
    bool sound = mm.checkheap(__LINE__);
    stderr_release();
    check_int((long long)missed, 0, label("each flipped bit is found"));
    expect(sound, "and none is left");
}

/* ---- Damage with a name ------------------------------------------------ */

static void inflict_state(void)
{
    set_state(held[2], INSIDE);
}

static void inflict_order(void)
{
    *tag(held[2]) |= 63;
}

/* Of that order is what begins at the bottom, or beyond all that is held. */
static void inflict_place(void)
{
    *tag(held[0]) = USED << 6 | 10;
}

static void inflict_free_buddies(void)
{
    for (size_t i = 0; i < HELD; i += 2)
        set_state(held[i], FREE);
}

static void inflict_table(void)
{
    set_state(table, FREE);
}

static void inflict_used(void)
{
    set_state(held[1], USED);
}

static void inflict_wild_next(void)
{
    *word(1, 0) = (size_t)mem_heap_hi() + 1;
}

static void inflict_used_listed(void)
{
    *word(1, 0) = (size_t)held[2];
}

static void inflict_one_way(void)
{
    *word(3, 0) = (size_t)held[5];
}

static void inflict_cut(void)
{
    *word(5, 0) = 0;
}

static size_t *shift(void)
{
    unsigned char *start = shifted;
    while (state(start) != SHIFTED)
        start -= UNIT;
    return (size_t *)start;
}

static void inflict_shift(void)
{
    *shift() = 8;
}

static void inflict_no_shift(void)
{
    *shift() = 0;
}

static void inflict_long_shift(void)
{
    *shift() = 1 << 20;
}

static void inflict_inside(void)
{
    set_state(shifted, USED);
}

static void inflict_break(void)
{
    mem_sbrk(UNIT);
}

static const struct {
    const char *name;
    void (*inflict)(void);
    const char *message;
} damages[] = {
    {"a tag of no block", inflict_state, "its tag is *, with * orders"},
    {"an order beyond the heap", inflict_order, "its tag is *, with * orders"},
    {"an order that cannot be there", inflict_place,
     "no block of * bytes can be there"},
    {"free buddies", inflict_free_buddies, "free, and so is its buddy *"},
    {"a table that is free", inflict_table, "the table, but its tag is *"},
    {"a free block marked used", inflict_used, "8 blocks are used, expected 7"},
    {"a link to no block", inflict_wild_next,
     "in the list of order *, but no such block"},
    {"a used block in the list", inflict_used_listed,
     "in the list of order *, but no such block"},
    {"a link that is not returned", inflict_one_way,
     "its previous link is *, expected *"},
    {"a list cut short", inflict_cut, "* blocks are listed, * are free"},
    {"a payload nowhere", inflict_shift,
     "its payload is shifted by 8 bytes of *"},
    {"a payload not shifted", inflict_no_shift,
     "its payload is shifted by 0 bytes of *"},
    {"a payload outside its block", inflict_long_shift,
     "its payload is shifted by 1048576 bytes of *"},
    {"a shifted payload without a tag", inflict_inside,
     "its payload's tag is *, expected *"},
    {"a break that was moved", inflict_break, "the end of the heap, not *"},
};

static void test_damages(void)
{
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        if (!expect(hold_tagged(), "the table is found"))
            return;
        stderr_catch();
        damages[i].inflict();
        bool good = mm.checkheap(4711);
        const char *said = stderr_release();
        char expected[160];
        snprintf(expected, sizeof expected, "mm_checkheap(4711): block * %s",
                 damages[i].message);
        check(!good && matches(said, expected), label(damages[i].name),
              "expected \"%s\", found \"%s\"", expected, said);
    }
}

int main(void)
{
    static char objects[][48] = {
        "build/allocators/buddy.so",
        "build/allocators/buddy-fibonacci.so",
    };
    heap_askew();
    for (size_t i = 0; i < sizeof objects / sizeof *objects; i++)
        if (load(objects[i])) {
            test_flips();
            test_damages();
        }
    mem_deinit();
    return check_done();
}
