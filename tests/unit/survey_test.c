/*
 * survey_test.c - when an allocator is asked about its blocks, what is kept of
 *     what it tells, and what of that is believed
 */
#define _GNU_SOURCE
#include <stdlib.h>

#include "driver/replay_survey.h"
#include "driver/replay_tiles.h"
#include "memlib.h"
#include "tests/check.h"

#define HEAP 4096

static struct trace trace;
static struct trace_op *ops;
static struct allocator allocator = {
    .kind = ALLOCATOR_OBJECT, .has_walk = true, .has_usable_size = true};
static struct replay r;
static struct walk w;

/* ---- An allocator that tells what a test wants ----------------------------
 */

struct told {
    long at; /* from the bottom of the heap */
    size_t size;
    bool live;
};

static const struct told *told;
static size_t told_count, calls;

static void tell(mm_visitor *visit)
{
    calls++;
    for (size_t i = 0; i < told_count; i++)
        visit((char *)mem_heap_lo() + told[i].at, told[i].size, told[i].live);
}

static size_t usable;

static size_t tell_usable(void *p)
{
    (void)p;
    calls++;
    return usable;
}

static const struct allocator_calls walker = {.walk = tell,
                                              .usable_size = tell_usable};
static const struct allocator_calls slack = {.usable_size = tell_usable};

/* ---- A pass ---------------------------------------------------------------
 */

/* A trace of so many requests, all malloc(size), and no answer yet. */
static void set_up(size_t requests, uint64_t size)
{
    ops = calloc(requests, sizeof *ops);
    for (size_t i = 0; i < requests; i++)
        ops[i] = (struct trace_op){.size = size, .kind = TRACE_MALLOC};
    trace = (struct trace){.ops = ops,
                           .op_count = requests,
                           .answer_count = (uint32_t)requests,
                           .peak_payload = UINT64_MAX};
    mem_create(MEM_FIXED, 1 << 20);
    mem_sbrk(HEAP);
    replay_create(&r, &trace, &allocator);
    replay_ask_survey(&r);
    r.align = 16;
    w = (struct walk){.r = &r,
                      .shadow = replay_shadow(&r),
                      .answer = 1,
                      .fault = &r.log->fault};
    calls = told_count = 0;
}

static void tear_down(void)
{
    shadow_destroy(w.shadow);
    replay_destroy(&r);
    mem_deinit();
    free(ops);
}

/* The next request is answered with this. */
static void answer(long at)
{
    r.answers[w.answer] = (char *)mem_heap_lo() + at;
    walk_follow(&w, w.answer - 1, HEAP);
    w.answer++;
}

static void check_extent(uint32_t a, unsigned before, unsigned after,
                         const char *name)
{
    const struct replay_extent *e = &r.extents[a];
    check(e->before == before && e->after == after, name, "%u, %u", e->before,
          e->after);
}

static void check_survey(size_t i, unsigned served, unsigned internal,
                         const char *name)
{
    const struct replay_survey *s = &r.surveys[i];
    check(s->served == served && s->internal_bytes == internal, name,
          "%llu, %llu", (unsigned long long)s->served,
          (unsigned long long)s->internal_bytes);
}

/* ---- What is kept ---------------------------------------------------------
 */

static const struct told blocks[] = {
    {16, 128, true}, /* 100 bytes at 32 */
    {144, 512, false},
    {656, 112, true}, /* 100 bytes at 656 */
    {768, HEAP - 768, false},
};

static void test_walked(void)
{
    struct survey s = {0};
    set_up(2, 100);
    answer(32);
    answer(656);
    told = blocks;
    told_count = 4;
    check(survey_after(&s, &w, &walker, 1), "blocks as they are", "%d",
          (int)w.fault->tile.wrong);
    check_int((long long)r.log->survey_count, 1, "one survey");
    check_survey(0, 2, 128 - 100 + 112 - 100, "what is not payload");
    check_extent(1, 16, 12, "around the first payload");
    check_extent(2, 0, 12, "around the second");
    check_int((long long)calls, 1, "mm_usable_size is not asked as well");
    tear_down();
}

static void test_usable(void)
{
    struct survey s = {0};
    set_up(2, 100);
    answer(32);
    answer(656);
    usable = 112;
    check(survey_after(&s, &w, &slack, 1), "112 bytes may be used of each",
          "%d", (int)w.fault->tile.wrong);
    check_survey(0, 2, 24, "what is not payload");
    check_extent(1, 0, 12, "above the first payload");
    s.due = 0;
    usable = SIZE_MAX;
    check(survey_after(&s, &w, &slack, 1), "all there is may be used", "%d",
          (int)w.fault->tile.wrong);
    check_extent(1, 0, 656 - 32 - 100, "that is up to the next payload");
    check_extent(2, 0, HEAP - 656 - 100, "or to the top");
    tear_down();
}

static void test_large(void)
{
    static const struct told one[] = {{0, 5ul << 30, true}};
    struct survey s = {0};
    set_up(1, 100);
    mem_deinit();
    mem_create(MEM_FIXED, 8ul << 30);
    mem_sbrk(5ul << 30);
    shadow_destroy(w.shadow);
    w.shadow = replay_shadow(&r);
    answer(0);
    told = one;
    told_count = 1;
    survey_after(&s, &w, &walker, 0);
    check(r.surveys[0].internal_bytes == (5ul << 30) - 100,
          "5 GiB for 100 bytes", "%llu",
          (unsigned long long)r.surveys[0].internal_bytes);
    check_extent(1, 0, UINT32_MAX, "of which 4 GiB are kept");
    tear_down();
}

static void test_nonsense(void)
{
    static const struct told outside[] = {{-32, 32, false}, {0, HEAP, true}};
    struct survey s = {0};
    set_up(1, 100);
    answer(32);
    told = outside;
    told_count = 2;
    check(!survey_after(&s, &w, &walker, 0), "a block below the heap", "good");
    check_int(w.fault->kind, FAULT_CHECKHEAP, "is a fault");
    check_int(w.fault->tile.wrong, TILE_OUTSIDE, "this one");
    check_int((long long)r.log->survey_count, 0, "and no survey");
    tear_down();
}

/* ---- When -----------------------------------------------------------------
 */

/* Surveys of a pass over so many requests with so many blocks. */
static size_t surveys_of(size_t requests, size_t free_blocks)
{
    struct survey s = {0};
    set_up(requests, 0);
    struct told *all = calloc(free_blocks, sizeof *all);
    for (size_t i = 0; i < free_blocks; i++)
        all[i] = (struct told){(long)i, 1, false};
    if (free_blocks)
        all[free_blocks - 1].size = HEAP - (free_blocks - 1);
    told = all;
    told_count = free_blocks;
    for (size_t i = 0; i < requests; i++)
        survey_after(&s, &w, &walker, i);
    size_t count = r.log->survey_count;
    check(count <= survey_most(&trace) && count == calls &&
              r.surveys[count - 1].served == requests,
          "there is room, and the last is after the last request", "%zu",
          count);
    tear_down();
    free(all);
    return count;
}

static void test_when(void)
{
    check_int((long long)surveys_of(1, 0), 1, "one request");
    check_int((long long)surveys_of(50, 4000), 50, "few requests: after each");
    check_int((long long)surveys_of(1000, 4), 1000,
              "few blocks: after each request");
    check_int((long long)surveys_of(1000, 4000), 1000,
              "a thousand requests can pay for 4000 blocks each");
    check_int((long long)surveys_of(200000, 4000), 2501,
              "200000 for 50 each: after every 80th, and after the last");
    check_int((long long)surveys_of(200000, 1), 50001,
              "many requests: not after each, however few blocks there are");
}

static void test_peak(void)
{
    struct survey s = {.due = 100};
    set_up(3, 100);
    trace.peak_payload = 200;
    told = blocks;
    told_count = 4;
    answer(32);
    survey_after(&s, &w, &walker, 0);
    check_int((long long)calls, 0, "none is due");
    answer(656);
    survey_after(&s, &w, &walker, 1);
    check_int((long long)calls, 1, "but there is one when most is live");
    s.due = 100;
    trace.op_count = 1000;
    survey_after(&s, &w, &walker, 2);
    check_int((long long)calls, 1, "once");
    trace.op_count = 3;
    tear_down();
}

static void test_not_asked(void)
{
    struct survey s = {.over = true};
    struct allocator silent = {.kind = ALLOCATOR_OBJECT};
    set_up(1, 100);
    survey_after(&s, &w, &walker, 0);
    check_int((long long)calls, 0, "a second pass is not asked");
    tear_down();
    set_up(1, 100);
    replay_destroy(&r);
    replay_create(&r, &trace, &silent);
    check(replay_ask_survey(&r) && !r.surveys && !r.extents,
          "who tells nothing is not asked", "asked");
    s.over = false;
    w.fault = &r.log->fault;
    check(survey_after(&s, &w, &walker, 0) && calls == 0, "nor called",
          "called");
    tear_down();
}

/* ---- What is believed -----------------------------------------------------
 */

static void test_extents_in_range(void)
{
    struct replay copy;
    set_up(3, 100);
    answer(32);
    answer(656);
    r.answers[3] = (char *)mem_heap_lo() + HEAP - 50;
    r.extents[1] = (struct replay_extent){UINT32_MAX, 8};
    r.extents[2] = (struct replay_extent){16, UINT32_MAX};
    r.extents[3] = (struct replay_extent){16, 16};
    replay_snapshot(&copy, &r);
    const struct replay_extent *e = copy.extents;
    check(e[1].before == 32 && e[1].after == 8, "no more below than heap",
          "%u, %u", e[1].before, e[1].after);
    check(e[2].before == 16 && e[2].after == HEAP - 656 - 100,
          "no more above than heap", "%u, %u", e[2].before, e[2].after);
    check(e[3].before == 0 && e[3].after == 0,
          "nothing around what is not in the heap", "%u, %u", e[3].before,
          e[3].after);
    replay_discard(&copy);
    tear_down();
}

/* How many of three surveys are left. */
static size_t believed(struct replay_survey a, struct replay_survey b,
                       struct replay_survey c, size_t count)
{
    struct replay copy;
    r.surveys[0] = a;
    r.surveys[1] = b;
    r.surveys[2] = c;
    r.log->survey_count = count;
    replay_snapshot(&copy, &r);
    size_t left = copy.log->survey_count;
    replay_discard(&copy);
    return left;
}

static void test_surveys_in_range(void)
{
    const struct replay_survey a = {1, 10}, b = {2, HEAP}, c = {3, 0};
    set_up(3, 100);
    check_int((long long)believed(a, b, c, 3), 3, "surveys in order");
    check_int((long long)believed(b, a, c, 3), 1, "out of order");
    check_int((long long)believed(a, a, c, 3), 1, "one twice");
    check_int((long long)believed((struct replay_survey){0, 1}, b, c, 3), 0,
              "before all requests");
    check_int((long long)believed(a, b, (struct replay_survey){4, 0}, 3), 2,
              "after all requests");
    check_int((long long)believed(a, (struct replay_survey){2, HEAP + 1}, c, 3),
              1, "more bytes than heap");
    check_int((long long)believed(a, b, c, SIZE_MAX), 0,
              "more surveys than there can be");
    tear_down();
}

int main(void)
{
    test_walked();
    test_usable();
    test_large();
    test_nonsense();
    test_when();
    test_peak();
    test_not_asked();
    test_extents_in_range();
    test_surveys_in_range();
    return check_done();
}
