/*
 * checkers_test.c - the checker of mm.c against damage
 *
 * Damage is planted in the metadata of blocks of known places; the checker has
 * to find it, say what it is, and live.
 */
#define _GNU_SOURCE
#include "tests/unit/checkers_help.h"

/* ---- Single bits of damage --------------------------------------------- */

static void test_flips(void)
{
    hold_blocks();
    size_t missed = 0;
    stderr_catch();
    for (size_t i = 0; i < HELD; i++) {
        ptrdiff_t footer = (ptrdiff_t)mm.usable_size(held[i]) - 8;
        missed += flips_missed(word(i, -8));
        if (i % 2)
            missed += flips_missed(word(i, footer)) + flips_missed(word(i, 0)) +
                      flips_missed(word(i, 8));
    }
    bool sound = mm.checkheap(__LINE__);
    const char *said = stderr_release();
    check_int((long long)missed, 0, label("each flipped bit is found"));
    expect(strncmp(said, "mm_checkheap(", 13) == 0, "and reported");
    expect(sound, "and none is left");
}

/* ---- Damage with a name ------------------------------------------------ */

static size_t inflict_small_size(void)
{
    *word(2, -8) = *word(2, -8) % 16 + 16;
    return 2;
}

static size_t inflict_footer(void)
{
    *word(3, (ptrdiff_t)mm.usable_size(held[3]) - 8) = 224;
    return 3;
}

/* The list of their class is 5 -> 3 -> 1.  A link: the address of a header. */
static void link_blocks(size_t from, size_t to)
{
    *word(from, 0) = (size_t)word(to, -8);
    *word(to, 8) = (size_t)word(from, -8);
}

static size_t inflict_wild_next(void)
{
    *word(1, 0) = (size_t)mem_heap_hi() + 9;
    return 1;
}

static size_t inflict_wild_prev(void)
{
    *word(3, 8) = 8;
    return 3;
}

static size_t inflict_cut(void)
{
    *word(5, 0) = 0;
    return 3;
}

static size_t inflict_one_way(void)
{
    *word(1, 0) = (size_t)word(7, -8);
    return 1;
}

static size_t inflict_cycle(void)
{
    link_blocks(1, 5);
    return 5;
}

static size_t inflict_ring(void)
{
    link_blocks(3, 1);
    link_blocks(1, 3);
    *word(5, 0) = 0;
    return 0;
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

static const struct damage mm_damages[] = {
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
    {"a next link out of the heap", inflict_wild_next,
     "its next link * leads to no block"},
    {"a previous link out of the heap", inflict_wild_prev,
     "its previous link 0x8 leads to no block"},
    {"a list cut short", inflict_cut, "free, but not in the list of class 11"},
    {"a link that is not returned", inflict_one_way,
     "its next * does not link back to it"},
    {"a list that is a ring", inflict_cycle,
     "its previous link is *, expected (nil)"},
    {"a ring beside the list", inflict_ring, "2 blocks are listed, 4 are free"},
    {"a used block in a list", inflict_used_listed,
     "used, but in the list of class 11"},
    {"a block in the list of another class", inflict_class,
     "of 1120 bytes, but in the list of class 11"},
    {"the end of the heap", plant_end,
     "the end of the heap is 0x10, expected 0x3"},
};

int main(void)
{
    char mm_so[] = "build/allocators/mm.so";
    mem_init();
    if (load(mm_so)) {
        test_flips();
        CHECK_DAMAGES(mm_damages);
    }
    mem_deinit();
    return check_done();
}
