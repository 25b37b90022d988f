/*
 * shadow_test.c - the shadow against a list of blocks, and at its borders
 */
#define _GNU_SOURCE
#include <stdlib.h>

#include "driver/shadow.h"
#include "tests/check.h"

/* ---- The naive model --------------------------------------------------- */

#define BLOCKS 64
#define STEPS  100000

struct model {
    uintptr_t lo;
    size_t limit, align, heap;
    void *addresses[BLOCKS + 1];
    uint64_t size[BLOCKS + 1];
    bool live[BLOCKS + 1];
};

static uint64_t random_state = 88172645463325252;

static uint64_t random_below(uint64_t n)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state % n;
}

static uintptr_t start(const struct model *m, uint32_t a)
{
    return (uintptr_t)m->addresses[a];
}

static uint64_t extent(const struct model *m, uint32_t a)
{
    return m->size[a] ? m->size[a] : 1;
}

static bool overlap(const struct model *m, uint32_t a, uint32_t b)
{
    return start(m, a) < start(m, b) + extent(m, b) &&
           start(m, b) < start(m, a) + extent(m, a);
}

static bool overlaps_any(const struct model *m, uint32_t a)
{
    for (uint32_t b = 1; b <= BLOCKS; b++)
        if (m->live[b] && overlap(m, a, b))
            return true;
    return false;
}

static enum fault_kind verdict(const struct model *m, uint32_t a,
                               uint64_t align)
{
    uintptr_t p = start(m, a);
    if (p % m->align || (align && p % align))
        return FAULT_MISALIGNED;
    if (p < m->lo || p + m->size[a] > m->lo + m->heap)
        return FAULT_OUTSIDE_HEAP;
    return overlaps_any(m, a) ? FAULT_OVERLAP : FAULT_NONE;
}

static uint32_t model_next(const struct model *m, uintptr_t addr)
{
    uint32_t best = 0;
    for (uint32_t b = 1; b <= BLOCKS; b++)
        if (m->live[b] && start(m, b) >= addr &&
            (!best || start(m, b) < start(m, best)))
            best = b;
    return best;
}

static uint32_t model_prev(const struct model *m, uintptr_t addr)
{
    uint32_t best = 0;
    for (uint32_t b = 1; b <= BLOCKS; b++)
        if (m->live[b] && start(m, b) <= addr &&
            (!best || start(m, b) > start(m, best)))
            best = b;
    return best;
}

/* ---- Both side by side ------------------------------------------------- */

struct tally {
    size_t verdicts[FAULT_KINDS];
    size_t wrong;
};

static void place(struct model *m, struct shadow *s, uint32_t a,
                  struct tally *t)
{
    static const uint64_t aligns[] = {0, 0, 0, 8, 16, 64, 256};
    uint64_t align = aligns[random_below(7)];
    size_t offset = random_below(m->limit + 64);
    if (random_below(8))
        offset &= ~(m->align - 1);
    m->addresses[a] = (void *)(m->lo - 32 + offset);
    m->size[a] = random_below(random_below(4) ? 40 : m->limit);
    uint32_t other = 0;
    struct shadow_block b = {.size = m->size[a], .origin = a, .op = a};
    enum fault_kind expected = verdict(m, a, align);
    enum fault_kind found = shadow_place(s, a, b, align, m->heap, &other);
    t->verdicts[expected]++;
    t->wrong += found != expected;
    if (expected == FAULT_OVERLAP)
        t->wrong += !m->live[other] || !overlap(m, a, other);
    m->live[a] = found == FAULT_NONE;
}

static void ask(const struct model *m, const struct shadow *s, struct tally *t)
{
    uintptr_t addr = m->lo - 40 + random_below(m->limit + 80);
    t->wrong += shadow_next(s, addr) != model_next(m, addr);
    t->wrong += shadow_prev(s, addr) != model_prev(m, addr);
}

static struct tally run_model(size_t limit, size_t align)
{
    struct tally t = {0};
    struct model m = {.lo = 0x10000, .limit = limit, .align = align};
    struct shadow *s = shadow_create(m.lo, limit, align, m.addresses, BLOCKS);
    for (size_t i = 0; i < STEPS; i++) {
        uint32_t a = 1 + (uint32_t)random_below(BLOCKS);
        m.heap = random_below(4) ? limit : random_below(limit + 1);
        if (m.live[a]) {
            shadow_remove(s, a);
            m.live[a] = false;
        } else
            place(&m, s, a, &t);
        ask(&m, s, &t);
    }
    shadow_destroy(s);
    return t;
}

static void test_model(size_t limit, size_t align)
{
    struct tally t = run_model(limit, align);
    char name[80];
    snprintf(name, sizeof name, "as the model, heap %zu, granule %zu", limit,
             align);
    check_int((long long)t.wrong, 0, name);
    snprintf(name, sizeof name, "every verdict was met, heap %zu, granule %zu",
             limit, align);
    check(t.verdicts[FAULT_NONE] > 500 && t.verdicts[FAULT_MISALIGNED] > 500 &&
              t.verdicts[FAULT_OUTSIDE_HEAP] > 500 &&
              t.verdicts[FAULT_OVERLAP] > 50,
          name, "good %zu, misaligned %zu, outside %zu, overlap %zu",
          t.verdicts[FAULT_NONE], t.verdicts[FAULT_MISALIGNED],
          t.verdicts[FAULT_OUTSIDE_HEAP], t.verdicts[FAULT_OVERLAP]);
}

/* ---- Cases by hand ----------------------------------------------------- */

#define LO    ((uintptr_t)0x100800000000)
#define LIMIT ((size_t)1 << 40)

static void *table[16];
static struct shadow *shadow;
static uint32_t other;

static void fresh(size_t limit, size_t align)
{
    shadow_destroy(shadow);
    shadow = shadow_create(LO, limit, align, table, 15);
}

static enum fault_kind put(uint32_t a, uintptr_t addr, uint64_t size,
                           size_t heap)
{
    table[a] = (void *)addr;
    other = 0;
    struct shadow_block b = {.size = size, .origin = a, .op = a};
    return shadow_place(shadow, a, b, 0, heap, &other);
}

static void check_put(uint32_t a, uintptr_t offset, uint64_t size,
                      enum fault_kind expected, const char *name)
{
    check_str(fault_name(put(a, LO + offset, size, LIMIT)),
              fault_name(expected), name);
}

static void test_giant(void)
{
    const uint64_t giant = (uint64_t)1 << 39;
    fresh(LIMIT, 16);
    if (!shadow) { /* valgrind has no such room */
        printf("no address space for the shadow of 2^40 bytes\n");
        return;
    }
    check_put(1, 64, giant, FAULT_NONE, "a block of 2^39 bytes");
    check_put(2, 64 + giant - 16, 16, FAULT_OVERLAP, "one in its last bytes");
    check_int(other, 1, "the giant is overlapped");
    check_put(2, 64 + giant, LIMIT - giant - 64, FAULT_NONE, "one behind it");
    check_put(3, 0, giant, FAULT_OVERLAP, "one from below into it");
    check_int(other, 1, "the lower one is told");
    check_put(3, 0, 64, FAULT_NONE, "one that ends where it begins");
    check_int(shadow_next(shadow, LO + 65), 2, "next across 2^39 bytes");
    check_int(shadow_prev(shadow, LO + 63 + giant), 1, "prev across them");
    check_int(shadow_block(shadow, 1)->size, (long long)giant, "its size");
    shadow_remove(shadow, 1);
    check_int(shadow_prev(shadow, LO + 63 + giant), 3, "prev when it is gone");
    check_put(4, 32, LIMIT - 32, FAULT_OVERLAP, "one that encloses others");
}

static void test_empty_payload(void)
{
    fresh(4096, 16);
    check_int(put(1, LO + 16, 0, 4096), FAULT_NONE, "an empty payload");
    check_int(put(2, LO + 16, 0, 4096), FAULT_OVERLAP, "another at its place");
    check_int(put(2, LO + 16, 16, 4096), FAULT_OVERLAP, "a block at its place");
    check_int(put(2, LO, 17, 4096), FAULT_OVERLAP, "a block into it");
    check_int(put(2, LO, 16, 4096), FAULT_NONE, "a block up to it");
    check_int(put(3, LO + 32, 1, 4096), FAULT_NONE, "a block behind it");
    check_int(put(4, LO + 4096, 0, 4096), FAULT_NONE, "one at the limit");
    check_int(shadow_next(shadow, LO + 33), 4, "which is found from below");
    check_int(shadow_prev(shadow, LO + 99999), 4, "and from far above");
    check_int(put(5, LO + 4112, 0, 4096), FAULT_OUTSIDE_HEAP, "none beyond");
    check_int(put(5, LO + 2048, 0, 2047), FAULT_OUTSIDE_HEAP,
              "none beyond a lower break");
}

static void test_borders(void)
{
    fresh(4096, 8);
    check_int(shadow_next(shadow, 0), 0, "an empty heap has no first block");
    check_int(shadow_prev(shadow, UINTPTR_MAX), 0, "and no last one");
    check_int(put(1, LO + 4080, 16, 4096), FAULT_NONE, "the last 16 bytes");
    check_int(put(2, LO + 4080, 17, 4096), FAULT_OUTSIDE_HEAP,
              "a byte beyond the break");
    check_int(put(2, LO - 8, 8, 4096), FAULT_OUTSIDE_HEAP, "below the heap");
    check_int(put(2, LO, 8, 4096), FAULT_NONE, "the first 8 bytes");
    check_int(put(3, LO, UINT64_MAX, 4096), FAULT_OUTSIDE_HEAP,
              "a size that wraps around");
    check_int(put(3, (uintptr_t)-8, 8, 4096), FAULT_OUTSIDE_HEAP,
              "the top of the address space");
    check_int(shadow_next(shadow, 0), 2, "next from 0");
    check_int(shadow_next(shadow, LO), 2, "next is at or above");
    check_int(shadow_next(shadow, LO + 1), 1, "next of a byte into a block");
    check_int(shadow_next(shadow, LO + 4081), 0, "next behind the last");
    check_int(shadow_next(shadow, UINTPTR_MAX), 0, "next of the highest");
    check_int(shadow_prev(shadow, LO - 1), 0, "prev below the heap");
    check_int(shadow_prev(shadow, LO), 2, "prev is at or below");
    check_int(shadow_prev(shadow, LO + 4079), 2, "prev one below a block");
    check_int(shadow_prev(shadow, UINTPTR_MAX), 1, "prev of the highest");
}

static void test_alignment(void)
{
    fresh(4096, 16);
    check_int(put(1, LO + 8, 8, 4096), FAULT_MISALIGNED, "8 is not 16");
    fresh(4096, 8);
    check_int(put(1, LO + 8, 8, 4096), FAULT_NONE, "8 is 8");
    check_int(put(2, LO + 20, 8, 4096), FAULT_MISALIGNED, "20 is not 8");
    table[3] = (void *)(LO + 64);
    struct shadow_block b = {.size = 8, .origin = 3, .op = 3};
    check_int(shadow_place(shadow, 3, b, 128, 4096, &other), FAULT_MISALIGNED,
              "memalign of 128 at 64");
    check_int(shadow_place(shadow, 3, b, 64, 4096, &other), FAULT_NONE,
              "memalign of 64 at 64");
}

/* libc's blocks: anywhere, nothing known but their alignment. */
static void test_anywhere(void)
{
    shadow_destroy(shadow);
    shadow = shadow_create(0, 0, 16, table, 15);
    check_int(put(1, 0x7f0000001230, 100, 0), FAULT_NONE, "anywhere");
    check_int(put(2, 0x7f0000001238, 100, 0), FAULT_MISALIGNED,
              "anywhere aligned");
    check_int(put(2, 0x7f0000001230, 50, 0), FAULT_NONE,
              "overlap is not looked for");
    check_int(shadow_block(shadow, 1)->size, 100, "blocks are known");
    check_int(shadow_next(shadow, 0), 0, "but not by address from below");
    check_int(shadow_prev(shadow, UINTPTR_MAX), 0, "nor from above");
    shadow_remove(shadow, 1);
    shadow_remove(shadow, 2);
}

int main(void)
{
    test_model(4096, 16);
    test_model(4096, 8);
    test_model(40, 16);
    test_model(40, 8);
    test_model(100000, 16);
    test_model(100000, 8);
    test_giant();
    test_empty_payload();
    test_borders();
    test_alignment();
    test_anywhere();
    shadow_destroy(shadow);
    return check_done();
}
