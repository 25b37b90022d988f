/*
 * checkers_test.c - the checker of mm.c against damaged marks, and a damaged
 * ledger
 *
 * checkers_lists_test.c has its lists, checkers_wild_test.c what has no name.
 */
#define _GNU_SOURCE
#include "tests/unit/checkers_mm.h"

/* ---- Marks ------------------------------------------------------------- */

static void *begin_of_used(void)
{
    mark_begin(held_unit(2), false);
    return held[2];
}

static void *begin_of_free(void)
{
    mark_begin(held_unit(3), false);
    return held[2];
}

static void *begin_inside_free(void)
{
    mark_begin(held_unit(3) + 1, true);
    return held[3] + UNIT;
}

static void *begin_inside_long(void)
{
    mark_begin(held_unit(LONG_BLOCK) + 1, true);
    return held[LONG_BLOCK] + UNIT;
}

static void *begin_inside_quick(void)
{
    mark_begin(unit_of(quick[1]) + 1, true);
    return quick[1];
}

static void *begin_of_last(void)
{
    mark_begin(held_unit(3) + HELD_UNITS - 1, true);
    return held[3];
}

static void *last_of_used(void)
{
    mark_end(held_unit(2) + HELD_UNITS - 1, true);
    return held[2];
}

static void *last_of_long(void)
{
    mark_end(held_unit(LONG_BLOCK) + LONG_UNITS - 1, true);
    return held[LONG_BLOCK];
}

static void *first_of_used(void)
{
    mark_end(held_unit(2), true);
    return held[1];
}

static void *first_between_used(void)
{
    mark_end(unit_of(twins[1]), true);
    return twins[1];
}

static void *first_of_free(void)
{
    mark_end(held_unit(3), false);
    return held[3];
}

static void *last_of_free(void)
{
    mark_end(held_unit(3) + HELD_UNITS - 1, false);
    return held[3];
}

static void *no_heap_end(void)
{
    mark_begin(heap.end, false);
    return block_at(heap.end);
}

static void *free_heap_end(void)
{
    mark_end(heap.end, true);
    return block_at(heap.end);
}

static void *long_number(ptrdiff_t n)
{
    *number_of(held_unit(LONG_BLOCK)) = (uint64_t)n;
    return held[LONG_BLOCK];
}

static void *number_short(void)
{
    mark(held_unit(LONG_BLOCK) + LONG_UNITS - 2, false, false);
    return (char *)long_number(LONG_UNITS - 1) + (LONG_UNITS - 1) * UNIT;
}

static void *number_tall(void)
{
    return (char *)long_number(LONG_UNITS + 1) + (LONG_UNITS + 1) * UNIT;
}

static void *number_zero(void)
{
    return long_number(0);
}

static void *number_huge(void)
{
    return long_number(-1);
}

/* ---- The ledger -------------------------------------------------------- */

static void *end_lower(void)
{
    bool riding = rides();
    heap.end--;
    return riding ? (void *)block_at(heap.end) : (void *)heap.base;
}

static void *end_none(void)
{
    heap.end = 0;
    return heap.base;
}

static void *base_moved(void)
{
    heap.base += UNIT;
    return heap.base;
}

static void *top_none(void)
{
    heap.top = 0;
    return heap.base;
}

static void *top_moved(void)
{
    heap.top++;
    return rides() ? (void *)heap.base : (void *)block_at(heap.top);
}

static void *log_more(void)
{
    heap.log++;
    return block_at(heap.top);
}

static void *log_less(void)
{
    heap.log--;
    return block_at(heap.top);
}

static void *heads_moved(void)
{
    heap.heads++;
    return block_at(heap.top);
}

static void *segments_moved(void)
{
    heap.segments--;
    return block_at(heap.top);
}

static void *break_moved(void)
{
    mem_sbrk(UNIT);
    return heap.base;
}

/* Where the ledger rides, or not. */

static void *riding_marks_moved(void)
{
    heap.segments[0] += sizeof(struct marks);
    return up(block_at(heap.top), parts_units(heap.log));
}

static void *marks_outside(void)
{
    segment_put(1, block_at(heap.end));
    return block_at(heap.end);
}

static void *marks_reach_out(void)
{
    segment_put(1, block_at(heap.end - SEGMENT_UNITS + 1));
    return segment_marks(1);
}

static void *marks_odd(void)
{
    heap.segments[1] += 8;
    return segment_marks(1);
}

static void *marks_none(void)
{
    heap.segments[0] = 0;
    return NULL;
}

#define BAD_LEDGER "base, end * or top * is wrong"
#define BAD_PART   "the ledger, has a part that is not in its place"
#define BAD_LOG    "the ledger, has not the size that it should"

static const struct harm harms[] = {
    {"a used block that does not begin", begin_of_used, NO_BLOCK},
    {"a free one that does not begin", begin_of_free, USED_END},
    {"a free one of which the second unit begins", begin_inside_free, USED_END},
    {"a long one of which the second unit begins", begin_inside_long, BAD_SIZE},
    {"a free one of which the last unit begins", begin_of_last,
     "free, but its last unit begins a block"},
    {"a quick one of which the second unit begins", begin_inside_quick,
     NOT_QUICK},
    {"a used block with a free end", last_of_used, USED_END},
    {"a long one with a free end", last_of_long, USED_END},
    {"a used block that seems free", first_of_used,
     "free, and so is the block above it"},
    {"one between others that seems free", first_between_used, BAD_SIZE},
    {"a free block that seems used", first_of_free, USED_END},
    {"a free block without end", last_of_free,
     "free, but its last unit is not marked so"},
    {"a heap without end", no_heap_end, "the heap has no end"},
    {"a free end of the heap", free_heap_end, "the heap has no end"},
    {"a long block with too few units", number_short, NO_BLOCK},
    {"a long block with too many", number_tall, NO_BLOCK},
    {"a long block with none", number_zero,
     "its size is 0 units, expected 1 to *"},
    {"a long block beyond the heap", number_huge, BAD_SIZE},

    {"no end of blocks", end_none, BAD_LEDGER},
    {"the base moved", base_moved, BAD_LEDGER},
    {"no ledger", top_none, BAD_LEDGER},
    {"a ledger for a larger heap", log_more, BAD_LOG},
    {"a ledger for a smaller heap", log_less, BAD_LOG},
    {"heads that are elsewhere", heads_moved, BAD_PART},
    {"segments that are elsewhere", segments_moved, BAD_PART},
    {"a break that was moved", break_moved, BAD_LEDGER},
};

static const struct harm riding[] = {
    {"the end of blocks moved", end_lower, "the heap has no end"},
    {"a ledger that moved", top_moved, BAD_LEDGER},
    {"marks that moved", riding_marks_moved, "the marks are elsewhere"},
};

static const struct harm settled[] = {
    {"the end of blocks moved", end_lower, BAD_LEDGER},
    {"a ledger that moved", top_moved, BAD_PART},
    {"marks outside of the heap", marks_outside,
     "the marks of segment 1 cannot be there"},
    {"marks that reach out of it", marks_reach_out,
     "the marks of segment 1 cannot be there"},
    {"marks inside of a unit", marks_odd,
     "the marks of segment 1 cannot be there"},
    {"marks nowhere", marks_none, "the marks of segment 0 cannot be there"},
};

int main(void)
{
    mem_init();
    adopt();
    INFLICT(harms, 0);
    INFLICT(riding, 0);
    INFLICT(harms, LARGE);
    INFLICT(settled, LARGE);
    mem_deinit();
    return check_done();
}
