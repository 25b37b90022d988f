/*
 * checkers_tlsf_test.c - the checker of tlsf.c against damage
 *
 * Blocks 5, 3 and 1 are in list 5 of row 1, in this order; block 7 is alone.
 */
#define _GNU_SOURCE
#include "tests/unit/checkers_help.h"

static size_t *footer(size_t block)
{
    return word(block, (ptrdiff_t)mm.usable_size(held[block]) - 8);
}

static void test_flips(void)
{
    hold_blocks();
    size_t missed = 0;
    stderr_catch();
    for (size_t i = 0; i < HELD; i++) {
        missed += flips_missed(word(i, -8));
        if (i % 2)
            missed += flips_missed(word(i, 0)) + flips_missed(word(i, 8)) +
                      flips_missed(footer(i));
    }
    bool sound = mm.checkheap(__LINE__);
    stderr_release();
    check_int((long long)missed, 0, label("each flipped bit is found"));
    expect(sound, "and none is left");
}

/* ---- Damaged blocks ---------------------------------------------------- */

static size_t inflict_small_size(void)
{
    *word(2, -8) = *word(2, -8) % 16 + 16;
    return 2;
}

static size_t inflict_footer(void)
{
    *footer(3) = 224;
    return 3;
}

/* ---- Damaged lists ----------------------------------------------------- */

/* A link: the address of a header. */
static void link_blocks(size_t from, size_t to)
{
    *word(from, 0) = (size_t)word(to, -8);
    *word(to, 8) = (size_t)word(from, -8);
}

static size_t inflict_wild_next(void)
{
    *word(1, 0) = (size_t)mem_heap_hi() - 7;
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
    *word(4, 0) = 0;
    return 4;
}

static size_t inflict_class(void)
{
    link_blocks(1, 7);
    return 7;
}

/* In place of block 1, something in a payload that looks like it. */
static size_t inflict_intruder(void)
{
    size_t *fake = word(4, 24);
    fake[0] = *word(1, -8);
    fake[1] = 0;
    fake[2] = (size_t)word(3, -8);
    *word(3, 0) = (size_t)fake;
    return 0;
}

static const struct damage damages[] = {
    {"a size beyond the heap", plant_size,
     "its size is 1048784, expected 32 to 2368"},
    {"a size too small", inflict_small_size,
     "its size is 16, expected 32 to 2368"},
    {"an unknown flag", plant_flags, "its header 0xd9 has unknown flags"},
    {"a used block marked free", plant_free,
     "free, and so is the block below it"},
    {"a free block marked used", plant_used,
     "says the block below is free, which is used"},
    {"a used block below denied", plant_prev_free,
     "says the block below is free, which is used"},
    {"a footer", inflict_footer, "its footer says 224 bytes, its header 208"},
    {"the end of the heap", plant_end,
     "the end of the heap is 0x10, expected 0x3"},
    {"a link to no block", inflict_wild_next,
     "in list 5 of row 1, but no block"},
    {"a previous link out of the heap", inflict_wild_prev,
     "its previous link is 0x8, expected *"},
    {"a list cut short", inflict_cut, "2 blocks are listed, 4 are free"},
    {"a list that is a ring", inflict_circle,
     "its previous link is *, expected (nil)"},
    {"a used block in a list", inflict_used_listed,
     "used of 208 bytes, but in list 5 of row 1"},
    {"a block in the list of another class", inflict_class,
     "free of 1120 bytes, but in list 5 of row 1"},
    {"what only looks like a block", inflict_intruder,
     "4 blocks are listed, 4 are free"},
};

/* The message names the old end, where the new one is 16 bytes above. */
static void test_break(void)
{
    hold_blocks();
    void *end = (char *)mem_heap_hi() - 7;
    char expected[120];
    snprintf(expected, sizeof expected,
             "mm_checkheap(4711): block %p: the end of the heap, expected %p",
             end, (void *)((char *)end + 16));
    stderr_catch();
    mem_sbrk(16);
    bool good = mm.checkheap(4711);
    const char *said = stderr_release();
    expect(!good, "a break that was moved is found");
    check_str(said, expected, label("and told"));
}

int main(void)
{
    char tlsf[] = "build/allocators/tlsf.so";
    mem_init();
    if (load(tlsf)) {
        test_flips();
        CHECK_DAMAGES(damages);
        test_break();
    }
    mem_deinit();
    return check_done();
}
