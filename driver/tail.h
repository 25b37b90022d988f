/*
 * tail.h - how many of many costs are how high, to the very highest
 *
 * Pure functions over arrays of counts; nothing here knows what was measured.
 */
#ifndef TAIL_H
#define TAIL_H

#include <stddef.h>
#include <stdint.h>

struct tail_row {
    uint32_t cost;
    double share; /* of all, that are as high as this or higher */
};

/* Whatever their number is, that many rows are enough. */
#define TAIL_ROWS 800

/* So many of the highest have rows of their own, if they differ. */
#define TAIL_WHOLE 20

/* tail_highest - of n costs in any order where the highest stand, the highest
 *     first, and of equal ones the first: TAIL_WHOLE, or all.  How many. */
size_t tail_highest(const uint32_t *costs, size_t n, size_t at[TAIL_WHOLE]);

/* tail_sort - in place, the least first. */
void tail_sort(uint32_t *costs, size_t n);

/*
 * tail_rows - the distribution of n > 0 sorted costs, the least first: of the
 *     TAIL_WHOLE highest each, then fewer and fewer, a sixteenth more of all
 *     from row to row; the least one is there.  How many rows it has.
 */
size_t tail_rows(const uint32_t *sorted, size_t n,
                 struct tail_row rows[TAIL_ROWS]);

/* tail_above - the least of n > 0 sorted costs that no more than `thousandths`
 *     of all exceed: 500 is the median, 10 the 99th percentile, 0 the worst. */
uint32_t tail_above(const uint32_t *sorted, size_t n, unsigned thousandths);

#endif
