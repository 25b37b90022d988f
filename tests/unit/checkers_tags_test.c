/*
 * checkers_tags_test.c - the checker of tags.c against damage
 *
 * Its blocks have no headers: what there is to damage are the tags, which are
 * found by what must stand in them, and the words of free blocks.  Block 8
 * is long.
 */
#define _GNU_SOURCE
#include "tests/unit/checkers_help.h"

#define UNIT 16

enum { INSIDE, USED, LONG, FREE, FREE_END = LONG };

static unsigned char *tags;

static size_t unit_of(const void *p)
{
    return (size_t)((char *)p - (char *)mem_heap_lo() + UNIT) / UNIT;
}

static unsigned tag(const void *p)
{
    return tags[unit_of(p) / 4] >> unit_of(p) % 4 * 2 & 3;
}

static void set_tag(const void *p, unsigned t)
{
    unsigned char *byte = &tags[unit_of(p) / 4];
    unsigned shift = unit_of(p) % 4 * 2;
    *byte = (unsigned char)((*byte & ~(3U << shift)) | t << shift);
}

static bool are_tags(void)
{
    bool good = tag((char *)mem_heap_lo() - UNIT) == USED;
    for (size_t i = 0; i < HELD; i++)
        good = good && tag(held[i]) == (i % 2 ? FREE : USED) &&
               tag(held[i] + UNIT) == (i == 8 ? LONG : INSIDE);
    return good;
}

/* Blocks 0, 2, 4, 6 are used and of 13 units, 8 is long; 1, 3, 5 and 7 free. */
static bool hold_tagged(void)
{
    hold_blocks();
    held[8] = mm.realloc(held[8], 1000);
    memset(held[8], 0xa5, mm.usable_size(held[8]));
    unsigned char *end = (unsigned char *)mem_heap_hi() + 1;
    size_t words = unit_of(end) / 32 + 1;
    for (tags = end - 8 * words; tags > held[8]; tags -= 8)
        if (are_tags())
            return true;
    return false;
}

/* Flip each bit of it in turn. */
static size_t tag_flips_missed(const void *p)
{
    size_t missed = 0;
    for (unsigned bit = 1; bit <= 2; bit++) {
        set_tag(p, tag(p) ^ bit);
        missed += mm.checkheap(__LINE__);
        set_tag(p, tag(p) ^ bit);
    }
    return missed;
}

static size_t *last_word(size_t block)
{
    return (size_t *)held[block + 1] - 1;
}

static size_t flips_of_free(size_t block)
{
    return tag_flips_missed(held[block + 1] - UNIT) +
           flips_missed(word(block, 0)) + flips_missed(word(block, 8)) +
           flips_missed(word(block, 16)) + flips_missed(last_word(block));
}

static void test_flips(void)
{
    if (!expect(hold_tagged(), "the tags are found"))
        return;
    size_t missed = 0;
    stderr_catch();
    for (size_t i = 0; i < HELD; i++) {
        missed += tag_flips_missed(held[i]) + tag_flips_missed(held[i] + UNIT);
        if (i % 2)
            missed += flips_of_free(i);
    }
    for (size_t u = 2; u < 13; u++)
        missed += tag_flips_missed(held[2] + u * UNIT);
    bool sound = mm.checkheap(__LINE__);
    stderr_release();
    check_int((long long)missed, 0, label("each flipped bit is found"));
    expect(sound, "and none is left");
}

/* ---- Damaged tags ------------------------------------------------------ */

static size_t inflict_no_begin(void)
{
    set_tag(held[2], INSIDE);
    return 2;
}

static size_t inflict_second_begin(void)
{
    set_tag(held[2] + 3 * UNIT, USED);
    return 0;
}

static size_t inflict_odd_inside(void)
{
    set_tag(held[2] + 3 * UNIT, FREE_END);
    return 2;
}

static size_t inflict_freed(void)
{
    set_tag(held[2], FREE);
    return 2;
}

static size_t inflict_free_last(void)
{
    set_tag(held[3] - UNIT, INSIDE);
    set_tag(held[4] - UNIT, INSIDE);
    return 3;
}

/* The size is in the first half word of tags, of 16 units, that is all its
 * own. */
static uint32_t *long_size(size_t block)
{
    return (uint32_t *)tags + (unit_of(held[block]) + 2 + 15) / 16;
}

static size_t inflict_long_size(void)
{
    *long_size(8) = 1000;
    return 8;
}

static size_t inflict_long_short(void)
{
    *long_size(8) = 33;
    return 8;
}

static size_t inflict_long_last(void)
{
    set_tag(held[8] + 62 * UNIT, FREE_END);
    return 8;
}

/* ---- Damaged words and lists ------------------------------------------- */

static size_t inflict_units(void)
{
    *word(3, 16) = 2;
    return 3;
}

static size_t inflict_last_word(void)
{
    *last_word(3) = 12;
    return 3;
}

static void link_blocks(size_t from, size_t to)
{
    *word(from, 0) = (size_t)held[to];
    *word(to, 8) = (size_t)held[from];
}

static size_t inflict_wild_next(void)
{
    *word(1, 0) = (size_t)mem_heap_hi() + 1;
    return HELD;
}

static size_t inflict_wild_prev(void)
{
    *word(3, 8) = 8;
    return 3;
}

static size_t inflict_cut(void)
{
    *word(5, 0) = 0;
    return 0;
}

static size_t inflict_circle(void)
{
    link_blocks(1, 5);
    return 5;
}

static size_t inflict_used_listed(void)
{
    link_blocks(1, 4);
    return 4;
}

static size_t inflict_class(void)
{
    link_blocks(1, 7);
    return 7;
}

static const struct damage damages[] = {
    {"a block that does not begin", inflict_no_begin,
     "a block, but its tag is 0"},
    {"one that begins inside of another", inflict_second_begin,
     "6 blocks are used, expected 5"},
    {"a tag of its own inside", inflict_odd_inside,
     "used, but not all of its 13 units say so"},
    {"a used block tagged free", inflict_freed,
     "free, and so is the block below it"},
    {"a free one without an end", inflict_free_last,
     "free, but its last tag is 0"},
    {"a size beyond the heap", inflict_long_size,
     "its size is 1000 units, of 63"},
    {"a long block that is short", inflict_long_short,
     "its size is 33 units, of 63"},
    {"a long block with a free end", inflict_long_last,
     "used, but its last tag is 2"},
    {"the units of a free block", inflict_units, "its size is 2 units, of *"},
    {"its last word", inflict_last_word,
     "its last word says 12 units, expected 13"},
    {"a link to no block", inflict_wild_next, "in list 4, but no free block"},
    {"a previous link out of the heap", inflict_wild_prev,
     "its previous link is 0x8, expected *"},
    {"a list cut short", inflict_cut, "2 blocks are listed, 4 are free"},
    {"a list that is a ring", inflict_circle,
     "its previous link is *, expected (nil)"},
    {"a used block in a list", inflict_used_listed,
     "in list 4, but no free block"},
    {"a block in the list of another class", inflict_class,
     "of 69 units, but in list 4"},
};

/* The message names the block as its payload does. */
static void test_damages(void)
{
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        hold_tagged();
        stderr_catch();
        size_t block = damages[i].inflict();
        bool good = mm.checkheap(4711);
        const char *said = stderr_release();
        char expected[200];
        void *at =
            block < HELD ? held[block] : (unsigned char *)mem_heap_hi() + 1;
        snprintf(expected, sizeof expected, "mm_checkheap(4711): block %p: %s",
                 at, damages[i].message);
        check(!good && matches(said, expected), label(damages[i].name),
              "expected \"%s\", found \"%s\"", expected, said);
    }
}

static void test_break(void)
{
    hold_tagged();
    stderr_catch();
    mem_sbrk(UNIT);
    bool good = mm.checkheap(4711);
    const char *said = stderr_release();
    expect(!good, "a break that was moved is found");
    check(matches(said,
                  "mm_checkheap(4711): block * not the ledger for such a heap"),
          label("and told"), "found \"%s\"", said);
}

/* ---- What free is given ------------------------------------------------ */

static bool refused(void *ptr, const char *why)
{
    char expected[120];
    snprintf(expected, sizeof expected, "mm_free(%p): refused: %s", ptr, why);
    stderr_catch();
    mm.free(ptr);
    return strcmp(stderr_release(), expected) == 0 && mm.checkheap(__LINE__);
}

static void test_refusals(void)
{
    static const char none[] = "no used block begins there";
    static const char outside[] = "it is outside the heap";
    char local;
    hold_tagged();
    for (size_t i = 0; i < 6; i += 2)
        mm.free(held[i]);
    bool freed = true, inside = true;
    for (size_t i = 0; i < 6; i++)
        freed = freed && refused(held[i], none);
    for (size_t u = 1; u < 13; u++)
        inside = inside && refused(held[6] + u * UNIT, none);
    expect(freed, "what was freed and merged is refused");
    expect(inside, "and what is inside of a block");
    expect(refused(held[6] + 8, none), "and what is inside of a unit");
    expect(refused(&local, outside), "and what is not in the heap");
    expect(refused((char *)mem_heap_lo() - UNIT, outside), "just below it");
    expect(refused(held[8] + 63 * UNIT, outside), "just above its blocks");
    mm.free(held[6]);
    mm.free(held[8]);
    expect(mm.checkheap(__LINE__), "what is used is freed");
}

int main(void)
{
    char object[] = "build/allocators/tags.so";
    mem_init();
    if (load(object)) {
        test_flips();
        test_damages();
        test_break();
        test_refusals();
    }
    mem_deinit();
    return check_done();
}
