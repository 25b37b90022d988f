/*
 * tail.c - how many of many costs are how high, to the very highest
 */
#include "driver/tail.h"

#include <stdlib.h>

size_t tail_highest(const uint32_t *costs, size_t n, size_t at[TAIL_WHOLE])
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        if (count == TAIL_WHOLE && costs[i] <= costs[at[count - 1]])
            continue;
        size_t place = count < TAIL_WHOLE ? count++ : count - 1;
        for (; place > 0 && costs[at[place - 1]] < costs[i]; place--)
            at[place] = at[place - 1];
        at[place] = i;
    }
    return count;
}

static int compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

void tail_sort(uint32_t *costs, size_t n)
{
    qsort(costs, n, sizeof *costs, compare);
}

/* How many of them are lower. */
static size_t count_below(const uint32_t *sorted, size_t n, uint32_t cost)
{
    size_t lo = 0, hi = n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (sorted[mid] < cost)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static void reverse(struct tail_row *rows, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        struct tail_row row = rows[i];
        rows[i] = rows[count - 1 - i];
        rows[count - 1 - i] = row;
    }
}

/* The rank that follows, counted from the highest cost; all are the last. */
static size_t next_rank(size_t rank, size_t n)
{
    size_t more = rank < TAIL_WHOLE ? 1 : rank / 16;
    return rank < n && more > n - rank ? n : rank + more;
}

size_t tail_rows(const uint32_t *sorted, size_t n,
                 struct tail_row rows[TAIL_ROWS])
{
    size_t count = 0;
    for (size_t rank = 1; rank <= n; rank = next_rank(rank, n)) {
        uint32_t cost = sorted[n - rank];
        if (count && rows[count - 1].cost == cost)
            continue;
        size_t many = n - count_below(sorted, n, cost);
        rows[count++] = (struct tail_row){cost, (double)many / (double)n};
    }
    reverse(rows, count);
    return count;
}

uint32_t tail_above(const uint32_t *sorted, size_t n, unsigned thousandths)
{
    size_t above = n / 1000 * thousandths + n % 1000 * thousandths / 1000;
    return sorted[above < n ? n - 1 - above : 0];
}
