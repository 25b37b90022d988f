/*
 * checkers_wild_test.c - the checker of mm.c against damage without a name
 *
 * Bytes of the marks, the ledger, the static data and of blocks are changed at
 * random: it must return, whether or not it notices.  What it must notice, bit
 * by bit, is the static data, what free blocks and lists are found by, and
 * marks where there can be none.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stddef.h>

#include "tests/unit/checkers_mm.h"

/* ---- To live ----------------------------------------------------------- */

static sigjmp_buf survived;

static void caught(int sig)
{
    siglongjmp(survived, sig);
}

static void catch_deaths(void)
{
    struct sigaction action = {.sa_handler = caught};
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
    sigaction(SIGFPE, &action, NULL);
    sigaction(SIGALRM, &action, NULL);
}

/* checked - 1 if the heap seems sound, 0 if not; negative: what it died of. */
static int checked(void)
{
    int sig = sigsetjmp(survived, 1);
    if (sig)
        return -sig;
    alarm(2);
    bool good = mm_checkheap(4711);
    alarm(0);
    return good;
}

/* ---- Anything ---------------------------------------------------------- */

/* marks_bytes - of those of segment i that units have. */
static size_t marks_bytes(size_t i)
{
    size_t units = heap.end - (i << SEGMENT_LOG);
    size_t bytes = (units / SPAN + 1) * sizeof(struct marks);
    return bytes < SEGMENT_BYTES ? bytes : SEGMENT_BYTES;
}

/* The place of a random byte: of the static data, the ledger, the marks, or
 * any of the heap. */
static uint8_t *random_byte(void)
{
    size_t i = random_below((heap.end >> SEGMENT_LOG) + 1);
    switch (random_below(4)) {
    case 0:
        return (uint8_t *)&heap + random_below(sizeof heap);
    case 1:
        return (uint8_t *)heap.quick +
               random_below(parts_units(heap.log) * UNIT);
    case 2:
        return (uint8_t *)segment_marks(i) + random_below(marks_bytes(i));
    }
    return (uint8_t *)mem_heap_lo() + random_below(mem_heapsize());
}

#define MOST 8 /* bytes are changed at once */

struct change {
    uint8_t *at, was;
};

/* change_some - so many bytes, of places that are all chosen first; a byte of a
 *     number rather becomes a bit more, a bit less, or 0. */
static void change_some(struct change *changes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        changes[i].at = random_byte();
    for (size_t i = 0; i < count; i++) {
        uint8_t *at = changes[i].at;
        uint8_t kinds[] = {(uint8_t)random_bits(), 0, (uint8_t)(*at + 1),
                           (uint8_t)(*at - 1),
                           (uint8_t)(*at ^ 1 << random_below(8))};
        changes[i].was = *at;
        *at = kinds[random_below(sizeof kinds)];
    }
}

static void undo(const struct change *changes, size_t count)
{
    while (count--)
        *changes[count].at = changes[count].was;
}

static void test_wild(size_t ballast, size_t trials)
{
    char text[120];
    size_t i = 0;
    int found = 0;
    hold(ballast);
    stderr_catch();
    for (; i < trials && found >= 0; i++) {
        struct change changes[MOST];
        size_t count = 1 + i % MOST;
        change_some(changes, count);
        found = checked();
        undo(changes, count);
    }
    bool sound = checked() == 1;
    stderr_release();
    snprintf(text, sizeof text, "random bytes, %zu bytes below", ballast);
    check(found >= 0, label(text), "trial %zu: died of signal %d", i, -found);
    expect(sound, "and the heap is sound without them");
}

/* ---- What must be noticed ---------------------------------------------- */

/* Flip each bit in turn. */
static size_t missed_in(void *from, size_t bytes)
{
    size_t missed = 0;
    for (size_t bit = 0; bit < 8 * bytes; bit++) {
        uint8_t *at = (uint8_t *)from + bit / 8;
        *at ^= (uint8_t)(1 << bit % 8);
        missed += checked() != 0;
        *at ^= (uint8_t)(1 << bit % 8);
    }
    return missed;
}

static void check_missed(size_t missed, const char *name)
{
    stderr_release();
    check_int((long long)missed, 0, label(name));
    stderr_catch();
}

static size_t missed_in_free(size_t i, size_t units)
{
    return missed_in(held[i], sizeof(struct block)) +
           missed_in(held[i] + units * UNIT - 8, 8);
}

static size_t missed_flip(uint64_t *marks, size_t u)
{
    *marks ^= bit(u);
    size_t missed = checked() != 0;
    *marks ^= bit(u);
    return missed;
}

/* Inside of a used block may begin another, if it is not long. */
static size_t missed_marks(size_t i, size_t units)
{
    size_t missed = 0, u = held_unit(i);
    bool may_begin = !is_free(u) && units <= SHORT;
    for (size_t n = 0; n < units; n++) {
        missed += missed_flip(&marks_of(u + n)->ends, u + n);
        if (!n || !may_begin)
            missed += missed_flip(&marks_of(u + n)->begins, u + n);
    }
    return missed;
}

/* Those of the end, and of what is above it in the same word. */
static size_t missed_end_marks(void)
{
    size_t missed = 0;
    for (size_t u = heap.end; u == heap.end || u % SPAN; u++)
        missed += missed_flip(&marks_of(u)->ends, u) +
                  missed_flip(&marks_of(u)->begins, u);
    return missed;
}

/* A list that is empty may be marked as if it were not. */
static size_t empty_lists(void)
{
    size_t count = 0;
    for (size_t c = 0; c < class_of((size_t)1 << heap.log); c++)
        count += !*list(c);
    return count;
}

#define HEAP __typeof__(heap)

/* But where something last stood in the way: that is a guess. */
static void test_static_data(void)
{
    /* A nursery of one bit's units is none without that, and need not be. */
    size_t none = (heap.nursery_units & (heap.nursery_units - 1)) == 0;
    check_missed(missed_in(&heap, offsetof(HEAP, in_way)) - none,
                 "each bit of the static data, but one at most");
    check_missed(missed_in(heap.map, sizeof heap.map) - empty_lists(),
                 "of what lists are empty, but where they are");
    check_missed(missed_in(&heap.placed,
                           offsetof(HEAP, log) + 1 - offsetof(HEAP, placed)),
                 "and of how large the ledger is");
}

static void test_bits(size_t ballast)
{
    hold(ballast);
    stderr_catch();
    test_static_data();
    check_missed(missed_in(heap.quick, heads_bytes(heap.log)),
                 "each bit of the heads");
    size_t segments = rides() ? 1 : heap.placed;
    check_missed(missed_in(heap.segments, segments * sizeof(void *)),
                 "and of where marks are");
    check_missed(missed_in_free(1, HELD_UNITS) + missed_in_free(3, HELD_UNITS) +
                     missed_in_free(7, TALL_UNITS),
                 "each bit of free blocks");
    check_missed(
        missed_in(number_of(held_unit(LONG_BLOCK)), sizeof(struct marks)),
        "and of the number of a long one");
    check_missed(missed_marks(1, HELD_UNITS) + missed_marks(3, HELD_UNITS) +
                     missed_marks(7, TALL_UNITS),
                 "each mark of a free block");
    check_missed(missed_marks(2, HELD_UNITS) +
                     missed_marks(LONG_BLOCK, LONG_UNITS),
                 "of a used one");
    check_missed(missed_end_marks() + missed_flip(&marks_of(0)->ends, 0),
                 "and of the ends of the heap");
    bool sound = checked() == 1;
    stderr_release();
    expect(sound, "and the heap is sound without damage");
}

/* A block seems long where its number would be among the marks of the next
 * segment, which there are none of. */
static void test_long_at_border(void)
{
    hold(LARGE);
    size_t border = ((heap.end >> SEGMENT_LOG) + 1) << SEGMENT_LOG;
    size_t u = border - SPAN - 1;
    take_top(u - heap.end + free_below(heap.end));
    take_top(10);
    take_top(SPAN - 10);
    bool there = begins(u) && heap.end == border - 1 && checked() == 1;
    stderr_catch();
    *number_of(u) = (struct marks){LONG_UNITS, NUMBER};
    int found = checked();
    mark(heap.end, true, false);
    int again = checked();
    stderr_release();
    expect(there, "a block at the end of a segment");
    check_int(found, 0, label("seems long, without room for its number"));
    check_int(again, 0, label("and below an end that is none"));
}

int main(void)
{
    mem_init();
    adopt();
    catch_deaths();
    test_bits(0);
    test_bits(LARGE);
    test_bits(8 * LARGE);
    test_long_at_border();
    test_wild(0, 20000);
    test_wild(LARGE, 20000);
    test_wild(8 * LARGE, 2000);
    mem_deinit();
    return check_done();
}
