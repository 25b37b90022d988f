/*
 * checkers_segregated_test.c - the checker of segregated.c against damage
 *
 * The allocator is compiled in, so that the heads of its lists can be damaged.
 */
#define _GNU_SOURCE
#include "allocators/segregated.c"
#include "tests/unit/checkers_help.h"

static void test_flips(void)
{
    hold_blocks();
    size_t missed = 0;
    stderr_catch();
    for (size_t i = 0; i < HELD; i++) {
        missed += flips_missed(word(i, -8));
        missed += flips_missed(word(i, (ptrdiff_t)mm.usable_size(held[i])));
        if (i % 2)
            missed += flips_missed(word(i, 0)) + flips_missed(word(i, 8));
    }
    for (unsigned c = 0; c < CLASSES; c++)
        missed += flips_missed((size_t *)&lists[c]);
    for (unsigned c = 0; c < CLASSES; c++) {
        nonempty ^= UINT64_C(1) << c;
        missed += mm.checkheap(__LINE__);
        nonempty ^= UINT64_C(1) << c;
    }
    bool sound = mm.checkheap(__LINE__);
    stderr_release();
    check_int((long long)missed, 0, label("each flipped bit is found"));
    expect(sound, "and none is left");
}

/* ---- Damage with a name ------------------------------------------------ */

static size_t inflict_small_size(void)
{
    *word(2, -8) = 17;
    return 2;
}

static size_t inflict_footer(void)
{
    *word(3, (ptrdiff_t)mm.usable_size(held[3])) = 240;
    return 3;
}

static size_t inflict_neighbour(void)
{
    block_set(block_of(held[2]), block_size(block_of(held[2])), 0);
    return 2;
}

static size_t inflict_start(void)
{
    *(size_t *)mem_heap_lo() = 0;
    return 0;
}

static size_t inflict_end(void)
{
    heap_end()->header = 16;
    return HELD;
}

/* The list of class 2 is 5 -> 3 -> 1, that of class 5 has block 7. */
static void link_blocks(size_t from, size_t to)
{
    block_of(held[from])->next = block_of(held[to]);
    block_of(held[to])->prev = block_of(held[from]);
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

static size_t inflict_wild_list(void)
{
    lists[0] = heap_end();
    return HELD;
}

static size_t inflict_bit(void)
{
    nonempty = 0;
    return 5;
}

static const struct damage damages[] = {
    {"a size beyond the heap", plant_size,
     "its size is 1048800, expected 32 to 2464"},
    {"a size too small", inflict_small_size,
     "its size is 16, expected 32 to 2464"},
    {"an unknown flag", plant_flags, "its header 0xe9 has unknown flags"},
    {"a footer", inflict_footer, "its footer is 0xf0, its header 0xe0"},
    {"a used block marked free", inflict_neighbour,
     "free, and so is the block below it"},
    {"the start of the heap", inflict_start,
     "an end of the heap is 0, expected 0x1"},
    {"the end of the heap", inflict_end,
     "an end of the heap is 0x10, expected 0x1"},
    {"a next link out of the heap", inflict_wild_next,
     "its next link * leads to no block"},
    {"a previous link out of the heap", inflict_wild_prev,
     "its previous link 0x8 leads to no block"},
    {"a list cut short", inflict_cut, "free, but not in the list of class 2"},
    {"a link that is not returned", inflict_one_way,
     "its next * does not link back to it"},
    {"a list that is a ring", inflict_cycle,
     "its previous link is *, expected (nil)"},
    {"a ring beside the list", inflict_ring, "2 blocks are listed, 4 are free"},
    {"a used block in a list", inflict_used_listed,
     "used, but in the list of class 2"},
    {"a block in the list of another class", inflict_class,
     "of 1120 bytes, but in the list of class 2"},
    {"a list that begins nowhere", inflict_wild_list,
     "in the list of class 0, but no block"},
    {"a class marked empty", inflict_bit, "class 2 is marked empty"},
};

int main(void)
{
    mm.name = "segregated";
    mm.init = mm_init;
    mm.malloc = mm_malloc;
    mm.free = mm_free;
    mm.usable_size = mm_usable_size;
    mm.checkheap = mm_checkheap;
    mem_init();
    test_flips();
    CHECK_DAMAGES(damages);
    mem_deinit();
    return check_done();
}
