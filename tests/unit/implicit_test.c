/*
 * implicit_test.c - how the implicit lists place blocks: the fits against each
 * other, coalescing against none
 */
#define _GNU_SOURCE
#include "tests/unit/allocators_help.h"

static bool is(const char *name)
{
    return strcmp(mm.name, name) == 0;
}

/* ---- Which hole is taken ----------------------------------------------- */

/* Three holes, of the payloads given, and no room above them. */
static void make_holes(void **holes, const size_t *sizes)
{
    fresh_heap();
    for (size_t i = 0; i < 3; i++) {
        holes[i] = mm.malloc(sizes[i]);
        mm.malloc(24);
    }
    for (size_t i = 0; i < 3; i++)
        mm.free(holes[i]);
}

static void test_smallest(void)
{
    static const size_t sizes[] = {500, 200, 300};
    void *holes[3];
    make_holes(holes, sizes);
    void *p = mm.malloc(200);
    expect(p == holes[is("implicit-best")],
           "takes the hole that its fit is for");
}

/* Two holes taken and the lower one freed: only a next fit goes on. */
static void test_onward(void)
{
    static const size_t sizes[] = {200, 200, 200};
    void *holes[3];
    make_holes(holes, sizes);
    expect(mm.malloc(200) == holes[0] && mm.malloc(200) == holes[1],
           "takes the lowest of several");
    mm.free(holes[0]);
    expect(mm.malloc(200) == holes[is("implicit-next") ? 2 : 0],
           "begins where its fit does");
    size_t size = mem_heapsize();
    expect(mm.malloc(200) == holes[is("implicit-next") ? 0 : 2] &&
               mem_heapsize() == size,
           "goes round before the heap grows");
}

/* ---- The block where the search begins goes away ----------------------- */

/* rover_between - p[0] and p[1], the last that was taken, and one above them,
 *     all of 200 bytes. */
static void rover_between(unsigned char **p)
{
    fresh_heap();
    for (size_t i = 0; i < 3; i++)
        p[i] = mm.malloc(200);
    mm.free(p[1]);
    p[1] = mm.malloc(200);
}

static void expect_search(unsigned char *p, size_t size, const char *what)
{
    expect(p != NULL, what);
    memset(p, 0xff, size);
    expect(mm.checkheap(__LINE__), "with a sound heap");
    expect(mm.malloc(100) != NULL, "and the next search ends");
}

static void test_rover(void)
{
    unsigned char *p[3];
    rover_between(p);
    mm.free(p[0]);
    mm.free(p[1]);
    expect(mm.checkheap(__LINE__), "the block taken last merged downwards");
    expect_search(mm.malloc(400), 400, "what it became is taken");
    rover_between(p);
    mm.free(p[1]);
    mm.free(p[0]);
    expect(mm.checkheap(__LINE__), "the block taken last was merged with");
    expect_search(mm.malloc(400), 400, "what it became is taken, too");
    rover_between(p);
    mm.free(p[1]);
    expect_search(mm.realloc(p[0], 400), 400,
                  "the block taken last was absorbed by realloc");
}

/* ---- What the literature says ------------------------------------------ */

#define PIECES 100

/* Many small neighbours are freed: do they make room for a large block? */
static void test_false_fragmentation(void)
{
    void *p[PIECES];
    fresh_heap();
    for (size_t i = 0; i < PIECES; i++)
        p[i] = mm.malloc(100);
    for (size_t i = 0; i < PIECES; i++)
        mm.free(p[i]);
    size_t size = mem_heapsize();
    void *large = mm.malloc(PIECES * 100);
    bool grown = mem_heapsize() > size;
    expect(large && grown == is("implicit-nocoalesce"),
           "free neighbours make room, unless nothing coalesces");
}

/* churn - bytes of heap after random requests, which are always the same ones:
 *     blocks of 1 to 2000 bytes, about 500 live. */
static size_t churn(void)
{
    static void *live[1000];
    uint64_t x = 88172645463325252;
    memset(live, 0, sizeof live);
    fresh_heap();
    for (int i = 0; i < 30000; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        void **p = &live[(x >> 8) % 1000];
        mm.free(*p);
        *p = *p ? NULL : mm.malloc(1 + (x >> 32) % 2000);
    }
    expect(mm.checkheap(__LINE__), "sound after random requests");
    return mem_heapsize();
}

/* From the least memory to the most: best fit and first fit are close, next fit
 * is worse than both (Bays 1977; Wilson et al. 1995, 3.4), and nothing is as
 * bad as not to coalesce. */
static void test_order(const size_t *bytes)
{
    static const char *const names[] = {"best fit < first fit",
                                        "first fit < next fit",
                                        "next fit < no coalescing"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        check(bytes[i] < bytes[i + 1], names[i], "%zu and %zu bytes", bytes[i],
              bytes[i + 1]);
}

int main(void)
{
    static char paths[][48] = {"build/allocators/implicit-best.so",
                               "build/allocators/implicit.so",
                               "build/allocators/implicit-next.so",
                               "build/allocators/implicit-nocoalesce.so"};
    size_t bytes[4] = {0};
    mem_init();
    for (size_t i = 0; i < 4; i++) {
        if (!load(paths[i]))
            continue;
        test_smallest();
        test_onward();
        if (!is("implicit-nocoalesce"))
            test_rover();
        test_false_fragmentation();
        bytes[i] = churn();
        printf("# %s: %zu bytes of heap\n", mm.name, bytes[i]);
    }
    test_order(bytes);
    mem_deinit();
    return check_done();
}
