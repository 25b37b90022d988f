/*
 * latency_test.c - the distribution of costs, and the clock that measures them
 */
#include <stdlib.h>
#include <time.h>

#include "driver/tail.h"
#include "driver/ticks.h"
#include "tests/check.h"

/* "COST:SHARE ..." of these costs, in any order. */
static const char *distribution(const uint32_t *costs, size_t n)
{
    static char text[4096];
    struct tail_row rows[TAIL_ROWS];
    uint32_t sorted[64];
    memcpy(sorted, costs, n * sizeof *costs);
    tail_sort(sorted, n);
    size_t count = tail_rows(sorted, n, rows), at = 0;
    text[0] = '\0';
    for (size_t i = 0; i < count; i++)
        at += (size_t)snprintf(text + at, sizeof text - at, "%s%u:%.4g",
                               i ? " " : "", rows[i].cost, rows[i].share);
    return text;
}

static void test_distribution(void)
{
    check_str(distribution((uint32_t[]){7}, 1), "7:1", "one request");
    check_str(distribution((uint32_t[]){5, 5, 5}, 3), "5:1", "all alike");
    check_str(distribution((uint32_t[]){4, 90, 4, 30}, 4), "4:1 30:0.5 90:0.25",
              "the cost, and how many cost as much");
    check_str(distribution((uint32_t[]){0, UINT32_MAX}, 2),
              "0:1 4294967295:0.5", "the lowest and the highest there are");
}

/* 1, 2, ... n. */
static uint32_t *count_up(size_t n)
{
    uint32_t *costs = malloc(n * sizeof *costs);
    for (size_t i = 0; costs && i < n; i++)
        costs[i] = (uint32_t)i + 1;
    return costs;
}

static void test_long_distribution(void)
{
    const size_t n = 10000000;
    uint32_t *costs = count_up(n);
    struct tail_row rows[TAIL_ROWS];
    size_t count = costs ? tail_rows(costs, n, rows) : 0, wrong = 0;
    if (!check(count > 100 && count < TAIL_ROWS, "some hundred rows",
               "there are %zu", count))
        return;
    for (size_t i = 0; i < TAIL_WHOLE; i++)
        wrong += rows[count - 1 - i].cost != n - i;
    check_int((long long)wrong, 0, "each of the worst has a row");
    check(rows[0].cost == 1 && rows[0].share == 1, "and the least one",
          "%u, %g", rows[0].cost, rows[0].share);
    for (size_t i = 1; i < count; i++)
        wrong += rows[i].cost <= rows[i - 1].cost ||
                 rows[i].share >= rows[i - 1].share ||
                 rows[i - 1].share > rows[i].share * 1.063 + 1.0001 / (double)n;
    check_int((long long)wrong, 0, "no row is far from the one before");
    check_int(tail_above(costs, n, 500), 5000000, "the median of many");
    check_int(tail_above(costs, n, 1), 9990000, "99.9% of many");
    free(costs);
}

static void test_quantiles(void)
{
    uint32_t *costs = count_up(1000);
    if (!check(costs != NULL, "memory", "there is none"))
        return;
    check_int(tail_above(costs, 100, 0), 100, "the worst of 100");
    check_int(tail_above(costs, 100, 10), 99, "one of 100 costs more");
    check_int(tail_above(costs, 100, 1), 100, "fewer than one of 100");
    check_int(tail_above(costs, 1000, 1), 999, "one of 1000");
    check_int(tail_above(costs, 4, 500), 2, "two of 4");
    check_int(tail_above(costs, 5, 500), 3, "the middle one of 5");
    check_int(tail_above(costs, 1, 1000), 1, "all of one");
    free(costs);
}

static void test_highest(void)
{
    uint32_t costs[64] = {[3] = 5, [40] = 9, [41] = 5, [63] = 7};
    size_t at[TAIL_WHOLE];
    size_t count = tail_highest(costs, 64, at);
    check_int((long long)count, TAIL_WHOLE, "no more than are wanted");
    check(at[0] == 40 && at[1] == 63 && at[2] == 3 && at[3] == 41,
          "the highest first, of equal ones the first", "%zu %zu %zu %zu",
          at[0], at[1], at[2], at[3]);
    check_int((long long)at[4], 0, "then the first of the others");
    check_int((long long)tail_highest(costs, 4, at), 4, "all there are");
    check_int((long long)at[0], 3, "in their order");
    tail_highest((uint32_t[64]){0}, 64, at);
    check_int((long long)at[TAIL_WHOLE - 1], TAIL_WHOLE - 1,
              "of many equal ones none that comes later");
}

/* ---- The clock ----------------------------------------------------------- */

static void test_ticks(bool counted, const char *name)
{
    struct ticks_moment from = ticks_now(counted);
    uint64_t began = ticks_begin(counted);
    nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    uint64_t ended = ticks_end(counted);
    double ns = ticks_ns(from, ticks_now(counted));
    double slept = ns * (double)(ended - began);
    check(slept >= 19.9e6, name, "20 ms took %g ns", slept);
    check(ticks_empty(counted) < ended - began, "nothing takes less than that",
          "%llu ticks", (unsigned long long)ticks_empty(counted));
    check(ticks_step(counted) > 0, "the clock goes on", "it does not");
}

static void test_no_time_between(void)
{
    struct ticks_moment now = {5, 7};
    check(ticks_ns(now, now) == 1, "two moments that are one", "not 1");
}

int main(void)
{
    test_distribution();
    test_long_distribution();
    test_quantiles();
    test_highest();
    test_ticks(false, "the kernel's clock");
    test_ticks(ticks_counted(), "the cheapest clock");
    test_no_time_between();
    return check_done();
}
