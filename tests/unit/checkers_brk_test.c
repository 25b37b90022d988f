/*
 * checkers_brk_test.c - what brk.c recognises: damage, by its checker, and
 * callers whose pointers are no blocks
 */
#define _GNU_SOURCE
#include "tests/unit/checkers_help.h"

/* ---- Damage ------------------------------------------------------------ */

static void test_flips(void)
{
    size_t missed = 0;
    hold_blocks();
    stderr_catch();
    for (size_t i = 0; i < HELD; i++)
        missed += flips_missed(word(i, -16)) + flips_missed(word(i, -8));
    bool sound = mm.checkheap(__LINE__);
    stderr_release();
    /* That of the four free blocks which would make them used. */
    check_int((long long)missed, 4, label("each flipped bit is found"));
    expect(sound, "and none is left");
}

static size_t inflict_small_size(void)
{
    *word(2, -8) = 17;
    return 2;
}

static size_t inflict_neighbours(void)
{
    *word(2, -8) &= ~(size_t)1;
    return 2;
}

static size_t inflict_below(void)
{
    *word(3, -16) = 208;
    return 3;
}

static size_t inflict_bottom(void)
{
    *word(0, -16) = 32;
    return 0;
}

static size_t *end_of_heap(void)
{
    return (size_t *)((char *)mem_heap_hi() + 1) - 2;
}

static size_t inflict_end(void)
{
    end_of_heap()[1] = 0;
    return HELD;
}

static size_t inflict_below_end(void)
{
    end_of_heap()[0] = 8;
    return HELD;
}

static const struct damage damages[] = {
    {"a size beyond the heap", plant_size,
     "its size is 1048800, expected 32 to *"},
    {"a size too small", inflict_small_size,
     "its size is 16, expected 32 to *"},
    {"an unknown flag", plant_flags, "its tag 0xe9 has unknown flags"},
    {"free neighbours", inflict_neighbours,
     "free, and so is the block below it"},
    {"the size of the block below", inflict_below,
     "the block below has 224 bytes, it says 208"},
    {"the size of no block below", inflict_bottom,
     "the block below has 0 bytes, it says 32"},
    {"the end of the heap", inflict_end,
     "the end of the heap is 0, expected 0x1"},
    {"what the end says of the block below", inflict_below_end,
     "the block below has * bytes, the end says 8"},
};

/* ---- Callers ----------------------------------------------------------- */

static unsigned char foreign[64];

static void *foreign_block(void)
{
    return foreign;
}

static void *above_heap(void)
{
    return (char *)mem_heap_hi() + 1;
}

static void *below_first(void)
{
    return held[0] - 16;
}

static void *inside(void)
{
    return held[2] + 32;
}

static void *unaligned(void)
{
    return held[2] + 1;
}

static void *freed(void)
{
    return held[3];
}

/* The block below it swallowed it, and is in use now. */
static void *merged_and_used(void)
{
    mm.free(held[2]);
    held[1] = mm.malloc(600);
    return held[2];
}

static void *merged(void)
{
    mm.free(held[2]);
    return held[2];
}

/* So that not even the header is its own any more. */
static void *overwritten(void)
{
    memset(merged_and_used(), 0x5a, 64);
    memset(held[2] - 16, 0x11, 16);
    return held[2];
}

/* A payload that says it is a block, which no neighbour confirms. */
static void *forged(void)
{
    ((size_t *)held[2])[0] = 48;
    ((size_t *)held[2])[1] = 64 | 1;
    return held[2] + 16;
}

/* Another confirms the forged one from above, but none from below. */
static void *forged_pair(void)
{
    ((size_t *)held[2])[8] = 64;
    return forged();
}

static void *unknown_flags(void)
{
    *word(2, -8) |= 8;
    return held[2];
}

static void *overrun(void)
{
    held[2][mm.usable_size(held[2])] ^= 1;
    return held[2];
}

static void *underrun(void)
{
    memset(held[2] - 8, 0xff, 8);
    return held[2];
}

static const struct {
    const char *name;
    void *(*pointer)(void);
    const char *why;
    bool damaged; /* by the caller, before */
} callers[] = {
    {"a foreign block", foreign_block, "it is outside the heap", false},
    {"the break", above_heap, "it is outside the heap", false},
    {"the first header", below_first, "it is outside the heap", false},
    {"a pointer into a payload", inside, "no block begins there", false},
    {"an unaligned pointer", unaligned, "no block begins there", false},
    {"a freed block", freed, "it is free already", false},
    {"a freed and merged block", merged, "it is free already", false},
    {"a freed block in a used one", merged_and_used, "no block begins there",
     false},
    {"the same, overwritten", overwritten, "no block begins there", false},
    {"a forged block", forged, "no block begins there", false},
    {"a pair of forged blocks", forged_pair, "no block begins there", false},
    {"a block with unknown flags", unknown_flags, "it is in a damaged block",
     true},
    {"a block written past its end", overrun, "it is in a damaged block", true},
    {"a block written before its start", underrun, "it is in a damaged block",
     true},
};

static void test_caller(size_t c)
{
    char expected[120];
    hold_blocks();
    void *p = callers[c].pointer();
    stderr_catch();
    mm.free(p);
    snprintf(expected, sizeof expected, "mm_free(%p): refused: %s", p,
             callers[c].why);
    check_str(stderr_release(), expected, label(callers[c].name));
    stderr_catch();
    bool refused = !mm.realloc(p, 5000) && !mm.realloc(p, 0);
    snprintf(expected, sizeof expected, "mm_realloc(%p): refused: %s", p,
             callers[c].why);
    check_str(stderr_release(), expected, label("and to realloc"));
    stderr_catch();
    refused = refused && mm.usable_size(p) == 0;
    stderr_release();
    expect(refused, "and the answers are NULL and 0");
    if (!callers[c].damaged)
        expect(mm.checkheap(__LINE__), "and the heap is sound");
}

static void test_no_heap(void)
{
    fresh_heap();
    check_int((long long)mem_heapsize(), 0, label("there is no heap at first"));
    stderr_catch();
    mm.free(foreign);
    check(strstr(stderr_release(), "outside the heap") != NULL,
          label("free where there is no heap"), "it is not refused");
    expect(mm.checkheap(__LINE__), "no heap is sound");
}

/* ---- The break --------------------------------------------------------- */

static void test_growth(void)
{
    size_t page = mem_pagesize();
    fresh_heap();
    unsigned char *p = mm.malloc(24);
    check_int((long long)mem_heapsize(), (long long)page * 2,
              label("the first block makes a heap with a margin"));
    unsigned char *q = mm.malloc(page);
    check_int((long long)mem_heapsize(), (long long)page * 2,
              label("which serves the next"));
    mm.free(q);
    q = mm.malloc(4 * page);
    check_int(q - p, 48, label("a heap grows from the free block at its top"));
    check_int((long long)mem_heapsize(), (long long)page * 6,
              label("by whole pages, with a margin"));
    check_int((unsigned char *)mm.realloc(q, 9 * page) - q, 0,
              label("the topmost block grows where it is"));
}

/* A heap of three pages: the margin no longer fits, the block does. */
static void test_limit(void)
{
    size_t page = mem_pagesize();
    stderr_catch();
    bool made = mem_create(MEM_RANDOM, 3 * page) && mm.init();
    void *p = mm.malloc(24), *q = mm.malloc(2 * page + 1024);
    size_t size = mem_heapsize();
    void *huge = mm.malloc(2 * page);
    bool sound = mm.checkheap(__LINE__) && size == mem_heapsize();
    void *last = mm.malloc(256);
    sound = sound && mm.checkheap(__LINE__);
    stderr_release();
    expect(made && p && q, "a block that leaves no margin");
    expect(!huge && sound, "a refused break leaves the heap as it is");
    expect(last != NULL, "and smaller blocks are served");
    mem_init();
}

int main(void)
{
    char brk[] = "build/allocators/brk.so";
    mem_init();
    if (load(brk)) {
        header_size = 16;
        test_flips();
        CHECK_DAMAGES(damages);
        for (size_t c = 0; c < sizeof callers / sizeof *callers; c++)
            test_caller(c);
        test_no_heap();
        test_growth();
        test_limit();
    }
    mem_deinit();
    return check_done();
}
