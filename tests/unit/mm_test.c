/*
 * mm_test.c - what mm.c promises beyond the contract
 */
#define _GNU_SOURCE
#include "tests/unit/allocators_help.h"

static void test_growth(void)
{
    fresh_heap();
    struct slot s;
    slot_fill(&s, mm.malloc(1000), 1000);
    size_t before = mem_heapsize();
    unsigned char *p = mm.realloc(s.p, 1100);
    expect(p == s.p, "realloc at the top grows in place");
    check_int((long long)(mem_heapsize() - before), 112,
              label("and by the difference alone"));
    void *q = mm.malloc(500), *wall = mm.malloc(100);
    mm.free(q);
    expect(mm.realloc(p, 1500) == p, "realloc grows into a free block");
    expect(mm.realloc(p, 300) == p, "realloc shrinks in place");
    expect(mm.malloc(1100) == (char *)p + 320, "and frees the rest");
    expect(slot_intact(&s, p, 300), "with the bytes kept");
    mm.free(wall);
    expect(mm.checkheap(__LINE__), "and the heap sound");
}

static void test_slide(void)
{
    fresh_heap();
    void *low = mm.malloc(500);
    struct slot s;
    slot_fill(&s, mm.malloc(1000), 1000);
    void *wall = mm.malloc(200);
    mm.free(low);
    unsigned char *p = mm.realloc(s.p, 1400);
    expect(p == low, "realloc moves down into a free block");
    expect(slot_intact(&s, p, 1000), "with its bytes");
    expect(wall && mm.checkheap(__LINE__), "and the heap is sound");
}

/* Small and large blocks in turn, the large ones freed, larger requested. */
static void test_binary(void)
{
    fresh_heap();
    void *large[1000];
    for (size_t i = 0; i < 1000; i++) {
        mm.malloc(64);
        large[i] = mm.malloc(448);
    }
    for (size_t i = 0; i < 1000; i++)
        mm.free(large[i]);
    for (size_t i = 0; i < 1000; i++)
        mm.malloc(512);
    size_t percent = 1000 * (64 + 512) * 100 / mem_heapsize();
    check(percent >= 90, label("small blocks do not part large ones"),
          "expected a utilization of 90%% or more, found %zu", percent);
}

int main(void)
{
    char path[] = "build/allocators/mm.so";
    mem_init();
    if (load(path)) {
        test_growth();
        test_slide();
        test_binary();
    }
    mem_deinit();
    return check_done();
}
