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
    return held[3];
}

static void *end_inside_free(void)
{
    mark_end(held_unit(7) + TALL_UNITS - 2, true);
    return held[7];
}

static void *end_inside_used(void)
{
    mark_end(held_unit(2) + 1, true);
    return held[2];
}

static void *begin_inside_long(void)
{
    mark_begin(held_unit(LONG_BLOCK) + 1, true);
    return held[LONG_BLOCK] + UNIT;
}

static void *begin_in_long(void)
{
    mark_begin(held_unit(LONG_BLOCK) + LONG_UNITS - 1, true);
    return held[LONG_BLOCK];
}

static void *end_inside_long(void)
{
    mark_end(held_unit(LONG_BLOCK) + LONG_UNITS / 2 + SPAN, true);
    return held[LONG_BLOCK];
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

static void *long_marks(size_t n, uint64_t ends)
{
    *number_of(held_unit(LONG_BLOCK)) = (struct marks){n, ends};
    return held[LONG_BLOCK];
}

static void *long_number(size_t n)
{
    return long_marks(n, NUMBER);
}

static void *number_short(void)
{
    return (char *)long_number(LONG_UNITS - 1) + (LONG_UNITS - 1) * UNIT;
}

static void *number_tall(void)
{
    return long_number(LONG_UNITS + 1);
}

static void *number_zero(void)
{
    return long_number(0);
}

static void *number_huge(void)
{
    return long_number(NUMBER / 5);
}

static void *number_beyond(void)
{
    return long_number(heap.end - held_unit(LONG_BLOCK) + 1);
}

static void *number_none(void)
{
    return long_marks(0, 0);
}

static void *number_half(void)
{
    return long_marks(LONG_UNITS, NUMBER - 1);
}

static void *number_odd(void)
{
    return long_marks(0, 2);
}

/* The block is free, but its number was not forgotten. */
static void *number_left(void)
{
    mm_free(held[LONG_BLOCK]);
    struct block *below = block_at(held_unit(7));
    *number_of(unit_of(below)) = (struct marks){LONG_UNITS, NUMBER};
    return below;
}

static void *above_heap_end(void)
{
    mark_begin(heap.end + 1, true);
    return block_at(heap.end);
}

static void *below_heap(void)
{
    mark_end(0, true);
    return block_at(heap.end);
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

static void *base_inside(void)
{
    heap.base -= UNIT / 2;
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
    heap.quick++;
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
    return block_at(heap.top);
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

/* Of the last segment, which the blocks have not reached yet. */
static size_t far_segment(void)
{
    while (heap.end >> SEGMENT_LOG >= heap.placed - 1)
        mm_malloc(LARGE);
    return heap.placed - 1;
}

static void *marks_apart(void)
{
    size_t i = far_segment();
    heap.segments[i] -= UNIT;
    return segment_marks(i);
}

static void *marks_of_another(void)
{
    size_t i = far_segment();
    segment_put(i, segment_marks(0));
    return segment_marks(0);
}

static void *fewer_segments(void)
{
    heap.placed = 1;
    heap.log = (uint8_t)log_for(((size_t)1 << SEGMENT_LOG) - 1);
    return block_at(heap.top);
}

static void *ledger_begins_not(void)
{
    mark_begin(heap.top, false);
    return block_at(heap.top);
}

static void *ledger_free(void)
{
    mark_end(heap.top, true);
    return block_at(heap.top);
}

static void *ledger_short(void)
{
    mark_begin(heap.top + 3, true);
    return block_at(heap.top);
}

static void *marks_begin_not(void)
{
    mark_begin(unit_of(segment_marks(0)), false);
    return block_at(heap.top);
}

static void *marks_free(void)
{
    mark_end(unit_of(segment_marks(0)), true);
    return segment_marks(0);
}

/* The number of the block that has them: of some units or segments more. */
static void *marks_units(size_t n)
{
    number_of(unit_of(segment_marks(0)))->begins = n;
    return segment_marks(0);
}

static void *marks_more_units(void)
{
    return marks_units(heap.placed * SEGMENT_UNITS + 1);
}

static void *marks_more_segments(void)
{
    return marks_units((heap.placed + 1) * SEGMENT_UNITS);
}

static void *marks_fewer_segments(void)
{
    marks_units(SEGMENT_UNITS);
    return segment_marks(1);
}

/* Segment 3 has those of segment 2, with an end of the heap. */
static void *marks_twice(void)
{
    while (heap.placed < 4)
        mm_malloc(LARGE);
    struct marks end = *marks_of(heap.end);
    segment_put(3, segment_marks(2));
    *marks_of(heap.end) = end;
    return segment_marks(2);
}

static void *marks_none(void)
{
    heap.segments[0] = 0;
    return NULL;
}

#define BAD_LEDGER "base, end * or top * is wrong"
#define BAD_PART   "the ledger, has a part that is not in its place"
#define NO_LEDGER  "the ledger, but no such block"
#define NO_MARKS   "the marks of segment *, but no such block"
#define BAD_LOG    "the ledger, has not the size that it should"

static const struct harm harms[] = {
    {"a used block that does not begin", begin_of_used, NO_BLOCK},
    {"a free one that does not begin", begin_of_free, INSIDE},
    {"a free one of which the second unit begins", begin_inside_free, INSIDE},
    {"a free one with an end inside", end_inside_free, INSIDE},
    {"a used one with an end inside", end_inside_used, INSIDE},
    {"a long one of which the second unit begins", begin_inside_long, INSIDE},
    {"a long one of which the last unit begins", begin_in_long, INSIDE},
    {"a long one with an end inside", end_inside_long, INSIDE},
    {"a free one of which the last unit begins", begin_of_last,
     "free, but its last unit is not marked so"},
    {"a quick one of which the second unit begins", begin_inside_quick,
     NOT_QUICK},
    {"a used block with a free end", last_of_used, INSIDE},
    {"a long one with a free end", last_of_long, INSIDE},
    {"a used block that seems free", first_of_used,
     "free, and so is the block above it"},
    {"one between others that seems free", first_between_used, BAD_SIZE},
    {"a free block that seems used", first_of_free, INSIDE},
    {"a free block without end", last_of_free,
     "free, but its last unit is not marked so"},
    {"a heap without end", no_heap_end, "the heap has no end"},
    {"a free end of the heap", free_heap_end, "the heap has no end"},
    {"marks above the end of the heap", above_heap_end, "the heap has no end"},
    {"a free end below the heap", below_heap, "the heap has no end"},
    {"a long block with too few units", number_short, NO_BLOCK},
    {"a long block with too many", number_tall, INSIDE},
    {"a long block with none", number_zero,
     "its size is 0 units, expected 1 to *"},
    {"a long block beyond all numbers", number_huge, BAD_SIZE},
    {"a long block beyond the heap", number_beyond, BAD_SIZE},
    {"a long block without number", number_none, NO_NUMBER},
    {"a number that is not marked as one", number_half, INSIDE},
    {"marks in place of a number", number_odd, NO_NUMBER},
    {"a number inside a free block", number_left, INSIDE},

    {"no end of blocks", end_none, BAD_LEDGER},
    {"the base moved", base_moved, BAD_LEDGER},
    {"the base inside of a unit", base_inside, BAD_LEDGER},
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
    {"marks that moved", riding_marks_moved, BAD_PART},
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
    {"marks apart from those below", marks_apart, NO_MARKS},
    {"marks that are another's", marks_of_another, NO_MARKS},
    {"marks of two segments in one place", marks_twice,
     "the marks of segment 3, but no such block"},
    {"marks of fewer segments", fewer_segments, BAD_LOG},
    {"marks with some units more", marks_more_units, NO_MARKS},
    {"marks with those of one more segment", marks_more_segments, NO_MARKS},
    {"marks with those of one less", marks_fewer_segments, NO_MARKS},
    {"a ledger that does not begin", ledger_begins_not, NO_LEDGER},
    {"a ledger that is free", ledger_free, NO_LEDGER},
    {"a ledger that is shorter", ledger_short, NO_LEDGER},
    {"marks that do not begin", marks_begin_not, NO_LEDGER},
    {"marks that are free", marks_free, NO_MARKS},
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
