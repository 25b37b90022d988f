/*
 * allocators_test.c - the allocators of the house against the contract
 *
 *     allocators_test [FILE.so]...
 *
 * Without arguments all that were built have to pass the same tests; what one
 * does not define is not tested.
 */
#define _GNU_SOURCE
#include <glob.h>

#include "tests/unit/allocators_help.h"

#ifndef STEPS
#define STEPS 100000 /* random requests to each allocator */
#endif

/* ---- Random requests --------------------------------------------------- */

#define SLOTS 300

static struct slot slots[SLOTS];

static size_t random_size(void)
{
    static const size_t most[] = {24, 64, 64, 128, 128, 512, 512, 4096, 40000};
    return 1 + random_below(most[random_below(sizeof most / sizeof *most)]);
}

/* What is wrong with an answer, or NULL.  refused: mem_sbrk was made to fail.
 */
static const char *judge(const unsigned char *p, size_t size, size_t align,
                         bool refused)
{
    if (!p)
        return refused ? NULL : "NULL though memory was left";
    if ((uintptr_t)p % align)
        return "not aligned";
    if (!inside_heap(p, size))
        return "outside the heap";
    if (mm.usable_size && mm.usable_size((void *)p) < size)
        return "less usable than was asked for";
    return NULL;
}

static const char *random_alloc(struct slot *s)
{
    size_t size = random_size(), align = ALIGNMENT;
    size_t refusals = mem_refusals();
    int kind = (int)random_below(4);
    unsigned char *p;
    if (kind == 0 && mm.memalign) {
        align = (size_t)16 << random_below(9);
        p = mm.memalign(align, size);
    } else if (kind == 1) {
        p = mm.calloc(1, size);
    } else {
        p = mm.malloc(size);
    }
    const char *wrong = judge(p, size, align, mem_refusals() > refusals);
    if (!wrong && p && kind == 1 && !all_zero(p, size))
        wrong = "calloc's memory is not zero";
    if (!wrong && p)
        slot_fill(s, p, size);
    return wrong;
}

/* kept - bytes that are still there after a realloc that returned p. */
static size_t kept(const struct slot *s, size_t size, const void *p)
{
    return p && size < s->size ? size : s->size;
}

static const char *random_realloc(struct slot *s)
{
    size_t size = random_size(), refusals = mem_refusals();
    unsigned char *p = mm.realloc(s->p, size);
    const char *wrong = judge(p, size, ALIGNMENT, mem_refusals() > refusals);
    if (wrong)
        return wrong;
    if (!slot_intact(s, p ? p : s->p, kept(s, size, p)))
        return "realloc lost bytes";
    if (p)
        slot_fill(s, p, size);
    return NULL;
}

static const char *random_request(void)
{
    struct slot *s = &slots[random_below(SLOTS)];
    if (!s->p)
        return random_alloc(s);
    if (!slot_intact(s, s->p, s->size))
        return "a payload was overwritten";
    if (random_below(3) == 0)
        return random_realloc(s);
    mm.free(s->p);
    s->p = NULL;
    return NULL;
}

/* Now and then a request finds that mem_sbrk fails. */
static const char *random_step(size_t i)
{
    if (random_below(64) == 0)
        mem_fail_at(1, random_below(2));
    const char *wrong = random_request();
    mem_fail_at(0, false);
    if (!wrong && i % 64 == 0 && !mm.checkheap(__LINE__))
        wrong = "the checker found damage";
    return wrong;
}

static void test_random(void)
{
    size_t steps = !mm.traits.forgets ? STEPS : STEPS / 10;
    const char *wrong = fresh_heap() ? NULL : "mm_init failed";
    memset(slots, 0, sizeof slots);
    size_t i = 0;
    stderr_catch();
    for (; i < steps && !wrong; i++)
        wrong = random_step(i);
    for (size_t s = 0; s < SLOTS && !wrong; s++)
        mm.free(slots[s].p);
    bool sound = mm.checkheap(__LINE__);
    stderr_release();
    check(!wrong, label("random requests"), "request %zu: %s", i, wrong);
    expect(sound, "the heap is sound when all is freed");
}

/* ---- The corners of the contract --------------------------------------- */

static void test_corners(void)
{
    expect(fresh_heap(), "mm_init");
    expect(mm.checkheap(__LINE__), "an empty heap is sound");
    expect(mm.malloc(0) == NULL, "malloc(0) is NULL");
    expect(mm.calloc(0, 8) == NULL && mm.calloc(8, 0) == NULL,
           "calloc of nothing is NULL");
    mm.free(NULL);
    expect(mm.checkheap(__LINE__), "free(NULL) does nothing");
    void *p = mm.realloc(NULL, 100);
    expect(p != NULL, "realloc(NULL, n) is malloc(n)");
    expect(mm.realloc(p, 0) == NULL, "realloc(p, 0) is NULL");
    if (!mm.traits.forgets)
        expect(mm.malloc(100) == p, "realloc(p, 0) frees");
    expect(mm.realloc(NULL, 0) == NULL, "realloc(NULL, 0) is NULL");
    expect(mm.checkheap(__LINE__), "the heap is sound after that");
}

static bool is_refused(size_t size, struct slot *s)
{
    bool refused = !mm.malloc(size) && !mm.calloc(1, size) &&
                   !mm.calloc(size, 1) && !mm.realloc(s->p, size);
    if (mm.memalign)
        refused = refused && !mm.memalign(64, size) && !mm.memalign(1, size);
    return refused && mm.checkheap(__LINE__);
}

static void test_huge(void)
{
    fresh_heap();
    struct slot s;
    slot_fill(&s, mm.malloc(1000), 1000);
    bool refused = true;
    stderr_catch();
    for (size_t below = 0; below < 100; below++)
        refused = refused && is_refused(SIZE_MAX - below, &s);
    for (size_t near = 0; near < 100; near++)
        for (int bit = 41; bit < 64; bit++)
            refused = refused && is_refused(((size_t)1 << bit) - 50 + near, &s);
    bool overflow = !mm.calloc(SIZE_MAX / 2, 3) &&
                    !mm.calloc((size_t)1 << 32, (size_t)1 << 32) &&
                    !mm.calloc(SIZE_MAX, SIZE_MAX);
    stderr_release();
    expect(refused, "impossible sizes are NULL");
    expect(overflow, "calloc whose product overflows is NULL");
    expect(slot_intact(&s, s.p, s.size), "and nothing else is touched");
}

static void test_terabyte(void)
{
    const size_t half = (size_t)1 << 39;
    if (mem_limit() < half + half / 2 || under_valgrind()) {
        puts("# no address space for a block of 2^39 bytes");
        return;
    }
    fresh_heap();
    unsigned char *p = mm.malloc(half);
    if (!expect(p || mm.traits.cramped, "a block of 2^39 bytes") || !p)
        return;
    p[0] = 1;
    p[half - 1] = 2;
    if (!mm.traits.moves)
        expect(mm.realloc(p, half + 4096) == p, "which grows where it is");
    expect(p[0] == 1 && p[half - 1] == 2, "with its bytes kept");
    mm.free(p);
    expect(mm.checkheap(__LINE__), "sound with 2^39 bytes free");
}

static void test_zeroed(void)
{
    fresh_heap();
    bool zero = true;
    for (size_t size = 1; size < 3000; size += 41) {
        unsigned char *p = mm.malloc(size);
        memset(p, 0xff, size);
        mm.free(p);
        p = mm.calloc(size, 1);
        zero = zero && p && all_zero(p, size);
        mm.free(p);
    }
    expect(zero, "calloc zeroes memory that was used before");
}

/* All state is reset, and no byte of the heap is believed to be zero. */
static void test_again(void)
{
    bool good = true;
    for (int byte = 0; byte < 256; byte += 51) {
        mem_reset_brk();
        memset(mem_sbrk(1 << 16), byte, 1 << 16);
        good = fresh_heap() && mm.checkheap(__LINE__) && good;
        unsigned char *p = mm.calloc(1, 5000), *q = mm.malloc(100);
        good = good && p && q && all_zero(p, 5000);
        mm.free(p);
        good = good && mm.checkheap(__LINE__);
    }
    expect(good, "mm_init again, in dirty memory");
}

/* ---- Out of memory ----------------------------------------------------- */

#define OOM_BLOCKS 24

/* A script of requests.  Those that got no memory leave their slot as it was.
 */
static bool oom_script(void)
{
    static const size_t sizes[] = {24, 200, 3000, 64, 5000, 1};
    struct slot s[OOM_BLOCKS] = {0};
    bool good = true;
    for (size_t i = 0; i < OOM_BLOCKS; i++) {
        size_t size = sizes[i % 6];
        void *p = i % 2 ? mm.malloc(size) : mm.calloc(size, 1);
        if (p)
            slot_fill(&s[i], p, size);
        struct slot *r = &s[i / 2];
        size = sizes[i % 5] + 100 * i;
        p = mm.realloc(r->p, size);
        good = good && slot_intact(r, p ? p : r->p, kept(r, size, p));
        if (p)
            slot_fill(r, p, size);
        good = good && mm.checkheap(__LINE__);
    }
    for (size_t i = 0; i < OOM_BLOCKS; i++) {
        good = good && slot_intact(&s[i], s[i].p, s[i].size);
        mm.free(s[i].p);
    }
    return good && mm.checkheap(__LINE__);
}

/* Fail the first call of mem_sbrk, then the second ... until none fails. */
static void test_out_of_memory(bool for_ever, const char *name)
{
    bool good = true, refused = true;
    size_t k = 0;
    stderr_catch();
    while (refused && good) {
        mem_reset_brk();
        size_t refusals = mem_refusals();
        mem_fail_at(++k, for_ever);
        good = mm.init() ? oom_script() : k == 1;
        refused = mem_refusals() > refusals;
    }
    mem_fail_at(0, false);
    stderr_release();
    check(good && k > 5, label(name), "broken when call %zu of mem_sbrk fails",
          k);
}

/* ---- Memory that is short ---------------------------------------------- */

#define TAKEN_MOST 2048 /* blocks: 64 KiB in pieces of 32 bytes */

static struct slot taken[TAKEN_MOST];

/* take - a block of size bytes in *s, or none if there was no memory for it.
 *     Returns what is wrong, or NULL. */
static const char *take(struct slot *s, size_t size)
{
    size_t refusals = mem_refusals();
    unsigned char *p = mm.malloc(size);
    const char *wrong = judge(p, size, ALIGNMENT, mem_refusals() > refusals);
    *s = (struct slot){0};
    if (p && !wrong)
        slot_fill(s, p, size);
    return wrong;
}

/* give_back - check the first count blocks taken, then free them. */
static const char *give_back(size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!slot_intact(&taken[i], taken[i].p, taken[i].size))
            return "a payload was overwritten";
    if (!mm.checkheap(__LINE__))
        return "the checker found damage";
    for (size_t i = 0; i < count; i++)
        mm.free(taken[i].p);
    return mm.checkheap(__LINE__) ? NULL : "damaged when all was freed";
}

/* One large block, so that memory is asked for by the kilobyte, then small
 * ones. */
static const char *short_of_memory(size_t k, bool for_ever)
{
    const size_t small = 600;
    if (!fresh_heap())
        return "mm_init failed";
    mem_fail_at(k, for_ever);
    const char *wrong = take(&taken[0], 100000);
    for (size_t i = 1; i <= small && !wrong; i++)
        wrong = take(&taken[i], 48);
    mem_fail_at(0, false);
    return wrong ? wrong : give_back(small + 1);
}

static void test_short_of_memory(bool for_ever, const char *name)
{
    const char *wrong = NULL;
    size_t k = 0;
    stderr_catch();
    while (k < 400 && !wrong)
        wrong = short_of_memory(++k, for_ever);
    stderr_release();
    check(!wrong, label(name), "when call %zu of mem_sbrk fails: %s", k, wrong);
}

/* Take blocks until there is no memory; their number goes to *count. */
static const char *fill_heap(const size_t *sizes, size_t *count)
{
    const char *wrong = NULL;
    size_t n = 0;
    while (n < TAKEN_MOST && !(wrong = take(&taken[n], sizes[n % 8])))
        if (!taken[n++].p)
            break;
    *count = n;
    return wrong;
}

static const size_t small_sizes[8] = {48, 48, 48, 48, 48, 48, 48, 48};
static const size_t mixed_sizes[8] = {48, 16, 200, 80, 1, 500, 64, 1000};

/* most - the largest block that a request may take. */
static size_t most(size_t size)
{
    return size + size * mm.traits.rounding / 100 + 32;
}

/* What is wrong with a heap of limit bytes that is filled, emptied and filled
 * again. */
static const char *full_heap(size_t limit, const size_t *sizes)
{
    size_t first = 0, again = 0;
    if (!mem_create(MEM_RANDOM, limit) || !mm.init())
        return "no heap";
    const char *wrong = fill_heap(sizes, &first);
    size_t refused = sizes[(first - 1) % 8], unused = limit - mem_heapsize();
    if (!wrong)
        wrong = give_back(first);
    if (!wrong)
        wrong = fill_heap(sizes, &again);
    if (!wrong)
        wrong = give_back(again);
    if (!wrong && unused >= most(refused) + mm.traits.step)
        return "refused though the heap could grow";
    if (mm.traits.parts)
        first -= first / 8;
    if (!wrong && !mm.traits.forgets && again < first)
        return "less finds room when all was freed";
    return wrong;
}

static void test_full_heap(const size_t *sizes, const char *name)
{
    const char *wrong = NULL;
    size_t limit = 4096;
    stderr_catch();
    for (; limit <= 65536; limit += 208)
        if ((wrong = full_heap(limit, sizes)))
            break;
    stderr_release();
    mem_init();
    check(!wrong, label(name), "with %zu bytes: %s", limit, wrong);
}

/* ---- What is optional -------------------------------------------------- */

static void test_memalign(void)
{
    if (!mm.memalign)
        return;
    fresh_heap();
    const char *wrong = NULL;
    for (size_t align = 1; align <= 1 << 20 && !wrong; align *= 2)
        for (size_t size = 1; size < 300 && !wrong; size += 23) {
            unsigned char *p = mm.memalign(align, size);
            wrong = judge(p, size, align < 16 ? 16 : align, false);
            if (!wrong)
                memset(p, 0xff, size);
            if (size % 2)
                mm.free(p);
        }
    check(!wrong, label("memalign"), "%s", wrong);
    expect(mm.checkheap(__LINE__), "the heap is sound after memalign");
    expect(!mm.memalign(24, 8) && !mm.memalign(0, 8),
           "memalign to what is no power of two is NULL");
    expect(!mm.memalign(8, 0) && !mm.memalign(64, 0),
           "memalign of nothing is NULL");
    if (mm.traits.forgets)
        return;
    fresh_heap();
    mm.free(mm.memalign(256, 1000));
    size_t size = mem_heapsize();
    for (int i = 0; i < 100; i++)
        mm.free(mm.memalign(256, 1000));
    check_int((long long)mem_heapsize(), (long long)size,
              label("memalign leaves nothing behind"));
}

static struct {
    char *next; /* where the next block must begin; NULL: the first */
    size_t live;
    bool tiles;
} walked;

static void walk_visit(void *block, size_t size, bool live)
{
    walked.tiles = walked.tiles && size > 0 &&
                   (block == walked.next || (!walked.next && block));
    walked.next = (char *)block + size;
    walked.live += live;
}

static void test_walk(void)
{
    if (!mm.walk)
        return;
    fresh_heap();
    void *p[100];
    for (size_t i = 0; i < 100; i++)
        p[i] = mm.malloc(500 - i * 5);
    for (size_t i = 0; i < 100; i += 3)
        mm.free(p[i]);
    walked.next = NULL;
    walked.live = 0;
    walked.tiles = true;
    mm.walk(walk_visit);
    expect(walked.tiles, "mm_walk's blocks tile the heap");
    expect((char *)mem_heap_hi() + 1 - walked.next <= 16,
           "mm_walk goes to the end of the heap");
    check_int((long long)walked.live, mm.traits.collects ? 100 : 66,
              label("mm_walk finds what is live"));
}

static void test_usable(void)
{
    fresh_heap();
    bool good = true;
    for (size_t size = 1; size < 400; size++) {
        unsigned char *p = mm.malloc(size);
        memset(p, 0xff, mm.usable_size(p));
        good = good && mm.usable_size(p) < most(size);
    }
    expect(good, "mm_usable_size is what was asked for, rounded up");
    expect(mm.checkheap(__LINE__), "and all of it may be used");
}

/* ---- Everything -------------------------------------------------------- */

static void test_contract(void)
{
    test_corners();
    test_huge();
    test_terabyte();
    test_zeroed();
    test_again();
    test_out_of_memory(false, "one call of mem_sbrk fails");
    test_out_of_memory(true, "all calls of mem_sbrk fail from one on");
    test_short_of_memory(false, "small blocks when one call fails");
    test_short_of_memory(true, "small blocks when all calls fail");
    test_full_heap(small_sizes, "full heaps of small blocks");
    test_full_heap(mixed_sizes, "full heaps of mixed blocks");
    test_memalign();
    test_walk();
    test_usable();
    test_random();
}

static void test_allocator(char *path)
{
    mem_init();
    if (load(path))
        test_contract();
    mem_deinit();
}

int main(int argc, char **argv)
{
    glob_t ours = {0};
    for (int i = 1; i < argc; i++)
        test_allocator(argv[i]);
    if (argc < 2 && glob("build/allocators/*.so", 0, NULL, &ours) == 0)
        for (size_t i = 0; i < ours.gl_pathc; i++)
            test_allocator(ours.gl_pathv[i]);
    if (argc < 2)
        globfree(&ours);
    return check_done();
}
