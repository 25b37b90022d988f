/*
 * gc_test.c - the collector of allocators/gc.c: what lives, and what does not
 */
#define _GNU_SOURCE
#include "tests/unit/allocators_help.h"

/* ---- A program with few pointers --------------------------------------- */

#define ROOTS 100

static void *roots[ROOTS];
static void (*tell_roots)(void *const *, size_t);

static void fresh_program(void)
{
    memset(roots, 0, sizeof roots);
    tell_roots(roots, ROOTS);
    fresh_heap();
}

static size_t used, used_bytes;

static void count_used(void *block, size_t size, bool live)
{
    (void)block;
    used += live;
    used_bytes += live ? size : 0;
}

static size_t count_live(void)
{
    used = used_bytes = 0;
    mm.walk(count_used);
    return used;
}

/* The heap cannot grow: a collection, and no memory. */
static bool collect(void)
{
    stderr_catch();
    mem_fail_at(1, true);
    bool refused = mm.malloc((size_t)1 << 38) == NULL;
    mem_fail_at(0, false);
    stderr_release();
    return refused && mm.checkheap(__LINE__);
}

static void check_survivors(size_t expected, const char *name)
{
    bool sound = collect();
    check_int((long long)count_live(), (long long)expected, label(name));
    expect(sound, "and the heap is sound");
}

/* ---- What lives -------------------------------------------------------- */

struct node {
    struct node *next;
    size_t number;
};

/* A pointer to so many bytes behind where the node begins. */
static struct node *node_create(struct node *next, size_t number, size_t offset)
{
    struct node *n = mm.malloc(sizeof *n);
    n->next = next ? (struct node *)((char *)next + offset) : NULL;
    n->number = number;
    return n;
}

static bool chain_intact(const struct node *n, size_t count, size_t offset)
{
    for (; n && n->number == count; count--)
        n = n->next ? (struct node *)((char *)n->next - offset) : NULL;
    return !n && count == 0;
}

/* Each new node leads to the one before; only the last has a root. */
static void test_chain_down(size_t offset, const char *name)
{
    const size_t count = 100000;
    fresh_program();
    for (size_t i = 1; i <= count; i++)
        roots[7] = node_create(roots[7], i, offset);
    check_survivors(count, name);
    expect(chain_intact(roots[7], count, offset), "and all are intact");
    roots[7] = NULL;
    node_create(NULL, 0, 0);
    check_survivors(0, "without its root, none is live");
}

/* Each node leads to the one made after it. */
static void test_chain_up(void)
{
    const size_t count = 100000;
    fresh_program();
    struct node *last = roots[0] = node_create(NULL, count, 0);
    for (size_t i = count; i > 1; i--)
        last = last->next = node_create(NULL, i - 1, 0);
    check_survivors(count, "a chain upward is live");
    expect(chain_intact(roots[0], count, 0), "and all are intact");
}

/* More blocks than the collector's stack has room for, twice over. */
static void test_fan(void)
{
    const size_t count = 5000;
    fresh_program();
    struct node **fan = roots[0] = mm.malloc(count * sizeof *fan);
    memset(fan, 0, count * sizeof *fan);
    for (size_t i = 0; i < count; i++)
        fan[i] = node_create(node_create(node_create(NULL, 1, 0), 2, 0), 3, 0);
    check_survivors(1 + 3 * count, "more than the stack holds are live");
    bool intact = true;
    for (size_t i = 0; i < count; i++)
        intact = intact && chain_intact(fan[i], 3, 0);
    expect(intact, "and all are intact");
}

static void test_cycle(void)
{
    fresh_program();
    struct node *a = node_create(NULL, 1, 0), *b = node_create(a, 2, 0);
    a->next = b;
    roots[0] = b;
    check_survivors(2, "a cycle that has a root is live");
    roots[0] = NULL;
    node_create(NULL, 0, 0);
    check_survivors(0, "a cycle that has none is garbage");
}

static void test_hints(void)
{
    fresh_program();
    roots[0] = mm.malloc(100);
    roots[1] = mm.malloc(100);
    roots[2] = mm.malloc(100);
    mm.free(roots[0]);
    roots[1] = NULL;
    check_survivors(2, "a pointer keeps what was freed, and nothing else does");
}

/* Words that lead to no used block: a free one's header and payload, the ends
 * of the heap and what is near them. */
static void test_words(void)
{
    fresh_program();
    uintptr_t *words = roots[0] = mm.malloc(100 * sizeof *words);
    roots[1] = mm.malloc(200);
    roots[2] = mm.malloc(16);
    uintptr_t dead = (uintptr_t)roots[1], lo = (uintptr_t)mem_heap_lo();
    roots[1] = NULL;
    memset(words, 0, 100 * sizeof *words);
    collect();
    for (size_t i = 0; i < 24; i++)
        words[i] = dead + 8 * i;
    for (size_t i = 0; i < 24; i++)
        words[24 + i] = lo - 64 + 4 * i;
    for (size_t i = 0; i < 24; i++)
        words[48 + i] = lo + mem_heapsize() - 8 + 4 * i;
    words[80] = UINTPTR_MAX;
    words[81] = lo + ((size_t)1 << 40);
    roots[3] = mm.malloc(1000);
    check_survivors(3, "words that lead to no used block mark none");
}

static void test_far_word(void)
{
    const size_t near = ((size_t)1 << 20) / sizeof(void *) - 1;
    fresh_program();
    void **large = roots[0] = mm.calloc((size_t)1 << 18, sizeof *large);
    large[near] = mm.calloc(1, 24);
    large[near + 1] = mm.calloc(1, 24);
    check_survivors(2, "a payload is searched up to 1 MiB");
}

/* ---- Who collects, and when -------------------------------------------- */

/* 50 live blocks of 1000 bytes, of 100,000 that are made. */
static void test_churn(void)
{
    fresh_program();
    for (size_t i = 0; i < 100000; i++) {
        roots[i % 50] = NULL;
        roots[i % 50] = mm.malloc(1000);
        memset(roots[i % 50], 0xa5, 1000);
    }
    size_t live = 50 * 1008;
    check(mem_heapsize() < 2 * live, label("garbage makes room for new blocks"),
          "%zu bytes of heap for %zu", mem_heapsize(), live);
    expect(mm.checkheap(__LINE__), "and the heap is sound");
}

/* A block that moves outlives the collection that its move makes. */
static void test_moves(void)
{
    fresh_program();
    bool intact = true;
    struct slot s;
    roots[0] = mm.malloc(100);
    slot_fill(&s, roots[0], 100);
    for (size_t size = 200; size < 100000; size += 100) {
        roots[1] = mm.malloc(16); /* so that it cannot stay */
        roots[0] = mm.realloc(roots[0], size);
        intact = intact && slot_intact(&s, roots[0], s.size);
        slot_fill(&s, roots[0], size);
    }
    expect(intact, "realloc keeps bytes across collections");
    check(mem_heapsize() < 1000000, label("and old places are used again"),
          "%zu bytes of heap", mem_heapsize());
}

/* Sum of all: 50 MB; none is garbage. */
static void test_no_roots(void)
{
    tell_roots(NULL, 0);
    fresh_heap();
    bool apart = true;
    char *last = NULL;
    for (size_t i = 0; i < 1000; i++) {
        char *p = mm.malloc(50000);
        apart = apart && p > last;
        last = p;
        mm.free(p);
    }
    expect(apart, "nothing is collected where no roots are told");
}

static void test_terabyte_again(void)
{
    const size_t half = (size_t)1 << 39;
    if (mem_limit() < half + half / 2 || under_valgrind()) {
        puts("# no address space for a block of 2^39 bytes");
        return;
    }
    fresh_program();
    bool served = true;
    stderr_catch();
    for (size_t i = 0; i < 4; i++) {
        roots[0] = NULL;
        roots[0] = mm.malloc(half);
        served = served && roots[0];
        roots[1] = mm.malloc(100);
    }
    stderr_release();
    expect(served, "blocks of 2^39 bytes, one after the other");
    check_survivors(2, "and they are not read");
}

/* ---- Random programs --------------------------------------------------- */

/* Blocks whose bytes are known, some memory refused, no mm_free at all. */
static const char *random_step(struct slot *s, void **root)
{
    size_t size = 1 + random_below(random_below(8) ? 300 : 5000);
    uint64_t what = random_below(4);
    if (*root && !slot_intact(s, *root, s->size))
        return "a payload was overwritten";
    if (what == 0) {
        *root = NULL;
        return NULL;
    }
    void *p = what == 1 ? mm.realloc(*root, size) : mm.malloc(size);
    size_t kept = s->size < size ? s->size : size;
    if (p && what == 1 && *root && !slot_intact(s, p, kept))
        return "realloc lost bytes";
    if (p)
        slot_fill(s, *root = p, size);
    return NULL;
}

static void test_random(void)
{
    static struct slot slots[ROOTS];
    const char *wrong = NULL;
    size_t i = 0;
    fresh_program();
    stderr_catch();
    for (; i < 50000 && !wrong; i++) {
        size_t r = random_below(ROOTS);
        mem_fail_at(random_below(16) == 0, random_below(2));
        wrong = random_step(&slots[r], &roots[r]);
        mem_fail_at(0, false);
        if (!wrong && i % 16 == 0 && !mm.checkheap(__LINE__))
            wrong = "the checker found damage";
    }
    stderr_release();
    check(!wrong, label("random programs"), "step %zu: %s", i, wrong);
}

int main(void)
{
    char gc_so[] = "build/allocators/gc.so";
    mem_init();
    void *object = dlopen(gc_so, RTLD_NOW | RTLD_LOCAL);
    if (load(gc_so) &&
        expect(find(object, "mm_roots", &tell_roots), "defines mm_roots")) {
        test_chain_down(0, "a chain is live");
        test_chain_down(8, "so it is by pointers into its nodes");
        test_chain_down(sizeof(struct node), "and to their ends");
        test_chain_up();
        test_fan();
        test_cycle();
        test_hints();
        test_words();
        test_far_word();
        test_churn();
        test_moves();
        test_no_roots();
        test_terabyte_again();
        test_random();
    }
    mem_deinit();
    return check_done();
}
