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
    block_at(held_unit(3) + HELD_UNITS - 1)->units = HELD_UNITS - 1;
    return held[3];
}

/* A free block of one unit stands between the twins. */
static struct block *one_unit(void)
{
    cut(unit_of(twins[0]), 10, 9);
    return above(twins[0], 9);
}

static void *one_more(void)
{
    one_unit()->units = 2;
    return above(twins[0], 9);
}

static void *one_less(void)
{
    one_unit()->units = 0;
    return above(twins[0], 9);
}

static void *one_begins_not(void)
{
    mark_begin(unit_of(one_unit()), false);
    return twins[0];
}

static void *one_ends_not(void)
{
    mark_end(unit_of(one_unit()), false);
    return above(twins[0], 9);
}

/* And so does another, the last unit of the first. */
static void *one_beside_one(void)
{
    one_unit();
    split(unit_of(twins[0]), 9, 8);
    mark_end(unit_of(twins[0]) + 8, true);
    link_in(unit_of(twins[0]) + 8, 1);
    return above(twins[0], 8);
}

static void *next_outside(void)
{
    block(1)->next = (uint32_t)(2 * heap.end);
    return block_at(heap.end);
}

static void *next_odd(void)
{
    block(1)->next = link_to(7) + 1;
    return held[7] + UNIT / 2;
}

static void *next_class(void)
{
    block(1)->next = (uint32_t)(2 * HELD_CLASS + 1);
    return linked(block(1)->next);
}

static void *prev_outside(void)
{
    block(3)->prev = (uint32_t)(2 * heap.end);
    return held[3];
}

static void *prev_odd(void)
{
    block(3)->prev = link_to(5) + 1;
    return held[3];
}

static void *prev_none(void)
{
    block(5)->prev = 0;
    return held[5];
}

static void *prev_class(void)
{
    block(5)->prev += 2;
    return held[5];
}

static void *prev_first(void)
{
    block(3)->prev = (uint32_t)(2 * HELD_CLASS + 1);
    return held[3];
}

static void *merged_not(void)
{
    size_t u = held_unit(2);
    mark_end(u, true);
    mark_end(u + HELD_UNITS - 1, true);
    link_in(u, HELD_UNITS);
    return held[1];
}

/* ---- Lists ------------------------------------------------------------- */

static void link_blocks(size_t from, size_t to)
{
    block(from)->next = link_to(to);
    block(to)->prev = link_to(from);
}

static void *cut_short(void)
{
    block(5)->next = 0;
    return heap.quick;
}

static void *unlinked(void)
{
    link_blocks(5, 1);
    return heap.quick;
}

static void *one_way(void)
{
    block(5)->next = link_to(1);
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
    block(5)->next = 0;
    return heap.quick;
}

static void *used_listed(void)
{
    link_blocks(1, 4);
    block(4)->next = 0;
    return held[4];
}

static void *other_class(void)
{
    link_blocks(1, 7);
    *list(class_of(TALL_UNITS)) = 0;
    return held[7];
}

static void *head_moved(void)
{
    *list(HELD_CLASS) = link_to(3);
    return held[3];
}

static void *head_outside(void)
{
    *list(3) = (uint32_t)(2 * heap.end);
    heap.map[0] |= 1 << 3;
    return block_at(heap.end);
}

static void *head_odd(void)
{
    *list(3) = link_to(3) + 1;
    heap.map[0] |= 1 << 3;
    return held[3] + UNIT / 2;
}

static void *head_inside(void)
{
    *list(3) = link_to(3) + 2;
    heap.map[0] |= 1 << 3;
    return held[3] + UNIT;
}

static void *head_of_none(void)
{
    *list(0) = link_to(2);
    heap.map[0] |= 1;
    return held[2];
}

/* Its last unit is marked as its first, and says what a first would. */
static void *head_last(void)
{
    struct block *last = block_at(held_unit(7) + TALL_UNITS - 1);
    size_t c = class_of(TALL_UNITS);
    *last = *block(7);
    *list(c) = link_to(7) + 2 * (TALL_UNITS - 1);
    return last;
}

static void *head_lost(void)
{
    *list(HELD_CLASS) = 0;
    return heap.quick;
}

static void *map_cleared(void)
{
    heap.map[0] &= ~(UINT64_C(1) << HELD_CLASS);
    return held[5];
}

/* The first class that has no list. */
static void *map_above(void)
{
    size_t c = class_of((size_t)1 << heap.log);
    heap.map[c / 64] |= bit(c);
    return heap.base;
}

static void *map_beyond(void)
{
    heap.map[MAP_WORDS - 1] |= 1;
    return heap.base;
}

/* ---- Quick lists and the nursery --------------------------------------- */

static void *quick_freed(void)
{
    release(unit_of(quick[QUICK - 1]), 2);
    return quick[QUICK - 1];
}

static void *quick_of_other_size(void)
{
    heap.quick[2] = quick[0];
    heap.quick[1] = NULL;
    return quick[0];
}

static void *quick_inside(void)
{
    heap.quick[1] = above(twins[0], 1);
    return above(twins[0], 1);
}

static void *quick_outside(void)
{
    heap.quick[0] = (struct block *)8;
    return (void *)8;
}

static void *held_more(void)
{
    heap.held += 2;
    return heap.quick;
}

static void *held_less(void)
{
    heap.held -= 2;
    return heap.quick;
}

static void *quick_cut_short(void)
{
    quick[0]->later = NULL;
    return heap.quick;
}

static void *quick_odd(void)
{
    quick[0]->later = (struct block *)((char *)quick[1] + UNIT / 2);
    return quick[0]->later;
}

static void *quick_cycle(void)
{
    quick[QUICK - 1]->later = quick[0];
    return heap.quick;
}

static void *quick_cycle_held(void)
{
    heap.held = SIZE_MAX;
    return quick_cycle();
}

/* What was it becomes a block like others. */
static void *nursery(size_t u, size_t n)
{
    number_set(heap.nursery, heap.nursery_units, true);
    heap.nursery = u;
    heap.nursery_units = n;
    return block_at(u);
}

static void *quick_nursery(void)
{
    return nursery(unit_of(quick[1]), 2);
}

static void *nursery_outside(void)
{
    nursery(heap.end + 10, 4);
    return heap.base;
}

static void *nursery_inside(void)
{
    nursery(held_unit(2) + 1, 4);
    return heap.base;
}

static void *nursery_beyond(void)
{
    heap.nursery_units = heap.end;
    return block_at(heap.nursery);
}

static void *nursery_short(void)
{
    return nursery(held_unit(2), HELD_UNITS - 1);
}

static void *nursery_marked(void)
{
    mark_end(heap.nursery + 1, true);
    return block_at(heap.nursery);
}

static void *nursery_numbered(void)
{
    return nursery(held_unit(LONG_BLOCK), LONG_UNITS);
}

static void *nursery_free(void)
{
    nursery(held_unit(3), HELD_UNITS);
    return heap.base;
}

#define NOT_FREE "in the list of class *, but not free"
#define BAD_PREV "its previous link is *, expected *"

static const struct harm harms[] = {
    {"a free block with too few units", units_fewer,
     "free, but its last unit is not marked so"},
    {"a free block with too many", units_more,
     "free, but its last unit is not marked so"},
    {"a free block with none", units_none,
     "its size is 0 units, expected 1 to *"},
    {"a free block beyond the heap", units_beyond, BAD_SIZE},
    {"its last word", last_word, "its last word says 12 units, it has 13"},
    {"one unit that says it is two", one_more,
     "free, but its last unit is not marked so"},
    {"one unit that says it is none", one_less,
     "its size is 0 units, expected 1 to *"},
    {"one unit that does not begin", one_begins_not, INSIDE},
    {"one free unit that seems used", one_ends_not, NOT_FREE},
    {"one free unit beside one", one_beside_one,
     "free, and so is the block above it"},
    {"a next link out of the heap", next_outside, NOT_FREE},
    {"a next link into a unit", next_odd, NOT_FREE},
    {"a next link to a class", next_class, NOT_FREE},
    {"a previous link out of the heap", prev_outside, BAD_PREV},
    {"a previous link into a unit", prev_odd, BAD_PREV},
    {"no previous link", prev_none, "its previous link is 0, expected 27"},
    {"a previous link to another class", prev_class,
     "its previous link is 29, expected 27"},
    {"a block behind others that seems the first", prev_first,
     "its previous link is 27, expected *"},
    {"two free neighbours", merged_not, "free, and so is the block above it"},

    {"a list cut short", cut_short, "2 blocks are listed, 4 are free"},
    {"a block that was unlinked", unlinked, "3 blocks are listed, 4 are free"},
    {"a link that is not returned", one_way, BAD_PREV},
    {"a list that is a ring", cycle, "its previous link is *, expected 27"},
    {"a ring beside the list", ring, "2 blocks are listed, 4 are free"},
    {"a used block in a list", used_listed, NOT_FREE},
    {"a block in the list of another class", other_class,
     "in the list of class 13, but has 69 units"},
    {"another head of a list", head_moved,
     "its previous link is *, expected 27"},
    {"a head out of the heap", head_outside, NOT_FREE},
    {"a head inside of a unit", head_odd, NOT_FREE},
    {"a head inside of a block", head_inside, NOT_FREE},
    {"a list of blocks without units", head_of_none, NOT_FREE},
    {"a head that is a last unit", head_last, NOT_FREE},
    {"a list without head", head_lost, "1 blocks are listed, 4 are free"},
    {"a list that is marked empty", map_cleared, "class * is marked empty"},
    {"one above all that is marked nonempty", map_above,
     "class * is marked nonempty"},
    {"one that no heap has", map_beyond, "class 128 is marked nonempty"},

    {"a free block in a quick list", quick_freed, NOT_QUICK},
    {"a quick list with a block of another's", quick_of_other_size, NOT_QUICK},
    {"with the inside of a block", quick_inside, NOT_QUICK},
    {"with what is outside of the heap", quick_outside, NOT_QUICK},
    {"with the middle of a unit", quick_odd, NOT_QUICK},
    {"quick lists that hold less", held_more,
     "the quick lists hold 6 units, expected 8"},
    {"quick lists that hold more", held_less,
     "the quick lists hold 6 units, expected 4"},
    {"a quick list cut short", quick_cut_short,
     "the quick lists hold 2 units, expected 6"},
    {"a quick list that is a ring", quick_cycle,
     "the quick lists hold 8 units, expected 6"},
    {"a ring that holds all there is", quick_cycle_held,
     "the quick lists hold * units, expected *"},
    {"a nursery in a quick list", quick_nursery, NOT_QUICK},
    {"a nursery above the heap", nursery_outside, "the nursery, but no block"},
    {"a nursery inside a block", nursery_inside, "the nursery, but no block"},
    {"a nursery beyond the heap", nursery_beyond, "the nursery, but no block"},
    {"a nursery that ends in a block", nursery_short,
     "the nursery, but no block"},
    {"a nursery with marks inside", nursery_marked, INSIDE},
    {"a nursery with a number", nursery_numbered, INSIDE},
    {"a nursery that is free", nursery_free, "the nursery, but no block"},
};

/* A list that is marked so, but empty, is no harm: it is looked at once. */
static void test_map_set(size_t ballast)
{
    hold(ballast);
    heap.map[0] |= 1 << 3;
    expect(mm_checkheap(__LINE__), "an empty list may be marked nonempty");
    size_t c = class_from(3);
    expect(c > 3 && !(heap.map[0] >> 3 & 1), "until it is looked at");
    expect(mm_checkheap(__LINE__), "and the heap is sound");
}

int main(void)
{
    mem_init();
    adopt();
    test_map_set(0);
    test_map_set(LARGE);
    INFLICT(harms, 0);
    INFLICT(harms, LARGE);
    mem_deinit();
    return check_done();
}
