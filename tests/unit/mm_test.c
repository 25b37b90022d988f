/*
 * mm_test.c - what mm.c promises beyond the contract
 */
#define _GNU_SOURCE
#include "tests/unit/allocators_help.h"

#define UNIT    16
#define SPAN    64           /* units whose marks stand together */
#define SEGMENT (256 * 1024) /* bytes whose marks do */

static void test_growth(void)
{
    fresh_heap();
    struct slot s;
    slot_fill(&s, mm.malloc(1000), 1000);
    size_t before = mem_heapsize();
    unsigned char *p = mm.realloc(s.p, 1100);
    expect(p == s.p, "realloc at the top grows in place");
    check_int((long long)(mem_heapsize() - before), 96,
              label("and by the difference alone"));
    void *q = mm.malloc(500), *wall = mm.malloc(100);
    mm.free(q);
    expect(mm.realloc(p, 1500) == p, "realloc grows into a free block");
    expect(mm.realloc(p, 300) == p, "realloc shrinks in place");
    expect(mm.malloc(1100) == (char *)p + 304, "and frees the rest");
    expect(slot_intact(&s, p, 300), "with the bytes kept");
    mm.free(wall);
    expect(mm.checkheap(__LINE__), "and the heap sound");
}

static void test_move(void)
{
    fresh_heap();
    void *low = mm.malloc(500);
    struct slot s;
    slot_fill(&s, mm.malloc(1000), 1000);
    void *wall = mm.malloc(200);
    mm.free(low);
    unsigned char *p = mm.realloc(s.p, 1400);
    expect(p && slot_intact(&s, p, 1000), "realloc that moves keeps the bytes");
    expect(wall && mm.checkheap(__LINE__), "and the heap sound");
    expect(mm.malloc(1500) == low, "and what it left merges");
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

/* ---- Blocks without headers -------------------------------------------- */

static void test_no_headers(void)
{
    enum { COUNT = 15000 };
    fresh_heap();
    char *low = mm.malloc(1), *p = low;
    bool adjacent = true;
    for (size_t i = 1; i < COUNT; i++) {
        char *next = mm.malloc(1 + i % UNIT);
        adjacent = adjacent && next == p + UNIT && mm.usable_size(p) == UNIT;
        p = next;
    }
    expect(adjacent, "blocks of a unit stand side by side");
    size_t most = COUNT * UNIT * 104 / 100;
    check(mem_heapsize() <= most, label("and cost 16 bytes, and marks"),
          "expected at most %zu bytes, found %zu", most, mem_heapsize());
}

/* resized - what is wrong with a block that was given another size. */
static const char *resized(struct slot *s, size_t units)
{
    size_t bytes = units * UNIT, kept = s->size < bytes ? s->size : bytes;
    unsigned char *p = mm.realloc(s->p, bytes);
    if (!p || mm.usable_size(p) != bytes)
        return "its size is not that";
    if (!slot_intact(s, p, kept))
        return "it lost bytes";
    slot_fill(s, p, bytes);
    return mm.checkheap(__LINE__) ? NULL : "the heap is broken";
}

/* stretched - what is wrong with a block of so many units, above others of
 *     `below` units in all, that becomes shorter and longer. */
static const char *stretched(size_t below, size_t units)
{
    static const size_t sizes[] = {1, 128, 129, 130, 64, 192, 193, 300};
    struct slot s, wall;
    const char *wrong = NULL;
    fresh_heap();
    void *low = below > 8 ? mm.malloc((below - 8) * UNIT) : NULL;
    void *gap = mm.malloc((below > 8 ? 8 : below) * UNIT);
    slot_fill(&s, mm.malloc(units * UNIT), units * UNIT);
    slot_fill(&wall, mm.malloc(200), 200);
    if (mm.usable_size(s.p) != units * UNIT)
        return "its size is not that";
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes && !wrong; i++) {
        wrong = resized(&s, sizes[i]);
        if (i == 3)
            mm.free(gap);
    }
    if (!wrong && !slot_intact(&wall, wall.p, wall.size))
        wrong = "the block above it was overwritten";
    mm.free(s.p);
    mm.free(low);
    return wrong ? wrong : mm.checkheap(__LINE__) ? NULL : "damaged when freed";
}

/* Where the first unit is, of the 64 whose marks stand together, and whether
 * the size is still read off the marks. */
static void test_long_blocks(void)
{
    static const size_t sizes[] = {127, 128, 129, 130, 191, 192, 193, 257};
    const char *wrong = NULL;
    size_t below, i = 0;
    for (below = 1; below <= SPAN && !wrong; below++)
        for (i = 0; i < sizeof sizes / sizeof *sizes && !wrong; i++)
            wrong = stretched(below, sizes[i]);
    check(!wrong, label("long blocks"), "of %zu units above %zu: %s",
          sizes[i - !!i], below - 1, wrong);
}

/* Before and beyond where another's marks begin. */
static void test_segments(void)
{
    static const size_t sizes[] = {1, 2, 40, 65, 129, 300};
    const char *wrong = NULL;
    size_t below, i = 0;
    for (below = SEGMENT / UNIT - 310; !wrong; below += 7) {
        for (i = 0; i < sizeof sizes / sizeof *sizes && !wrong; i++)
            wrong = stretched(below, sizes[i]);
        if (below > SEGMENT / UNIT + 10)
            break;
    }
    check(!wrong, label("blocks at the end of a segment"),
          "of %zu units above %zu: %s", sizes[i - !!i], below, wrong);
}

/* cut_up - what is wrong with a block of so many units, freed or shortened, off
 *     which others are cut, from which it is freed again. */
static const char *cut_up(size_t units, bool shorten)
{
    enum { PARTS = 40 };
    struct slot parts[PARTS];
    void *giant = mm.malloc(units * UNIT), *wall = mm.malloc(2000);
    if (!giant || mm.usable_size(giant) != units * UNIT)
        return "its size is not that";
    if (!shorten)
        mm.free(giant);
    else if (mm.realloc(giant, units / 2 * UNIT) != giant)
        return "it moved";
    for (size_t i = 0; i < PARTS; i++)
        slot_fill(&parts[i], mm.malloc(i * i * 50 + 1), i * i * 50 + 1);
    if (!mm.checkheap(__LINE__))
        return "the heap is broken when some of it is used";
    for (size_t i = 0; i < PARTS; i++) {
        struct slot *s = &parts[i * 7 % PARTS];
        if (!slot_intact(s, s->p, s->size))
            return "a block cut off it was overwritten";
        mm.free(s->p);
    }
    mm.free(wall);
    if (shorten)
        mm.free(giant);
    return mm.checkheap(__LINE__) ? NULL : "the heap is broken";
}

/* Around 2^24 units, from where on there may be any marks inside of a block:
 * above a few others, and in what the same left. */
static void test_giants(void)
{
    const size_t limit = (size_t)1 << 24;
    const size_t sizes[] = {limit - 1,   limit,          limit + 1,
                            limit + 200, 2 * limit + 77, 5 * limit};
    for (int k = 0; k < 4; k++) {
        const char *wrong = NULL;
        size_t i = 0;
        for (fresh_heap(); i < sizeof sizes / sizeof *sizes && !wrong; i++) {
            mm.malloc(k / 2 ? 5 * SEGMENT : 1000);
            wrong = cut_up(sizes[i], k % 2);
        }
        check(!wrong, label(k % 2 ? "giants that are shortened" : "giants"),
              "of %zu units: %s", sizes[i - !!i], wrong);
    }
}

/* And wherever the giant begins and ends in a word of marks, whatever is left
 * of it. */
static void test_giant_ends(void)
{
    const size_t limit = (size_t)1 << 24;
    bool sound = true;
    for (size_t i = 0; i < SPAN && sound; i++) {
        fresh_heap();
        mm.malloc(i % 7 * 9 * UNIT + UNIT);
        void *giant = mm.malloc((limit + i) * UNIT), *wall = mm.malloc(2000);
        mm.free(giant);
        for (size_t cut = 1; cut < 5 && sound; cut++) {
            void *p = mm.malloc((limit + i - cut * cut * 40) * UNIT);
            sound = p == giant && mm.checkheap(__LINE__);
            mm.free(p);
            sound = sound && mm.checkheap(__LINE__);
        }
        mm.free(wall);
        sound = sound && mm.checkheap(__LINE__);
    }
    expect(sound, "giants that are cut near their end");
}

/* ---- What the heap knows of itself ------------------------------------- */

/* A block grows step by step, above one of low bytes. */
static void test_crawl(size_t low, const char *name)
{
    enum { MOST = 1 << 20, STEP = 128 };
    fresh_heap();
    if (low)
        mm.malloc(low);
    struct slot s;
    slot_fill(&s, mm.malloc(STEP), STEP);
    size_t moved = 0, size = STEP;
    for (; size < MOST; size += STEP) {
        unsigned char *p = mm.realloc(s.p, size + STEP);
        moved += p != s.p;
        s.p = p;
        if (size % 65536 == 0 && !mm.checkheap(__LINE__))
            break;
    }
    check(size == MOST, label(name), "the heap is broken with %zu bytes", size);
    check_int((long long)moved, 0, label("it stays where it is"));
    expect(slot_intact(&s, s.p, STEP), "with its bytes");
    size_t most = (low + MOST) / 100 * 105;
    check(mem_heapsize() <= most, label("and takes no more than it must"),
          "expected at most %zu bytes, found %zu", most, mem_heapsize());
}

/* The ledger stands where the heap first became large. */
static void test_way(void)
{
    struct slot s;
    fresh_heap();
    slot_fill(&s, mm.malloc(2 * SEGMENT), 2 * SEGMENT);
    void *above = mm.malloc(1000);
    mm.free(above);
    unsigned char *p = mm.realloc(s.p, 8 * SEGMENT);
    expect(p == s.p, "a large block grows over what the heap knows of itself");
    expect(slot_intact(&s, p, s.size), "with its bytes");
    check(mem_heapsize() <= 8 * SEGMENT / 100 * 103, label("for some per cent"),
          "of %d bytes, found %zu", 8 * SEGMENT, mem_heapsize());
    expect(mm.checkheap(__LINE__), "and the heap is sound");
}

/* ---- What waits -------------------------------------------------------- */

#define SMALL 20000

static void *small[SMALL];

/* Every eighth block is freed first, in no order, then all others. */
static void free_small(size_t count, size_t bytes)
{
    fresh_heap();
    for (size_t i = 0; i < count; i++)
        small[i] = mm.malloc(bytes);
    for (size_t i = 0; i < count / 8; i++)
        mm.free(small[i * 1009 % (count / 8) * 8]);
    for (size_t i = 0; i < count; i++)
        if (i % 8)
            mm.free(small[i]);
}

/* That part of them can be had as one block.  What stands between them goes to
 * the end of the heap. */
static void merges(size_t count, size_t bytes, size_t percent)
{
    free_small(count, bytes);
    size_t before = mem_heapsize();
    bool sound = mm.checkheap(__LINE__);
    void *p = mm.malloc(count * bytes / 100 * percent);
    char what[80];
    snprintf(what, sizeof what, "%zu freed blocks of %zu bytes are merged",
             count, bytes);
    check(p && mem_heapsize() - before <= before / 50, label(what),
          "the heap grew from %zu to %zu bytes", before, mem_heapsize());
    expect(sound && mm.checkheap(__LINE__), "and the heap is sound");
}

/* In a large heap they lie on both sides of its ledger. */
static void test_waiting(void)
{
    for (size_t bytes = 16; bytes <= 96; bytes += 16)
        merges(2600, bytes, 95);
    merges(SMALL, 96, 80);
}

static void test_last_resort(void)
{
    free_small(SMALL, 16);
    stderr_catch();
    mem_fail_at(1, true);
    void *p = mm.malloc(1024);
    mem_fail_at(0, false);
    stderr_release();
    expect(p, "all of them, if the heap cannot grow");
    expect(mm.checkheap(__LINE__), "and it is sound");
}

/* ---- memalign ---------------------------------------------------------- */

static void test_memalign(void)
{
    bool good = true;
    for (size_t align = 1; align <= 65536; align *= 2)
        for (size_t size = 1; size < 5000; size += size / 2 + 7) {
            fresh_heap();
            void *low = mm.malloc(align % 7 * 16 + 1);
            char *p = mm.memalign(align, size), *above = mm.malloc(40);
            good = good && (uintptr_t)p % align == 0 &&
                   mm.usable_size(p) == (size + UNIT - 1) / UNIT * UNIT;
            memset(p, 0xff, size);
            good = good && mm.checkheap(__LINE__);
            mm.free(low);
            mm.free(p);
            mm.free(above);
            good = good && mm.checkheap(__LINE__);
        }
    expect(good, "aligned blocks have no more than their size");
    fresh_heap();
    mm.malloc(16);
    mm.memalign(65536, 1000);
    size_t before = mem_heapsize(), gaps = 0;
    while (mm.malloc(1000) && mem_heapsize() == before)
        gaps++;
    check(gaps >= 60, label("what lies before and after them is free"),
          "expected 60 or more blocks, found %zu", gaps);
}

/* ---- When mem_sbrk fails ----------------------------------------------- */

#define SLOTS 64

static struct slot slots[SLOTS];

/* Of all kinds, so that the heap grows for each reason. */
static unsigned char *request(size_t i, struct slot *s, size_t *size)
{
    static const size_t sizes[] = {16, 48, 4000, 90, 24, 15000, 300, 70000};
    *size = sizes[i % 8] + i * 16;
    if (s->p)
        return mm.realloc(s->p, *size += s->size);
    if (i % 11 == 5)
        return mm.memalign(4096, *size);
    return i % 3 ? mm.malloc(*size) : mm.calloc(1, *size);
}

static const char *as_they_were(void)
{
    for (struct slot *s = slots; s < slots + SLOTS; s++)
        if (s->p &&
            (!slot_intact(s, s->p, s->size) ||
             mm.usable_size(s->p) != (s->size + UNIT - 1) / UNIT * UNIT))
            return "a block is not as it was";
    return mm.checkheap(__LINE__) ? NULL : "the heap is broken";
}

/* One request, which is made again if there is no block because mem_sbrk
 * failed. */
static const char *one_request(size_t i, bool *refused)
{
    struct slot *s = &slots[i * 7 % SLOTS];
    size_t size, failures = mem_failures();
    unsigned char *p = request(i, s, &size);
    *refused = *refused || mem_failures() > failures;
    if (!p && mem_failures() > failures) {
        const char *wrong = as_they_were();
        if (wrong)
            return wrong;
        p = request(i, s, &size);
    }
    if (!p || (s->p && !slot_intact(s, p, s->size)))
        return "no block, or another";
    slot_fill(s, p, size);
    return NULL;
}

static const char *all_requests(size_t k, bool *refused)
{
    const char *wrong = NULL;
    memset(slots, 0, sizeof slots);
    fresh_heap();
    mem_fail_at(k, false);
    for (size_t i = 0; i < 3 * SLOTS && !wrong; i++) {
        wrong = one_request(i, refused);
        if (i % 5 == 4) {
            mm.free(slots[i * 3 % SLOTS].p);
            slots[i * 3 % SLOTS] = (struct slot){0};
        }
    }
    return wrong ? wrong : as_they_were();
}

static void test_failures(void)
{
    const char *wrong = NULL;
    bool refused = true;
    size_t k = 0;
    stderr_catch();
    for (; refused && !wrong; refused = refused && !wrong) {
        refused = false;
        wrong = all_requests(++k, &refused);
    }
    stderr_release();
    check(!wrong, label("a request that fails leaves all as it was"),
          "call %zu of mem_sbrk: %s", k, wrong);
    check(k > 20, label("wherever it fails"), "only %zu calls", k);
}

int main(void)
{
    char path[] = "build/allocators/mm.so";
    mem_init();
    if (load(path)) {
        test_growth();
        test_move();
        test_binary();
        test_no_headers();
        test_long_blocks();
        test_segments();
        test_giants();
        test_giant_ends();
        test_crawl(0, "a block that grows alone");
        test_crawl(5000, "a block that grows above another");
        test_crawl(2 * SEGMENT, "a block that grows in a large heap");
        test_way();
        test_waiting();
        test_last_resort();
        test_memalign();
        test_failures();
    }
    mem_deinit();
    return check_done();
}
