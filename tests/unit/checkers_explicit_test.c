/*
 * checkers_explicit_test.c - the checker of explicit.c against damage
 *
 * The free blocks stand in the list as 7, 5, 3, 1, the last freed first, or by
 * address as 1, 3, 5, 7.
 */
#define _GNU_SOURCE
#include "tests/unit/checkers_help.h"

static bool by_address(void)
{
    return strncmp(mm.name, "explicit-address", 16) == 0;
}

static size_t first(void)
{
    return by_address() ? 1 : 7;
}

static size_t last(void)
{
    return by_address() ? 7 : 1;
}

static size_t *footer(size_t block)
{
    return word(block, (ptrdiff_t)mm.usable_size(held[block]));
}

static void test_flips(void)
{
    hold_blocks();
    size_t missed = 0;
    stderr_catch();
    for (size_t i = 0; i < HELD; i++) {
        missed += flips_missed(word(i, -8)) + flips_missed(footer(i));
        if (i % 2)
            missed += flips_missed(word(i, 0)) + flips_missed(word(i, 8));
    }
    bool sound = mm.checkheap(__LINE__);
    stderr_release();
    check_int((long long)missed, 0, label("each flipped bit is found"));
    expect(sound, "and none is left");
}

/* ---- Damaged blocks ---------------------------------------------------- */

static size_t inflict_small_size(void)
{
    *word(2, -8) = 17;
    return 2;
}

static size_t inflict_footer(void)
{
    *footer(3) = 240;
    return 3;
}

static size_t inflict_free(void)
{
    *word(2, -8) &= ~(size_t)1;
    *footer(2) &= ~(size_t)1;
    return 2;
}

static size_t inflict_start(void)
{
    *(size_t *)mem_heap_lo() = 0;
    return 0;
}

static const struct damage block_damages[] = {
    {"a size beyond the heap", plant_size,
     "its size is 1048800, expected 32 to 2464"},
    {"a size too small", inflict_small_size,
     "its size is 16, expected 32 to 2464"},
    {"an unknown flag", plant_flags, "its header 0xe9 has unknown flags"},
    {"a footer", inflict_footer, "its footer is 0xf0, its header 0xe0"},
    {"a used block marked free", inflict_free,
     "free, and so is the block below it"},
    {"the start of the heap", inflict_start,
     "an end of the heap is 0, expected 0x1"},
    {"the end of the heap", plant_end,
     "an end of the heap is 0x10, expected 0x1"},
};

/* ---- A damaged list ---------------------------------------------------- */

/* A link: the address of a header. */
static size_t header_of(size_t block)
{
    return (size_t)word(block, -8);
}

static void link_blocks(size_t from, size_t to)
{
    *word(from, 0) = header_of(to);
    *word(to, 8) = header_of(from);
}

/* What the list begins and ends with: a header, and its two links. */
static size_t *list_itself(void)
{
    return (size_t *)*word(first(), 8);
}

/* Let the free blocks be a ring of their own, and the list have other ends. */
static void cut_list_off(size_t next, size_t prev)
{
    size_t *list = list_itself();
    list[1] = next ? next : (size_t)list;
    list[2] = prev ? prev : (size_t)list;
    link_blocks(1, 3);
    link_blocks(3, 5);
    link_blocks(5, 7);
    link_blocks(7, 1);
}

static size_t inflict_wild_next(void)
{
    *word(1, 0) = (size_t)mem_heap_hi() + 9;
    return 1;
}

static size_t inflict_wild_prev(void)
{
    *word(1, 8) += 4;
    return 1;
}

static size_t inflict_null(void)
{
    *word(1, 0) = 0;
    return 1;
}

static size_t inflict_one_way(void)
{
    *word(1, 0) = header_of(5);
    return 1;
}

static size_t inflict_no_list(void)
{
    list_itself()[1] = 0;
    return first();
}

static size_t inflict_ring_beside(void)
{
    link_blocks(first(), last());
    link_blocks(3, 5);
    link_blocks(5, 3);
    return 0;
}

static size_t inflict_endless(void)
{
    cut_list_off(header_of(first()), header_of(last()));
    return first();
}

static size_t inflict_no_block(void)
{
    cut_list_off((size_t)mem_heap_hi() - 7, 0);
    return HELD;
}

static size_t inflict_used_listed(void)
{
    cut_list_off(header_of(2), 0);
    return 2;
}

static size_t inflict_list_end(void)
{
    cut_list_off(0, header_of(2));
    return 2;
}

static size_t inflict_order(void)
{
    link_blocks(1, 5);
    link_blocks(5, 3);
    link_blocks(3, 7);
    return 3;
}

static const struct damage list_damages[] = {
    {"a next link out of the heap", inflict_wild_next,
     "its links * and * lead to no block"},
    {"a previous link askew", inflict_wild_prev,
     "its links * and * lead to no block"},
    {"no next link", inflict_null, "its links (nil) and * lead to no block"},
    {"a link that is not returned", inflict_one_way,
     "free, but its links are not returned"},
    {"a list that forgot its blocks", inflict_no_list,
     "free, but its links are not returned"},
    {"a ring beside the list", inflict_ring_beside,
     "2 blocks are listed, 4 are free"},
    {"a list that never ends", inflict_endless,
     "its previous link is *, expected *"},
    {"a list that begins outside", inflict_no_block,
     "in the list, but no block"},
    {"a used block in the list", inflict_used_listed, "used, but in the list"},
    {"a list with another end", inflict_list_end,
     "the list ends with it, expected *"},
};

static const struct damage order_damages[] = {
    {"a list out of order", inflict_order, "it follows * in the list"},
};

int main(void)
{
    static char objects[][48] = {
        "build/allocators/explicit.so",
        "build/allocators/explicit-address.so",
        "build/allocators/explicit-best.so",
        "build/allocators/explicit-address-best.so",
    };
    mem_init();
    for (size_t i = 0; i < sizeof objects / sizeof *objects; i++) {
        if (!load(objects[i]))
            continue;
        test_flips();
        CHECK_DAMAGES(block_damages);
        CHECK_DAMAGES(list_damages);
        if (by_address())
            CHECK_DAMAGES(order_damages);
    }
    mem_deinit();
    return check_done();
}
