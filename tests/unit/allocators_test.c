/*
 * allocators_test.c - the allocators of the house against the simulated heap
 *
 *     allocators_test [FILE.so]...
 *
 * Each is loaded as the driver does it (memlib's functions are exported by
 * this program: link with -rdynamic) and has to pass the same tests; what it
 * does not define is not tested.  Its checker has to find planted damage.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <libgen.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "config.h"
#include "memlib.h"
#include "mm.h"
#include "tests/check.h"

#ifndef STEPS
#define STEPS 100000 /* random requests to each allocator */
#endif

static struct {
    const char *name; /* "mm" */
    bool reuses;      /* memory that was freed */
    bool (*init)(void);
    void *(*malloc)(size_t);
    void (*free)(void *);
    void *(*realloc)(void *, size_t);
    void *(*calloc)(size_t, size_t);
    bool (*checkheap)(int);
    void *(*memalign)(size_t, size_t);
    size_t (*usable_size)(void *);
    void (*walk)(mm_visitor *);
} mm;

/* label - "mm: what", valid until the next call. */
static const char *label(const char *what)
{
    static char text[160];
    snprintf(text, sizeof text, "%s: %s", mm.name, what);
    return text;
}

static bool expect(bool good, const char *what)
{
    return check(good, label(what), "it is not so");
}

static bool fresh_heap(void)
{
    mem_reset_brk();
    mem_fail_at(0, false);
    return mm.init();
}

/* ---- What is said on stderr -------------------------------------------- */

static int stderr_kept = -1;
static FILE *stderr_caught;

static void stderr_catch(void)
{
    stderr_caught = tmpfile();
    stderr_kept = dup(STDERR_FILENO);
    dup2(fileno(stderr_caught), STDERR_FILENO);
}

/* The first line that was said since then, without its end. */
static const char *stderr_release(void)
{
    static char line[256];
    dup2(stderr_kept, STDERR_FILENO);
    close(stderr_kept);
    rewind(stderr_caught);
    if (!fgets(line, sizeof line, stderr_caught))
        line[0] = '\0';
    line[strcspn(line, "\n")] = '\0';
    fclose(stderr_caught);
    return line;
}

/* ---- Blocks whose bytes are known -------------------------------------- */

struct slot {
    unsigned char *p;
    size_t size;
    unsigned char key;
};

static void slot_fill(struct slot *s, void *p, size_t size)
{
    static unsigned char key;
    *s = (struct slot){p, size, key += 7};
    for (size_t i = 0; i < size; i++)
        s->p[i] = (unsigned char)(s->key + i * 31);
}

/* Whether its first bytes, now at p, are as they were filled. */
static bool slot_intact(const struct slot *s, const unsigned char *p,
                        size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        if (p[i] != (unsigned char)(s->key + i * 31))
            return false;
    return true;
}

static bool all_zero(const unsigned char *p, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        if (p[i])
            return false;
    return true;
}

static bool inside_heap(const unsigned char *p, size_t size)
{
    const unsigned char *lo = mem_heap_lo();
    return p >= lo && size <= mem_heapsize() &&
           (size_t)(p - lo) <= mem_heapsize() - size;
}

/* ---- Random requests --------------------------------------------------- */

#define SLOTS 300

static struct slot slots[SLOTS];

static uint64_t random_bits(void)
{
    static uint64_t x = 88172645463325252;
    x ^= x << 13;
    x ^= x >> 7;
    return x ^= x << 17;
}

static size_t random_below(size_t n)
{
    return (random_bits() >> 16) % n;
}

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
    size_t steps = mm.reuses ? STEPS : STEPS / 10;
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
    if (mm.reuses)
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

/* valgrind keeps books on each page of a block, touched or not: gigabytes. */
static bool under_valgrind(void)
{
    const char *preloaded = getenv("LD_PRELOAD");
    return preloaded && strstr(preloaded, "vgpreload");
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
    if (!expect(p != NULL, "a block of 2^39 bytes"))
        return;
    p[0] = 1;
    p[half - 1] = 2;
    if (strcmp(mm.name, "implicit") != 0) /* that one would move it */
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

/* What is wrong with a heap of limit bytes that is filled, emptied and filled
 * again.  32: the most that a block is larger than what is asked for. */
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
    if (!wrong && unused >= refused + 32)
        return "refused though the heap could grow";
    if (!wrong && mm.reuses && again < first)
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
    if (!mm.reuses)
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
    char *next; /* where the next block must begin */
    size_t live;
    bool tiles;
} walked;

static void walk_visit(void *block, size_t size, bool live)
{
    walked.tiles = walked.tiles && block == walked.next && size > 0;
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
    walked.next = (char *)mem_heap_lo() + 8;
    walked.live = 0;
    walked.tiles = true;
    mm.walk(walk_visit);
    expect(walked.tiles, "mm_walk's blocks tile the heap");
    check_int((char *)mem_heap_hi() + 1 - walked.next, 8,
              label("mm_walk goes to the end of the heap"));
    check_int((long long)walked.live, 66, label("mm_walk finds what is live"));
}

static void test_usable(void)
{
    fresh_heap();
    bool good = true;
    for (size_t size = 1; size < 400; size++) {
        unsigned char *p = mm.malloc(size);
        memset(p, 0xff, mm.usable_size(p));
        good = good && mm.usable_size(p) - size < 32;
    }
    expect(good, "mm_usable_size is what was asked for, rounded up");
    expect(mm.checkheap(__LINE__), "and all of it may be used");
}

/* ---- Single bits of damage --------------------------------------------- */

#define HELD 9

static unsigned char *held[HELD];

/* Blocks 1, 3 and 5 are free and of one size, 7 is larger. */
static void hold_blocks(void)
{
    fresh_heap();
    for (size_t i = 0; i < HELD; i++) {
        held[i] = mm.malloc(i == 7 ? 1100 : 200);
        memset(held[i], 0xa5, mm.usable_size(held[i]));
    }
    for (size_t i = 1; i < HELD; i += 2)
        mm.free(held[i]);
}

static size_t *word(size_t block, ptrdiff_t offset)
{
    return (size_t *)(held[block] + offset);
}

/* Flip each bit of it in turn: the checker must see it, and live. */
static size_t flips_missed(size_t *at)
{
    size_t missed = 0;
    for (int bit = 0; bit < 64; bit++) {
        *at ^= (size_t)1 << bit;
        missed += mm.checkheap(__LINE__);
        *at ^= (size_t)1 << bit;
    }
    return missed;
}

static void test_flips(void)
{
    bool is_mm = strcmp(mm.name, "mm") == 0;
    hold_blocks();
    size_t missed = 0;
    stderr_catch();
    for (size_t i = 0; i < HELD; i++) {
        bool is_free = i % 2;
        ptrdiff_t footer = (ptrdiff_t)mm.usable_size(held[i]) - (is_mm ? 8 : 0);
        missed += flips_missed(word(i, -8));
        if (mm.reuses && (is_free || !is_mm))
            missed += flips_missed(word(i, footer));
        if (is_mm && is_free)
            missed += flips_missed(word(i, 0)) + flips_missed(word(i, 8));
    }
    bool sound = mm.checkheap(__LINE__);
    const char *said = stderr_release();
    check_int((long long)missed, 0, label("each flipped bit is found"));
    expect(strncmp(said, "mm_checkheap(", 13) == 0, "and reported");
    expect(sound, "and none is left");
}

/* ---- Damage with a name ------------------------------------------------ */

/* Do it, and return what the checker is to say of which block. */
struct damage {
    const char *name;
    size_t (*inflict)(void); /* the block it will be noticed at */
    const char *message;
};

static size_t inflict_size(void)
{
    *word(2, -8) += 1 << 20;
    return 2;
}

static size_t inflict_small_size(void)
{
    *word(2, -8) = *word(2, -8) % 16 + 16;
    return 2;
}

static size_t inflict_flags(void)
{
    *word(2, -8) |= 8;
    return 2;
}

static size_t inflict_free(void)
{
    *word(2, -8) &= ~(size_t)1;
    return 2;
}

static size_t inflict_used(void)
{
    *word(3, -8) |= 1;
    return 4;
}

static size_t inflict_prev_free(void)
{
    *word(1, -8) &= ~(size_t)2;
    return 1;
}

static size_t inflict_footer(void)
{
    *word(3, (ptrdiff_t)mm.usable_size(held[3]) - 8) = 224;
    return 3;
}

/* The list of their class is 5 -> 3 -> 1.  A link: the address of a header. */
static void link_blocks(size_t from, size_t to)
{
    *word(from, 0) = (size_t)word(to, -8);
    *word(to, 8) = (size_t)word(from, -8);
}

static size_t inflict_wild_next(void)
{
    *word(1, 0) = (size_t)mem_heap_hi() + 9;
    return 1;
}

static size_t inflict_wild_prev(void)
{
    *word(3, 8) = 8;
    return 3;
}

static size_t inflict_cut(void)
{
    *word(5, 0) = 0;
    return 3;
}

static size_t inflict_one_way(void)
{
    *word(1, 0) = (size_t)word(7, -8);
    return 1;
}

static size_t inflict_cycle(void)
{
    link_blocks(1, 5);
    return 5;
}

static size_t inflict_ring(void)
{
    link_blocks(3, 1);
    link_blocks(1, 3);
    *word(5, 0) = 0;
    return 0;
}

static size_t inflict_used_listed(void)
{
    link_blocks(1, 4);
    *word(4, 0) = 0;
    return 4;
}

static size_t inflict_class(void)
{
    link_blocks(1, 7);
    return 7;
}

static size_t inflict_end(void)
{
    *(size_t *)((char *)mem_heap_hi() - 7) = 16;
    return HELD;
}

static const struct damage mm_damages[] = {
    {"a size beyond the heap", inflict_size,
     "its size is 1048784, expected 32 to 2368"},
    {"a size too small", inflict_small_size,
     "its size is 16, expected 32 to 2368"},
    {"an unknown flag", inflict_flags, "its header 0xd9 has unknown flags"},
    {"a used block marked free", inflict_free,
     "free, and so is the block below it"},
    {"a free block marked used", inflict_used,
     "says the block below is free, which is used"},
    {"a used block below denied", inflict_prev_free,
     "says the block below is free, which is used"},
    {"a footer", inflict_footer, "its footer says 224 bytes, its header 208"},
    {"a next link out of the heap", inflict_wild_next,
     "its next link * leads to no block"},
    {"a previous link out of the heap", inflict_wild_prev,
     "its previous link 0x8 leads to no block"},
    {"a list cut short", inflict_cut, "free, but not in the list of class 11"},
    {"a link that is not returned", inflict_one_way,
     "its next * does not link back to it"},
    {"a list that is a ring", inflict_cycle,
     "its previous link is *, expected (nil)"},
    {"a ring beside the list", inflict_ring, "2 blocks are listed, 4 are free"},
    {"a used block in a list", inflict_used_listed,
     "used, but in the list of class 11"},
    {"a block in the list of another class", inflict_class,
     "of 1120 bytes, but in the list of class 11"},
    {"the end of the heap", inflict_end,
     "the end of the heap is 0x10, expected 0x3"},
};

static const struct damage implicit_damages[] = {
    {"a size beyond the heap", inflict_size,
     "its size is 1048800, expected 32 to 2464"},
    {"a size too small", inflict_small_size,
     "its size is 16, expected 32 to 2464"},
    {"an unknown flag", inflict_flags, "its header 0xe9 has unknown flags"},
    {"a used block marked free", inflict_free,
     "its footer is 0xe1, its header 0xe0"},
    {"the end of the heap", inflict_end,
     "an end of the heap is 0x10, expected 0x1"},
};

/* matches - whether text is pattern, in which * stands for a word. */
static bool matches(const char *text, const char *pattern)
{
    for (; *pattern; pattern++) {
        if (*pattern != '*') {
            if (*text++ != *pattern)
                return false;
            continue;
        }
        text += strcspn(text, " ,");
    }
    return *text == '\0';
}

static void test_damage(const struct damage *d)
{
    hold_blocks();
    stderr_catch();
    size_t block = d->inflict();
    bool good = mm.checkheap(4711);
    const char *said = stderr_release();
    char place[80], expected[200];
    void *at =
        block < HELD ? held[block] - 8 : (unsigned char *)mem_heap_hi() - 7;
    snprintf(place, sizeof place, "mm_checkheap(4711): block %p: ", at);
    snprintf(expected, sizeof expected, "%s%s", place, d->message);
    check(!good && matches(said, expected), label(d->name),
          "expected \"%s\", found \"%s\"", expected, said);
}

/* ---- What mm.c promises beyond the contract ---------------------------- */

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

/* ---- Everything -------------------------------------------------------- */

/* find - store the address of a function; ISO C has no cast for it. */
static bool find(void *object, const char *name, void *function)
{
    void *symbol = dlsym(object, name);
    memcpy(function, &symbol, sizeof symbol);
    return symbol != NULL;
}

static bool load(char *path)
{
    static char name[64];
    void *object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!check(object != NULL, path, "%s", object ? "" : dlerror()))
        return false;
    snprintf(name, sizeof name, "%s", basename(path));
    name[strcspn(name, ".")] = '\0';
    mm.name = name;
    mm.reuses = strcmp(name, "naive") != 0;
    find(object, "mm_memalign", &mm.memalign);
    find(object, "mm_walk", &mm.walk);
    return expect(find(object, "mm_init", &mm.init) &&
                      find(object, "mm_malloc", &mm.malloc) &&
                      find(object, "mm_free", &mm.free) &&
                      find(object, "mm_realloc", &mm.realloc) &&
                      find(object, "mm_calloc", &mm.calloc) &&
                      find(object, "mm_checkheap", &mm.checkheap) &&
                      find(object, "mm_usable_size", &mm.usable_size),
                  "defines what is needed");
}

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
    test_flips();
}

#define DAMAGES(table)                                                         \
    for (size_t d = 0; d < sizeof table / sizeof *table; d++)                  \
    test_damage(&table[d])

static void test_allocator(char *path)
{
    mem_init();
    if (load(path)) {
        test_contract();
        if (strcmp(mm.name, "implicit") == 0)
            DAMAGES(implicit_damages);
        if (strcmp(mm.name, "mm") == 0) {
            DAMAGES(mm_damages);
            test_growth();
            test_slide();
            test_binary();
        }
    }
    mem_deinit();
}

int main(int argc, char **argv)
{
    char ours[][40] = {"build/allocators/mm.so", "build/allocators/naive.so",
                       "build/allocators/implicit.so"};
    for (int i = 1; i < argc; i++)
        test_allocator(argv[i]);
    for (size_t i = 0; argc < 2 && i < sizeof ours / sizeof *ours; i++)
        test_allocator(ours[i]);
    return check_done();
}
