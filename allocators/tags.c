/*
 * tags.c - bitmapped fits: blocks without headers
 *
 * Memory is measured in units of 16 bytes.  A block is some units, and all of
 * them are payload.  What others keep in headers stands in a table beside the
 * blocks, as in the bitmapped fits of Wilson, Johnstone, Neely & Boles (IWMM
 * 1995): of each unit a tag of two bits.
 *
 *     units   | a  a  a | b  b  b  b | c | d  d  d  d ...  d  d | e
 *     tags    | U  i  i | F  i  i  f | U | U  L  #  # ...  i  i | U
 *
 *     U  a used block begins         i  inside of one
 *     F  a free block begins         f  a free block of 2 units or more ends
 *
 * The size of a used block is read off the tags, up to the next U or F.  One of
 * more than SHORT units has an L (the bits of f) as its second tag and its size
 * (#) where all tags are its own; its other tags mean nothing, but for the
 * last.  A free block has room for more:
 *
 *     +----------+----------+----------+ - - - +----------+
 *     | next     | previous | units    |       | units    |
 *     +----------+----------+----------+ - - - +----------+
 *       links of its list     3 or more          2 or more
 *
 * So it is found from above by its last word (boundary tags: Knuth, TAOCP 1,
 * 2.5).  It stands in a list of its class; malloc takes the best of a few.
 * The lists and the tags are the ledger, which rides at the top of the heap:
 *
 *     | blocks ...           | slack | bits of lists | lists | tags |
 *                            ^ end   ^ top                          ^ break
 *
 * Where blocks need room, it is moved up by a 128th of the heap or more, so two
 * bytes are copied for each that the heap grows.  Among the blocks it would cut
 * the heap in two (docs/mm-design.md: 61% in place of 94% where pairs of blocks
 * merge).  The slack is no free block, or small ones would settle there, above
 * one that grows by realloc (`realloc-wall`: 45% in place of 97%).
 *
 * Invariants, which mm_checkheap checks: the ledger is what its place says, and
 * ends at the break; blocks tile the heap up to its end; no two free blocks are
 * neighbours, and their words agree with their tags; the free blocks, and no
 * others, stand in the list of their class; the bits are right; as many blocks
 * are used as were allocated and not freed.
 *
 * Costs: payloads are rounded up to 16, and that is all; a 64th of the heap for
 * tags, up to a 128th of slack, a list's head for each class.  malloc looks at
 * two classes and at most LOOK blocks in each; free takes constant time.
 *
 * What free, realloc and usable_size are given must have the tag U.  Else the
 * offender gets a line on stderr, and nothing happens.
 */
#include "mm.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "memlib.h"

#define UNIT 16

/* No block can be larger, and sums of a few such do not overflow. */
#define MAX_REQUEST ((size_t)HEAP_LIMIT)

static_assert(ALIGNMENT == UNIT, "payloads begin where units do");

/* ---- The heap ---------------------------------------------------------- */

enum tag { INSIDE, USED, LONG, FREE, FREE_END = LONG };

struct block { /* a free one */
    struct block *next, *prev;
    size_t units;
};

struct ledger {
    uint64_t *nonempty;   /* bit c: there is a block in lists[c] */
    struct block **lists; /* the last freed comes first */
    uint64_t *tags;
    size_t units;  /* of the ledger */
    unsigned fine; /* see class_of */
    unsigned list_count;
};

static struct {
    char *base;     /* where unit 0 would be: the blocks begin with unit 1 */
    size_t end;     /* the first unit beyond the blocks; its tag is U */
    size_t top;     /* the first unit of the ledger */
    size_t used;    /* blocks that are */
    size_t nursery; /* see below; 0: there is none */
    size_t nursery_units;
    struct ledger ledger;
} heap;

static_assert(sizeof heap < 128, "static data counts as heap");
static_assert(sizeof(struct ledger) == 40, "no padding: memcmp compares it");

static inline struct block *block_at(size_t u)
{
    return (struct block *)(heap.base + u * UNIT);
}

static inline size_t unit_of(const void *p)
{
    return ((uintptr_t)p - (uintptr_t)heap.base) / UNIT;
}

static inline size_t units_for(size_t bytes)
{
    return (bytes + UNIT - 1) / UNIT;
}

static inline size_t larger_of(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* ---- Tags -------------------------------------------------------------- */

#define SPAN  32 /* tags in a word */
#define SHORT 33 /* units whose tags are seen at once */

static inline enum tag tag(size_t u)
{
    return (enum tag)(heap.ledger.tags[u / SPAN] >> u % SPAN * 2 & 3);
}

static inline void set_tag(size_t u, enum tag t)
{
    uint64_t *word = &heap.ledger.tags[u / SPAN];
    unsigned shift = u % SPAN * 2;
    *word = (*word & ~(UINT64_C(3) << shift)) | (uint64_t)t << shift;
}

/* tags_from - those of SPAN units from u on. */
static inline uint64_t tags_from(size_t u)
{
    const uint64_t *word = &heap.ledger.tags[u / SPAN];
    unsigned shift = u % SPAN * 2;
    return word[0] >> shift | word[1] << 1 << (63 - shift);
}

/*
 * The size of a long block stands in the first half word of tags beyond its
 * second; if it is too large for that, in the next full word, too.  The last
 * tag is its own even in the shortest of them.
 */
#define HALF_SPAN (SPAN / 2)

static_assert(1 + HALF_SPAN + HALF_SPAN < SHORT + 1,
              "a long block has a half word of tags to itself");

static inline size_t long_half(size_t u)
{
    return (u + 2 + HALF_SPAN - 1) / HALF_SPAN;
}

static size_t long_units(size_t u)
{
    size_t half = long_half(u);
    uint32_t n;
    memcpy(&n, (char *)heap.ledger.tags + half * sizeof n, sizeof n);
    return n < UINT32_MAX ? n : heap.ledger.tags[half / 2 + 1];
}

static void mark_long(size_t u, size_t n)
{
    size_t half = long_half(u);
    uint32_t short_n = n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
    set_tag(u, USED);
    set_tag(u + 1, LONG);
    memcpy((char *)heap.ledger.tags + half * sizeof short_n, &short_n,
           sizeof short_n);
    if (short_n == UINT32_MAX)
        heap.ledger.tags[half / 2 + 1] = n;
    set_tag(u + n - 1, INSIDE);
}

#define BEGINS UINT64_C(0x5555555555555555) /* the bit of U and F, not of f */

static inline size_t used_units(size_t u)
{
    uint64_t tags = tags_from(u + 1);
    if ((tags & 3) == LONG)
        return long_units(u);
    tags &= BEGINS;
    return tags ? (size_t)__builtin_ctzl(tags) / 2 + 1 : SHORT;
}

/* mark_used - a U and all i: two words of tags at most, if it is not long. */
static inline void mark_used(size_t u, size_t n)
{
    if (n > SHORT) {
        mark_long(u, n);
        return;
    }
    uint64_t *word = &heap.ledger.tags[u / SPAN];
    unsigned shift = u % SPAN * 2, end = shift + 2 * (unsigned)n;
    uint64_t own = ~UINT64_C(0) << shift;
    if (end <= 64)
        own &= ~UINT64_C(0) >> (64 - end);
    else
        word[1] &= end < 128 ? ~UINT64_C(0) << (end - 64) : 0;
    word[0] = (word[0] & ~own) | (uint64_t)USED << shift;
}

static inline void mark_free(size_t u, size_t n)
{
    set_tag(u, FREE);
    if (n == 1)
        return;
    if (n > 2) {
        set_tag(u + 1, INSIDE);
        block_at(u)->units = n;
    }
    set_tag(u + n - 1, FREE_END);
    ((size_t *)block_at(u + n))[-1] = n;
}

static inline size_t free_units(size_t u)
{
    enum tag second = tag(u + 1);
    if (second == INSIDE)
        return block_at(u)->units;
    return second == FREE_END ? 2 : 1;
}

static inline size_t block_units(size_t u)
{
    if (u == heap.nursery)
        return heap.nursery_units;
    return tag(u) == FREE ? free_units(u) : used_units(u);
}

/* free_below - units of the free block that ends where u begins, or 0. */
static inline size_t free_below(size_t u)
{
    enum tag last = tag(u - 1);
    if (last == FREE)
        return 1;
    return last == FREE_END ? ((size_t *)block_at(u))[-1] : 0;
}

/* free_above - units of the free block that begins at u, or 0. */
static inline size_t free_above(size_t u)
{
    return tag(u) == FREE ? free_units(u) : 0;
}

/* ---- Free lists -------------------------------------------------------- */

static inline unsigned log_of(size_t n)
{
    return 63 - (unsigned)__builtin_clzl(n);
}

/* class_in - where a free block stands if there are 2^fine classes for each
 *     doubling.  Below 2^(fine + 1) the class is the size. */
static inline size_t class_in(unsigned fine, size_t n)
{
    unsigned log = log_of(n);
    if (log <= fine)
        return n;
    return ((size_t)(log - fine) << fine) + (n >> (log - fine));
}

static inline size_t class_of(size_t n)
{
    return class_in(heap.ledger.fine, n);
}

static inline bool class_exact(size_t c)
{
    return c < (size_t)2 << heap.ledger.fine;
}

static void list_insert(size_t u, size_t n)
{
    struct block *b = block_at(u);
    size_t c = class_of(n);
    mark_free(u, n);
    b->next = heap.ledger.lists[c];
    b->prev = NULL;
    if (b->next)
        b->next->prev = b;
    heap.ledger.lists[c] = b;
    heap.ledger.nonempty[c / 64] |= UINT64_C(1) << c % 64;
}

static inline void list_remove(size_t u, size_t n)
{
    struct block *b = block_at(u);
    if (b->next)
        b->next->prev = b->prev;
    if (b->prev) {
        b->prev->next = b->next;
        return;
    }
    size_t c = class_of(n);
    heap.ledger.lists[c] = b->next;
    if (!b->next)
        heap.ledger.nonempty[c / 64] &= ~(UINT64_C(1) << c % 64);
}

/* release - make n used units a free block, joined with its neighbours.  The U
 *     goes even where it is inside then: it is what a second free is told by.
 */
static void release(size_t u, size_t n)
{
    size_t below = free_below(u), above = free_above(u + n);
    if (above)
        list_remove(u + n, above);
    if (below) {
        list_remove(u - below, below);
        set_tag(u, INSIDE);
    }
    list_insert(u - below, below + n + above);
}

/* settle - of `have` units that are in no list n become a used block. */
static inline void settle(size_t u, size_t have, size_t n)
{
    mark_used(u, n);
    if (have > n)
        list_insert(u + n, have - n);
}

/* split - of a used block of `have` units the first n stay one, and what is
 *     beyond becomes another. */
static inline void split(size_t u, size_t have, size_t n)
{
    mark_used(u + n, have - n);
    mark_used(u, n);
}

/* trim - cut a used block of `have` units down to n, and release the rest. */
static void trim(size_t u, size_t have, size_t n)
{
    if (have == n)
        return;
    split(u, have, n);
    release(u + n, have - n);
}

/* ---- The ledger -------------------------------------------------------- */

/* The slack is made a STEP-th of the heap.  With 64 utilization over traces/ is
 * lower by .3%, and where large blocks are all that a heap grows by (`random`)
 * a request takes 30% fewer instructions, where they are small 1%. */
#define STEP 128

/*
 * The more classes, the better the fit, but the lists count as heap: one for
 * each doubling in a heap below 8 KiB, 32 in one of 2 MiB and more.
 */
static unsigned fine_for(unsigned log)
{
    return log < 10 ? 0 : log > 18 ? 5 : (log - 8) / 2;
}

static inline size_t nonempty_words(const struct ledger *l)
{
    return l->list_count / 64 + 1;
}

static size_t lists_bytes(const struct ledger *l)
{
    return (nonempty_words(l) + l->list_count) * sizeof(uint64_t);
}

/* ledger_at - one for all units below it, if that is where it begins. */
static struct ledger ledger_at(size_t top)
{
    unsigned log = log_of(top) + 1, fine = fine_for(log);
    struct ledger l = {.fine = fine};
    l.list_count = (unsigned)class_in(fine, (size_t)1 << log);
    l.nonempty = (uint64_t *)block_at(top);
    l.lists = (struct block **)(l.nonempty + nonempty_words(&l));
    l.tags = (uint64_t *)(l.lists + l.list_count);
    l.units = units_for(lists_bytes(&l) + (top / SPAN + 2) * sizeof *l.tags);
    return l;
}

/* Put all free blocks into lists that hold nothing yet. */
static void lists_fill(void)
{
    memset(heap.ledger.nonempty, 0, lists_bytes(&heap.ledger));
    for (size_t u = 1, n; u < heap.end; u += n) {
        n = block_units(u);
        if (tag(u) == FREE)
            list_insert(u, n);
    }
}

/* Of a giant heap most tags were never written, and to move them would take as
 * much memory as if they were: gigabytes. */
#define GIANT ((size_t)1 << 28)

static bool heap_giant(void)
{
    return heap.end > GIANT;
}

/* Move those tags which mean something, to where no old ones are. */
static void tags_copy(uint64_t *from, uint64_t *to)
{
    heap.ledger.tags = to;
    set_tag(0, USED);
    for (size_t u = 1, n; u < heap.end; u += n) {
        heap.ledger.tags = from;
        n = block_units(u);
        bool used = tag(u) == USED;
        heap.ledger.tags = to;
        if (used)
            mark_used(u, n);
        else
            mark_free(u, n);
    }
    set_tag(heap.end, USED);
}

static bool ledger_move(size_t top)
{
    struct ledger old = heap.ledger, new = ledger_at(top);
    size_t more = top + new.units - (heap.top + old.units);
    if (mem_sbrk((intptr_t)(more * UNIT)) == (void *)-1)
        return false;
    heap.top = top;
    heap.ledger = new;
    if (heap_giant())
        tags_copy(old.tags, new.tags);
    else
        memmove(new.tags, old.tags, (heap.end / SPAN + 1) * sizeof *new.tags);
    if (new.list_count == old.list_count)
        memmove(new.nonempty, old.nonempty, lists_bytes(&new));
    else
        lists_fill();
    return true;
}

/* ledger_raise - let there be n units of slack, and a few more if they can be
 *     had; in a giant heap so many that it clears its old place. */
static bool ledger_raise(size_t n)
{
    if (heap_giant())
        return ledger_move(heap.top + larger_of(n, heap.ledger.units));
    size_t step = heap.end / STEP;
    return ledger_move(heap.end + larger_of(n, step)) ||
           (n < step && ledger_move(heap.end + n));
}

/* ---- Placement --------------------------------------------------------- */

/* Blocks of a class to look at for the best fit, as in mm.c. */
#define LOOK 16

/* best_of_class - the block of class c that wastes least, or 0. */
static size_t best_of_class(size_t c, size_t n)
{
    size_t best = 0, best_units = SIZE_MAX;
    int look = LOOK;
    for (struct block *b = heap.ledger.lists[c]; b && look; b = b->next) {
        size_t u = unit_of(b), have = free_units(u);
        if (have >= n && have < best_units) {
            best = u;
            best_units = have;
            if (have == n || class_exact(c))
                break;
        }
        look--;
    }
    return best;
}

/* class_above - the next class that has a block, or 0. */
static size_t class_above(size_t c)
{
    size_t i = ++c / 64, words = nonempty_words(&heap.ledger);
    if (i >= words)
        return 0;
    uint64_t word = heap.ledger.nonempty[i] & ~UINT64_C(0) << c % 64;
    while (!word && ++i < words)
        word = heap.ledger.nonempty[i];
    return word ? i * 64 + (size_t)__builtin_ctzl(word) : 0;
}

/* take_fit - a used block of n units, made of a free one, or 0. */
static size_t take_fit(size_t n)
{
    size_t c = class_of(n), u = 0;
    if (c >= heap.ledger.list_count)
        return 0;
    if (heap.ledger.lists[c])
        u = best_of_class(c, n);
    if (!u && (c = class_above(c)))
        u = best_of_class(c, n);
    if (!u)
        return 0;
    size_t have = free_units(u);
    list_remove(u, have);
    settle(u, have, n);
    return u;
}

static bool raise_end(size_t n)
{
    if (heap.top - heap.end < n && !ledger_raise(n))
        return false;
    heap.end += n;
    set_tag(heap.end, USED);
    return true;
}

/* take_top - a used block of n units at the top, grown by what it lacks, or 0.
 */
static size_t take_top(size_t n)
{
    size_t have = free_below(heap.end), u = heap.end - have;
    if (have < n && !raise_end(n - have))
        return 0;
    if (have)
        list_remove(u, have);
    settle(u, larger_of(have, n), n);
    return u;
}

/*
 * The nursery is a stretch of memory from which small blocks are cut one after
 * the other when no free block fits, so that they lie side by side and not each
 * between two large ones, as in mm.c.  It is tagged as a used block; the tags
 * inside mean nothing, but for the last.
 */
#define SMALL         ((size_t)6)
#define NURSERY_SHARE 32
#define NURSERY_MOST  ((size_t)256)

/* nursery_refill - a new nursery of at least n units. */
static bool nursery_refill(size_t n)
{
    if (heap.nursery)
        release(heap.nursery, heap.nursery_units);
    heap.nursery = heap.nursery_units = 0;
    size_t want = heap.end / NURSERY_SHARE;
    want = larger_of(want < NURSERY_MOST ? want : NURSERY_MOST, n);
    size_t u = take_top(want);
    if (!u && want > n)
        u = take_top(want = n);
    if (!u)
        return false;
    heap.nursery = u;
    heap.nursery_units = want;
    return true;
}

static size_t nursery_cut(size_t n)
{
    if (heap.nursery_units < n && !nursery_refill(n))
        return 0;
    size_t u = heap.nursery;
    mark_used(u, n);
    heap.nursery_units -= n;
    heap.nursery = heap.nursery_units ? u + n : 0;
    if (heap.nursery)
        set_tag(u + n, USED);
    return u;
}

/* place - a used block of n units; 0 without memory. */
static size_t place(size_t n)
{
    size_t u = take_fit(n);
    if (!u)
        u = n <= SMALL ? nursery_cut(n) : take_top(n);
    heap.used += u != 0;
    return u;
}

/* ---- Growing a block where it is --------------------------------------- */

/* absorb_above - into the free block above it, or at the top of the heap. */
static bool absorb_above(size_t u, size_t old, size_t n)
{
    size_t above = free_above(u + old), room = old + above;
    if (room < n && (u + room != heap.end || !raise_end(n - room)))
        return false;
    if (above)
        list_remove(u + old, above);
    settle(u, larger_of(room, n), n);
    return true;
}

/* slide_down - into the free block below it, and that above if there is one.
 *     Returns its new place, 0 if there is not enough room. */
static size_t slide_down(size_t u, size_t old, size_t n)
{
    size_t below = free_below(u), above = free_above(u + old);
    size_t room = below + old + above, to = u - below;
    if (!below || room < n)
        return 0;
    list_remove(to, below);
    if (above)
        list_remove(u + old, above);
    memmove(block_at(to), block_at(u), old * UNIT);
    set_tag(u, INSIDE);
    settle(to, room, n);
    return to;
}

static void give_back(size_t u, size_t n)
{
    heap.used--;
    release(u, n);
}

/* move - to another block of n units; 0 without memory. */
static size_t move(size_t u, size_t old, size_t n)
{
    size_t to = place(n);
    if (!to)
        return 0;
    memcpy(block_at(to), block_at(u), old * UNIT);
    give_back(u, old);
    return to;
}

static size_t resize(size_t u, size_t n)
{
    size_t old = used_units(u), to = u;
    if (n <= old)
        trim(u, old, n);
    else if (!absorb_above(u, old, n) && !(to = slide_down(u, old, n)))
        to = move(u, old, n);
    return to;
}

/* ---- What mm.h asks for ------------------------------------------------ */

bool mm_init(void)
{
    memset(&heap, 0, sizeof heap);
    heap.base = (char *)mem_heap_lo() - UNIT;
    heap.end = heap.top = 1;
    heap.ledger = ledger_at(heap.top);
    if (mem_sbrk((intptr_t)(heap.ledger.units * UNIT)) == (void *)-1)
        return false;
    lists_fill();
    set_tag(0, USED);
    set_tag(heap.end, USED);
    return true;
}

void *mm_malloc(size_t size)
{
    if (size == 0 || size > MAX_REQUEST)
        return NULL;
    size_t u = place(units_for(size));
    return u ? block_at(u) : NULL;
}

/* find_used - the block whose payload that is; or 0, and a line on stderr. */
static size_t find_used(const char *caller, const void *ptr)
{
    size_t u = unit_of(ptr);
    bool inside = u - 1 < heap.end - 1;
    if (inside && (uintptr_t)ptr % UNIT == 0 && tag(u) == USED &&
        u != heap.nursery)
        return u;
    fprintf(stderr, "%s(%p): refused: %s\n", caller, ptr,
            inside ? "no used block begins there" : "it is outside the heap");
    return 0;
}

void mm_free(void *ptr)
{
    size_t u = ptr ? find_used("mm_free", ptr) : 0;
    if (u)
        give_back(u, used_units(u));
}

void *mm_realloc(void *ptr, size_t size)
{
    if (!ptr)
        return mm_malloc(size);
    if (size == 0) {
        mm_free(ptr);
        return NULL;
    }
    if (size > MAX_REQUEST)
        return NULL;
    size_t u = find_used("mm_realloc", ptr);
    if (u)
        u = resize(u, units_for(size));
    return u ? block_at(u) : NULL;
}

/* Memory fresh from mem_sbrk need not be zero: the heap may be used again. */
void *mm_calloc(size_t nmemb, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(nmemb, size, &bytes))
        return NULL;
    void *ptr = mm_malloc(bytes);
    return ptr ? memset(ptr, 0, bytes) : NULL;
}

/* Take enough for the worst case, then free what lies before and after. */
void *mm_memalign(size_t align, size_t size)
{
    if (!align || align & (align - 1) || align > MAX_REQUEST)
        return NULL;
    if (align <= UNIT || size == 0 || size > MAX_REQUEST)
        return mm_malloc(size);
    size_t n = units_for(size), have = n + align / UNIT - 1, u = place(have);
    if (!u)
        return NULL;
    size_t before = (-(uintptr_t)block_at(u) & (align - 1)) / UNIT;
    if (before) {
        split(u, have, before);
        release(u, before);
    }
    trim(u + before, have - before, n);
    return block_at(u + before);
}

size_t mm_usable_size(void *ptr)
{
    size_t u = ptr ? find_used("mm_usable_size", ptr) : 0;
    return u ? used_units(u) * UNIT : 0;
}

/* The slack and the ledger are told as one block that is free. */
void mm_walk(mm_visitor *visit)
{
    for (size_t u = 1, n; u < heap.end; u += n) {
        n = block_units(u);
        visit(block_at(u), n * UNIT, tag(u) == USED && u != heap.nursery);
    }
    size_t rest = heap.top + heap.ledger.units - heap.end;
    visit(block_at(heap.end), rest * UNIT, false);
}

/* ---- The checker ------------------------------------------------------- */

/* Nothing is followed before it is known to lie inside the heap, so a broken
 * heap is reported and not crashed on.  Blocks that are free, and those that
 * are listed, are counted and summed up: if both agree they are the same. */
struct check {
    int line; /* mm_checkheap's caller */
    bool nursery_seen;
    size_t used, free, listed;
    size_t free_sum, listed_sum;
};

__attribute__((format(printf, 3, 4))) static bool
broken(const struct check *check, size_t u, const char *why, ...)
{
    va_list args;
    va_start(args, why);
    fprintf(stderr, "mm_checkheap(%d): block %p: ", check->line,
            (void *)((char *)mem_heap_lo() + (u - 1) * UNIT));
    vfprintf(stderr, why, args);
    fputc('\n', stderr);
    va_end(args);
    return false;
}

/* The ledger is what its place says, and ends at the break; the blocks end
 * below it; before and after them are a U. */
static bool check_books(const struct check *check)
{
    size_t units = mem_heapsize() / UNIT;
    if (heap.base != (char *)mem_heap_lo() - UNIT || heap.top - 1 >= units)
        return broken(check, heap.top, "the ledger, but not in the heap");
    struct ledger l = ledger_at(heap.top);
    if (heap.top + l.units != units + 1 ||
        memcmp(&l, &heap.ledger, sizeof l) != 0)
        return broken(check, heap.top, "not the ledger for such a heap");
    if (heap.end - 1 >= heap.top)
        return broken(check, heap.end, "the end, but no unit below the ledger");
    if ((heap.nursery != 0) != (heap.nursery_units != 0))
        return broken(check, heap.nursery, "the nursery, of %zu units",
                      heap.nursery_units);
    return (tag(0) == USED && tag(heap.end) == USED) ||
           broken(check, heap.end, "the end has tag %d, the bottom %d",
                  tag(heap.end), tag(0));
}

/* Inside of a short block all tags are i. */
static bool check_short(const struct check *check, size_t u, size_t n)
{
    uint64_t inside = n > 1 ? ~UINT64_C(0) >> (66 - 2 * n) : 0;
    return !(tags_from(u + 1) & inside) ||
           broken(check, u, "used, but not all of its %zu units say so", n);
}

/* A long block, or the nursery, ends with an i. */
static bool check_last(const struct check *check, size_t u, size_t n)
{
    return n == 1 || tag(u + n - 1) == INSIDE ||
           broken(check, u, "used, but its last tag is %d", tag(u + n - 1));
}

/* check_used - a used block; its units, or 0 if it is broken. */
static size_t check_used(struct check *check, size_t u)
{
    size_t room = heap.end - u;
    bool nursery = u == heap.nursery;
    bool is_long = !nursery && tag(u + 1) == LONG;
    if (is_long && room <= SHORT)
        return broken(check, u, "long, but only %zu units are left", room);
    size_t n = block_units(u);
    if (n > room || (is_long && n <= SHORT))
        return broken(check, u, "its size is %zu units, of %zu", n, room);
    bool good =
        nursery || is_long ? check_last(check, u, n) : check_short(check, u, n);
    check->used += !nursery;
    check->nursery_seen |= nursery;
    return good ? n : 0;
}

/* check_free - the same of a free one. */
static size_t check_free(struct check *check, size_t u)
{
    size_t n = free_units(u), room = heap.end - u;
    if (tag(u - 1) == FREE || tag(u - 1) == FREE_END)
        return broken(check, u, "free, and so is the block below it");
    if (n > room || (tag(u + 1) == INSIDE && n < 3))
        return broken(check, u, "its size is %zu units, of %zu", n, room);
    if (n > 1 && tag(u + n - 1) != FREE_END)
        return broken(check, u, "free, but its last tag is %d", tag(u + n - 1));
    if (n > 1 && free_below(u + n) != n)
        return broken(check, u, "its last word says %zu units, expected %zu",
                      free_below(u + n), n);
    check->free++;
    check->free_sum += u;
    return n;
}

/* Blocks tile the heap, up to its end. */
static bool check_blocks(struct check *check)
{
    for (size_t u = 1, n; u < heap.end; u += n) {
        enum tag t = tag(u);
        if (t != USED && t != FREE)
            return broken(check, u, "a block, but its tag is %d", t);
        n = t == USED ? check_used(check, u) : check_free(check, u);
        if (!n)
            return false;
    }
    if (heap.nursery && !check->nursery_seen)
        return broken(check, heap.nursery, "the nursery, but no used block");
    return check->used == heap.used ||
           broken(check, 1, "%zu blocks are used, expected %zu", check->used,
                  heap.used);
}

/* may_be_block - whether a free block could begin at that address. */
static bool may_be_block(const struct block *b)
{
    size_t u = unit_of(b);
    return (uintptr_t)b % UNIT == 0 && u - 1 < heap.end - 1 && tag(u) == FREE;
}

/* That the previous link of each block is where we came from means that there
 * is no cycle: the first block come to twice would need two of them. */
static bool check_list(struct check *check, size_t c)
{
    struct block *prev = NULL, *first = heap.ledger.lists[c];
    for (struct block *b = first; b; prev = b, b = b->next) {
        size_t u = unit_of(b);
        if (!may_be_block(b))
            return broken(check, u, "in list %zu, but no free block", c);
        size_t n = free_units(u);
        if (n == 0 || class_of(n) != c)
            return broken(check, u, "of %zu units, but in list %zu", n, c);
        if (b->prev != prev)
            return broken(check, u, "its previous link is %p, expected %p",
                          (void *)b->prev, (void *)prev);
        check->listed++;
        check->listed_sum += u;
    }
    return true;
}

/* The lists hold the free blocks; a bit is set if its list holds any. */
static bool check_lists(struct check *check)
{
    for (size_t c = 0; c < heap.ledger.list_count; c++)
        if (!check_list(check, c))
            return false;
    for (size_t c = 0; c / 64 < nonempty_words(&heap.ledger); c++) {
        bool bit = heap.ledger.nonempty[c / 64] >> c % 64 & 1;
        bool any = c < heap.ledger.list_count && heap.ledger.lists[c];
        if (bit != any)
            return broken(check, 1, "list %zu is marked %s", c,
                          bit ? "nonempty" : "empty");
    }
    return (check->listed == check->free &&
            check->listed_sum == check->free_sum) ||
           broken(check, 1, "%zu blocks are listed, %zu are free",
                  check->listed, check->free);
}

bool mm_checkheap(int line)
{
    struct check check = {.line = line};
    return check_books(&check) && check_blocks(&check) && check_lists(&check);
}
