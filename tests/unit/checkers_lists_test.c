/*
 * checkers_lists_test.c - the checker of mm.c against damaged free blocks,
 * lists, quick lists, and a damaged nursery
 */
#define _GNU_SOURCE
#include "tests/unit/checkers_mm.h"

/* ---- What is in free blocks -------------------------------------------- */

static void *units(size_t n)
{
    block(3)->units = n;
    return held[3];
}

static void *units_fewer(void)
{
    return units(HELD_UNITS - 1);
}

static void *units_more(void)
{
    return units(HELD_UNITS + 1);
}

static void *units_none(void)
{
    return units(0);
}

static void *units_beyond(void)
{
    return units(heap.end);
}

static void *last_word(void)
{
    ((size_t *)up(block(3), HELD_UNITS))[-1] = HELD_UNITS - 1;
    return held[3];
}

static void *next_outside(void)
{
    block(1)->next = block_at(heap.end);
    return held[1];
}

static void *next_odd(void)
{
    block(1)->next = (struct block *)(held[0] + 8);
    return held[1];
}

static void *prev_outside(void)
{
    block(3)->prev = (struct block *)8;
    return held[3];
}

static void *merged_not(void)
{
    size_t u = held_unit(2);
    mark_end(u, true);
    mark_end(u + HELD_UNITS - 1, true);
    set_units(block(2), HELD_UNITS);
    link_in(block(2), HELD_CLASS);
    return held[1];
}

/* ---- Lists ------------------------------------------------------------- */

static void link_blocks(size_t from, size_t to)
{
    block(from)->next = block(to);
    block(to)->prev = block(from);
}

static void *cut_short(void)
{
    block(5)->next = NULL;
    return held[3];
}

static void *unlinked(void)
{
    link_blocks(5, 1);
    return held[3];
}

static void *one_way(void)
{
    block(1)->next = block(7);
    return held[1];
}

static void *cycle(void)
{
    link_blocks(1, 5);
    return held[5];
}

static void *ring(void)
{
    link_blocks(3, 1);
    link_blocks(1, 3);
    block(5)->next = NULL;
    return heap.heads;
}

static void *used_listed(void)
{
    link_blocks(1, 4);
    block(4)->next = NULL;
    return held[4];
}

static void *other_class(void)
{
    link_blocks(1, 7);
    *list(class_of(TALL_UNITS)) = NULL;
    heap.map[0] &= ~(UINT64_C(1) << class_of(TALL_UNITS));
    return held[7];
}

static void *head_moved(void)
{
    *list(HELD_CLASS) = block(3);
    return held[5];
}

static void *head_outside(void)
{
    *list(3) = (struct block *)((char *)mem_heap_hi() + 1);
    heap.map[0] |= 1 << 3;
    return *list(3);
}

static void *head_lost(void)
{
    *list(HELD_CLASS) = NULL;
    return held[5];
}

static void *map_cleared(void)
{
    heap.map[0] &= ~(UINT64_C(1) << HELD_CLASS);
    return held[5];
}

static void *map_set(void)
{
    heap.map[0] |= 1 << 3;
    return NULL;
}

static void *map_beyond(void)
{
    heap.map[MAP_WORDS - 1] |= 1;
    return NULL;
}

/* ---- Quick lists and the nursery --------------------------------------- */

static void *quick_freed(void)
{
    release(unit_of(quick[QUICK - 1]), 2);
    return quick[QUICK - 1];
}

static void *quick_of_other_size(void)
{
    *quick_list(3) = quick[0];
    *quick_list(2) = NULL;
    return quick[0];
}

static void *quick_inside(void)
{
    *quick_list(2) = up(twins[0], 1);
    return up(twins[0], 1);
}

static void *quick_outside(void)
{
    *quick_list(1) = (struct block *)8;
    return (void *)8;
}

static void *quick_room_more(void)
{
    heap.quick_room += 2;
    return heap.heads;
}

static void *quick_room_less(void)
{
    heap.quick_room -= 2;
    return heap.heads;
}

static void *quick_cycle(void)
{
    quick[QUICK - 1]->next = quick[0];
    return heap.heads;
}

static void *quick_nursery(void)
{
    heap.nursery = unit_of(quick[1]);
    heap.nursery_units = 2;
    return quick[1];
}

static void *nursery_outside(void)
{
    heap.nursery = heap.end + 10;
    heap.nursery_units = 4;
    return block_at(heap.nursery);
}

static void *nursery_inside(void)
{
    heap.nursery = held_unit(2) + 1;
    heap.nursery_units = 4;
    return block_at(heap.nursery);
}

static void *nursery_beyond(void)
{
    heap.nursery_units = heap.end;
    return block_at(heap.nursery);
}

static void *nursery_short(void)
{
    heap.nursery = held_unit(2);
    heap.nursery_units = HELD_UNITS - 1;
    return held[2];
}

static void *nursery_free(void)
{
    heap.nursery = held_unit(3);
    heap.nursery_units = HELD_UNITS;
    return held[3];
}

#define NO_LIST "free, but not in the list of class *"

static const struct harm harms[] = {
    {"a free block with too few units", units_fewer,
     "free, but its last unit is not marked so"},
    {"a free block with too many", units_more,
     "free, but its last unit is not marked so"},
    {"a free block with none", units_none,
     "its size is 0 units, expected 1 to *"},
    {"a free block beyond the heap", units_beyond, BAD_SIZE},
    {"its last word", last_word, "its last word says 12 units, it has 13"},
    {"a next link out of the heap", next_outside,
     "its next link * leads to no block"},
    {"a next link into a unit", next_odd, "its next link * leads to no block"},
    {"a previous link out of the heap", prev_outside,
     "its previous link 0x8 leads to no block"},
    {"two free neighbours", merged_not, "free, and so is the block above it"},

    {"a list cut short", cut_short, NO_LIST},
    {"a block that was unlinked", unlinked, NO_LIST},
    {"a link that is not returned", one_way,
     "its next * does not link back to it"},
    {"a list that is a ring", cycle, "its previous link is *, expected (nil)"},
    {"a ring beside the list", ring, "2 blocks are listed, 4 are free"},
    {"a used block in a list", used_listed,
     "in the list of class *, but not free"},
    {"a block in the list of another class", other_class,
     "in the list of class *, which is not that of its 69 units"},
    {"another head of a list", head_moved, NO_LIST},
    {"a head out of the heap", head_outside,
     "in the list of class *, but not free"},
    {"a list without head", head_lost, NO_LIST},
    {"a list that is marked empty", map_cleared, "class * is marked empty"},
    {"one that is marked nonempty", map_set, "class 3 is marked nonempty"},
    {"one that there is not", map_beyond, "class 128 is marked nonempty"},

    {"a free block in a quick list", quick_freed, NOT_QUICK},
    {"a quick list with a block of another's", quick_of_other_size, NOT_QUICK},
    {"with the inside of a block", quick_inside, NOT_QUICK},
    {"with what is outside of the heap", quick_outside, NOT_QUICK},
    {"quick lists with more room", quick_room_more,
     "the quick lists hold 6 units, expected 4"},
    {"quick lists with less room", quick_room_less,
     "the quick lists hold 6 units, expected 8"},
    {"a quick list that is a ring", quick_cycle,
     "the quick lists hold 8 units, expected 6"},
    {"a nursery in a quick list", quick_nursery, NOT_QUICK},
    {"a nursery above the heap", nursery_outside, "the nursery, but no block"},
    {"a nursery inside a block", nursery_inside, "the nursery, but no block"},
    {"a nursery beyond the heap", nursery_beyond, "the nursery, but no block"},
    {"a nursery that ends in a block", nursery_short,
     "the nursery, but no block"},
    {"a nursery that is free", nursery_free, "the nursery, but no block"},
};

int main(void)
{
    mem_init();
    adopt();
    INFLICT(harms, 0);
    INFLICT(harms, LARGE);
    mem_deinit();
    return check_done();
}
