/*
 * measures_test.c - the figures of a run worked out by hand
 */
#define _GNU_SOURCE
#include <math.h>

#include "driver/measures.h"
#include "tests/check.h"

static void check_near(double found, double expected, const char *name)
{
    check(fabs(found - expected) < 1e-12 * fabs(expected), name,
          "expected %.15g, found %.15g", expected, found);
}

static void check_unknown(double found, const char *name)
{
    check(isnan(found), name, "expected nan, found %.15g", found);
}

/* Live and heap after each request; 40 bytes of static data come on top. */
static const uint64_t live[] = {100, 150, 250, 200, 240, 250, 40, 40, 0};
static const uint64_t heap[] = {160, 160, 512, 512, 512, 600, 1024, 1024, 1024};

static struct measures gather(void)
{
    struct measures m = {.static_bytes = 40};
    for (size_t i = 0; i < sizeof live / sizeof *live; i++)
        measures_add(&m, &(struct replay_moment){.served = i + 1,
                                                 .live = live[i],
                                                 .heap = heap[i]});
    return m;
}

static void test_gathered(void)
{
    struct measures m = gather();
    check_int((long long)m.peak_live, 250, "the most that lived");
    check_int((long long)m.heap_at_peak_live, 552,
              "the heap when so much lived first");
    check_int((long long)m.peak_heap, 1064, "the largest heap");
    check_int((long long)m.live_at_peak_heap, 40,
              "what lived when it was so large first");
    check_int((long long)m.ratio_count, 8, "requests with something alive");
}

static void test_stored(void)
{
    struct measures m = gather();
    struct result r = {0};
    measures_store(&m, 1024, &r);
    check_int((long long)r.peak_payload, 250, "peak payload");
    check_int((long long)r.heap_bytes, 1024, "heap");
    check_int((long long)r.static_bytes, 40, "static data");
    check_near(r.util, 250.0 / 1064, "utilization");
    check_near(r.overhead, 1064.0 / 250 - 1, "overhead");
    check_near(r.heap_over_live_mean,
               (200 / 100. + 200 / 150. + 552 / 250. + 552 / 200. + 552 / 240. +
                640 / 250. + 1064 / 40. + 1064 / 40.) /
                   8,
               "measure 1: the mean of heap over live");
    check_near(r.heap_over_live_at_live, 552. / 250, "measure 2: at most live");
    check_near(r.heap_over_live_at_heap, 1064. / 40, "measure 3: at most heap");
    check_near(r.heap_max_over_live_max, 1064. / 250,
               "measure 4: most by most");
}

static void test_charged(void)
{
    struct measures m = gather();
    struct result r = {0};
    measures_store(&m, 1024, &r);
    measures_charge(&r, 2048);
    check_int((long long)r.heap_bytes, 2048, "more heap is charged");
    check_near(r.util, 250.0 / 2088, "utilization follows");
    check_near(r.overhead, 2088.0 / 250 - 1, "and overhead");
    check_near(r.heap_max_over_live_max, 2088.0 / 250, "and measure 4");
    check_near(r.heap_over_live_at_live, 552. / 250, "measure 2 does not");
}

/* What a child tells may be anything. */
static void test_too_much(void)
{
    struct measures m = gather();
    struct result r = {0};
    measures_store(&m, UINT64_MAX - 39, &r);
    check(r.util < 1e-9, "40 more bytes do not make it little", "%g", r.util);
    measures_store(&m, 1024, &r);
    measures_charge_private(&r, UINT64_MAX - 1000);
    check(r.util < 1e-9, "nor does memory taken besides", "%g", r.util);
}

static void test_unknown(void)
{
    struct measures m = gather();
    struct result r = {0};
    measures_store(&m, 0, &r);
    check_int((long long)r.peak_payload, 250, "payload is known all the same");
    check_int((long long)r.heap_bytes, 0, "of an unknown heap");
    check_unknown(r.util, "there is no utilization");
    check_unknown(r.overhead, "no overhead");
    check_unknown(r.heap_over_live_mean, "no measure 1");
    check_unknown(r.heap_over_live_at_live, "no measure 2");
    check_unknown(r.heap_over_live_at_heap, "no measure 3");
    check_unknown(r.heap_max_over_live_max, "no measure 4");
}

/* A trace of malloc(0) alone. */
static void test_nothing_lived(void)
{
    struct measures m = {0};
    struct result r = {0};
    measures_add(&m, &(struct replay_moment){.served = 1, .heap = 4096});
    measures_store(&m, 4096, &r);
    check_unknown(r.util, "nothing lived: there is no utilization");
    check_unknown(r.overhead, "overhead is unknown");
    check_unknown(r.heap_over_live_mean, "and so is measure 1");
    check_unknown(r.heap_over_live_at_heap, "and measure 3");
}

int main(void)
{
    test_gathered();
    test_stored();
    test_charged();
    test_too_much();
    test_unknown();
    test_nothing_lived();
    return check_done();
}
