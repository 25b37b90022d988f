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
 * A header is 8 bytes at an address that is 8 more than a multiple of 16.  Its
 * last bit says whether the block is used, P whether the one below it is.  Only
 * a free block has a footer, by which the one above finds its start (boundary
 * tags: Knuth, TAOCP 1, 2.5).  The heap is 8 bytes of padding, the blocks, and
 * a header of size 0 marked used.
 *
 * Invariants, which mm_checkheap checks: blocks tile the heap; no two free
 * blocks are neighbours; the free blocks, and no others, stand in the list of
 * their class.  The nursery, if there is one, is marked used.
 *
 * Costs: 8 bytes a block, rounded up to 16, and never less than 32 in all.
 * malloc looks at two classes and at most LOOK blocks in each, and beyond that
 * for the first fit in the last class, of 48 MiB and more.  free takes constant
 * time; realloc that of a malloc, a free and what it has to copy.
 */

/* With -DDEBUG: assertions, and a check of the heap at every call. */
#if !defined DEBUG && !defined NDEBUG
#define NDEBUG
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

static inline size_t block_distance(const struct block *low,
                                    const struct block *high)
{
    return (size_t)((const char *)high - (const char *)low);
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
    uint64_t nonempty;            /* bit c: there is a block of class c */
    struct block *lists[CLASSES]; /* the last freed comes first */
    struct block *nursery;        /* see below; NULL if there is none */
    struct block *end;            /* the header of size 0 */
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

/* ---- Splitting and merging --------------------------------------------- */

/* merge_prev, merge_next - join b, about to be free, with a free neighbour.
 *     Return what it has become. */
static inline struct block *merge_prev(struct block *b)
{
    if (block_prev_used(b))
        return b;
    struct block *prev = block_prev(b);
    list_remove(prev);
    block_resize(prev, block_size(prev) + block_size(b));
    return prev;
}

static inline struct block *merge_next(struct block *b)
{
    struct block *next = block_next(b);
    if (block_used(next))
        return b;
    list_remove(next);
    block_resize(b, block_size(b) + block_size(next));
    return b;
}

/* release - make a used block free. */
static void release(struct block *b)
{
    b = merge_prev(b);
    b = merge_next(b);
    block_mark_free(b);
    list_insert(b);
}

/* split - cut a used block down to size; returns the rest, a used block, or
 *     NULL when it would be too small for one. */
static inline struct block *split(struct block *b, size_t size)
{
    assert(block_size(b) >= size && "cannot cut to more than there is");
    size_t rest = block_size(b) - size;
    if (rest < MIN_BLOCK)
        return NULL;
    block_resize(b, size);
    struct block *tail = block_next(b);
    tail->head = rest | PREV_USED | USED;
    return tail;
}

/* trim - cut a used block down to size and release the rest. */
static void trim(struct block *b, size_t size)
{
    struct block *tail = split(b, size);
    if (tail)
        release(tail);
}

/* ---- Placement --------------------------------------------------------- */

/*
 * Blocks of a class to look at for the best fit.  Where sizes are random, the
 * first fit (1) has a utilization of 82 to 92%, 4 of 88 to 95, 16 of 91 to 96,
 * and 64 gains nothing for a fifth more time.  Elsewhere it hardly matters.
 */
#define LOOK 16

/*
 * best_of_class - the block of class c that wastes least, or NULL.  The last
 *     class is searched until one fits: above it nothing does, and as its
 *     blocks are of 48 MiB and more, they are few.
 */
static struct block *best_of_class(unsigned c, size_t size)
{
    struct block *best = NULL;
    size_t best_size = SIZE_MAX;
    int look = LOOK;
    for (struct block *b = heap.lists[c]; b; b = b->next) {
        if (block_size(b) >= size && block_size(b) < best_size) {
            best = b;
            best_size = block_size(b);
            if (best_size == size || c < EXACT_CLASSES)
                break;
        }
        if (--look <= 0 && (best || c < LAST_CLASS))
            break;
    }
    return best;
}

/* take_fit - take a free block of at least size bytes out of its list. */
static struct block *take_fit(size_t size)
{
    unsigned c = class_of(size);
    struct block *b = best_of_class(c, size);
    if (!b && c < LAST_CLASS) {
        uint64_t larger = heap.nonempty & ~UINT64_C(1) << c;
        if (larger)
            b = best_of_class((unsigned)__builtin_ctzl(larger), size);
    }
    if (b)
        list_remove(b);
    return b;
}

static bool raise_end(size_t bytes)
{
    if (mem_sbrk((intptr_t)bytes) == (void *)-1)
        return false;
    heap.end = block_at(heap.end, bytes);
    heap.end->head = USED;
    return true;
}

/*
 * take_top - take the top of the heap, grown so that it has size bytes: by
 *     what it lacks and no more, as mem_sbrk is cheap and memory is not.  It
 *     may be less than MIN_BLOCK if size is.
 */
static struct block *take_top(size_t size)
{
    struct block *top = heap.end;
    if (!block_prev_used(top))
        top = block_prev(top);
    size_t have = block_distance(top, heap.end);
    if (have < size && !raise_end(size - have))
        return NULL;
    if (have)
        list_remove(top);
    block_resize(top, block_distance(top, heap.end));
    return top;
}

/*
 * The nursery is a stretch of memory from which small blocks are cut one after
 * the other when no free block fits.  So small blocks lie side by side, not
 * each between two large ones that can then never merge: where small and large
 * alternate and the large ones are freed (the `binary` traces), utilization is
 * 93% with it and 54% without.  SMALL parts 64 bytes from 448 and 16 from 112.
 * The nursery is a 32nd of the heap, as half of it is wasted on average, and
 * no more than 4 KiB: 16 KiB wastes more in programs than it gains in models.
 */
#define SMALL         ((size_t)96)
#define NURSERY_SHARE 32
#define NURSERY_MOST  ((size_t)4096)

/* nursery_refill - a new nursery of at least that many bytes; where the heap
 *     cannot grow by a whole one, of no more. */
static bool nursery_refill(size_t least)
{
    if (heap.nursery)
        release(heap.nursery);
    heap.nursery = NULL;
    size_t size = mem_heapsize() / NURSERY_SHARE & ~(size_t)FLAGS;
    if (size > NURSERY_MOST)
        size = NURSERY_MOST;
    if (size < least)
        size = least;
    struct block *b = take_top(size);
    if (!b)
        b = take_top(size = least);
    if (!b)
        return false;
    block_mark_used(b);
    trim(b, size);
    heap.nursery = b;
    return true;
}

static struct block *nursery_cut(size_t size)
{
    bool enough = heap.nursery && block_size(heap.nursery) >= size;
    if (!enough && !nursery_refill(size))
        return NULL;
    struct block *b = heap.nursery;
    heap.nursery = split(b, size);
    return b;
}

/* place - a used block of size bytes or a little more; NULL without memory. */
static struct block *place(size_t size)
{
    struct block *b = take_fit(size);
    if (!b && size <= SMALL)
        return nursery_cut(size);
    if (!b)
        b = take_top(size);
    if (!b)
        return NULL;
    block_mark_used(b);
    trim(b, size);
    return b;
}

/* ---- Growing a block where it is --------------------------------------- */

/* absorb_next - grow a used block into the free one above it, or at the top of
 *     the heap. */
static bool absorb_next(struct block *b, size_t size)
{
    struct block *next = block_next(b);
    size_t room = block_size(b);
    if (!block_used(next))
        room += block_size(next);
    if (room >= size)
        list_remove(next);
    else if (block_at(b, room) == heap.end)
        next = take_top(size - block_size(b));
    else
        next = NULL;
    if (!next)
        return false;
    block_resize(b, block_size(b) + block_size(next));
    block_mark_used(b);
    return true;
}

/* slide_down - move a used block into the free one below it, and that above if
 *     there is one.  Returns its new place, NULL if there is not enough room.
 */
static struct block *slide_down(struct block *b, size_t size)
{
    if (block_prev_used(b))
        return NULL;
    struct block *next = block_next(b);
    size_t old = block_size(b);
    size_t room = block_size(block_prev(b)) + old;
    if (!block_used(next))
        room += block_size(next);
    if (room < size)
        return NULL;
    struct block *low = merge_prev(merge_next(b));
    memmove(block_payload(low), block_payload(b), old - HEADER);
    block_mark_used(low);
    return low;
}

/* ---- What mm.h asks for ------------------------------------------------ */

static inline void debug_check(int line)
{
    (void)line;
    assert(mm_checkheap(line) && "the heap is sound");
}

static void *allocate(size_t size)
{
    if (size == 0 || size > MAX_REQUEST)
        return NULL;
    struct block *b = place(block_size_for(size));
    return b ? block_payload(b) : NULL;
}

static void *move(void *ptr, size_t size)
{
    void *copy = allocate(size);
    if (!copy)
        return NULL;
    struct block *b = block_of(ptr);
    memcpy(copy, ptr, block_size(b) - HEADER);
    release(b);
    return copy;
}

bool mm_init(void)
{
    memset(&heap, 0, sizeof heap);
    char *base = mem_sbrk(2 * HEADER);
    if (base == (void *)-1)
        return false;
    heap.end = (struct block *)(base + HEADER);
    heap.end->head = PREV_USED | USED;
    return true;
}

void *mm_malloc(size_t size)
{
    debug_check(__LINE__);
    return allocate(size);
}

void mm_free(void *ptr)
{
    debug_check(__LINE__);
    if (ptr)
        release(block_of(ptr));
}

void *mm_realloc(void *ptr, size_t size)
{
    debug_check(__LINE__);
    if (!ptr)
        return allocate(size);
    struct block *b = block_of(ptr);
    if (size == 0) {
        release(b);
        return NULL;
    }
    if (size > MAX_REQUEST)
        return NULL;
    size_t need = block_size_for(size);
    if (block_size(b) < need && !absorb_next(b, need))
        b = slide_down(b, need);
    if (!b)
        return move(ptr, size);
    trim(b, need);
    return block_payload(b);
}

/* Memory fresh from mem_sbrk need not be zero: the heap may be used again. */
void *mm_calloc(size_t nmemb, size_t size)
{
    debug_check(__LINE__);
    size_t bytes;
    if (__builtin_mul_overflow(nmemb, size, &bytes))
        return NULL;
    void *ptr = allocate(bytes);
    return ptr ? memset(ptr, 0, bytes) : NULL;
}

/* Take enough for the worst case, then free what lies before and after.  What
 * lies before must be nothing, or enough for a block. */
void *mm_memalign(size_t align, size_t size)
{
    debug_check(__LINE__);
    if (!align || align & (align - 1))
        return NULL;
    if (align <= ALIGNMENT)
        return allocate(size);
    if (!size || size > MAX_REQUEST || align > MAX_REQUEST)
        return NULL;
    char *ptr = allocate(size + align + MIN_BLOCK);
    if (!ptr)
        return NULL;
    struct block *b = block_of(ptr);
    size_t before = -(uintptr_t)ptr & (align - 1);
    if (before && before < MIN_BLOCK)
        before += align;
    if (before) {
        struct block *low = b;
        b = split(low, before);
        release(low);
    }
    trim(b, block_size_for(size));
    return block_payload(b);
}

size_t mm_usable_size(void *ptr)
{
    return ptr ? block_size(block_of(ptr)) - HEADER : 0;
}

static struct block *heap_first(void)
{
    return (struct block *)((char *)mem_heap_lo() + HEADER);
}

void mm_walk(mm_visitor *visit)
{
    for (struct block *b = heap_first(); b != heap.end; b = block_next(b))
        visit(b, block_size(b), block_used(b) && b != heap.nursery);
}

/* ---- The checker ------------------------------------------------------- */

/* Nothing is followed before it is known to lie inside the heap, so a broken
 * heap is reported and not crashed on. */
struct check {
    int line; /* mm_checkheap's caller */
    size_t free_blocks;
    bool nursery_seen;
};

__attribute__((format(printf, 3, 4))) static bool
broken(const struct check *check, const void *block, const char *why, ...)
{
    va_list args;
    va_start(args, why);
    fprintf(stderr, "mm_checkheap(%d): block %p: ", check->line, block);
    vfprintf(stderr, why, args);
    fputc('\n', stderr);
    va_end(args);
    return false;
}

/* may_be_block - whether a block could begin at that address. */
static bool may_be_block(const struct block *b)
{
    uintptr_t at = (uintptr_t)b, lo = (uintptr_t)heap_first();
    uintptr_t end = (uintptr_t)heap.end;
    return at % ALIGNMENT == HEADER && at >= lo && at < end &&
           end - at >= MIN_BLOCK;
}

/* Both neighbours in the list must lead back here, or it is in no list. */
static bool check_links(const struct check *check, struct block *b)
{
    if (b->next && !may_be_block(b->next))
        return broken(check, b, "its next link %p leads to no block",
                      (void *)b->next);
    if (b->prev && !may_be_block(b->prev))
        return broken(check, b, "its previous link %p leads to no block",
                      (void *)b->prev);
    unsigned c = class_of(block_size(b));
    if ((b->prev ? b->prev->next : heap.lists[c]) != b)
        return broken(check, b, "free, but not in the list of class %u", c);
    if (b->next && b->next->prev != b)
        return broken(check, b, "its next %p does not link back to it",
                      (void *)b->next);
    return true;
}

static bool check_free_block(struct check *check, struct block *b)
{
    if (!block_prev_used(b))
        return broken(check, b, "free, and so is the block below it");
    if (*block_footer(b) != block_size(b))
        return broken(check, b, "its footer says %zu bytes, its header %zu",
                      *block_footer(b), block_size(b));
    check->free_blocks++;
    return check_links(check, b);
}

static bool check_header(const struct check *check, const struct block *b,
                         bool prev_used)
{
    size_t size = block_size(b), room = block_distance(b, heap.end);
    if (b->head & FLAGS & ~(size_t)(USED | PREV_USED))
        return broken(check, b, "its header %#zx has unknown flags", b->head);
    if (size < MIN_BLOCK || size > room)
        return broken(check, b, "its size is %zu, expected %d to %zu", size,
                      MIN_BLOCK, room);
    if (block_prev_used(b) != prev_used)
        return broken(check, b, "says the block below is %s, which is %s",
                      prev_used ? "free" : "used", prev_used ? "used" : "free");
    return true;
}

/* Blocks tile the heap, from its first to its end. */
static bool check_blocks(struct check *check)
{
    bool prev_used = true;
    struct block *b = heap_first();
    for (; b != heap.end; b = block_next(b)) {
        if (!check_header(check, b, prev_used))
            return false;
        prev_used = block_used(b);
        if (!prev_used && !check_free_block(check, b))
            return false;
        if (prev_used && b == heap.nursery)
            check->nursery_seen = true;
    }
    size_t expected = USED | (prev_used ? PREV_USED : 0);
    return b->head == expected ||
           broken(check, b, "the end of the heap is %#zx, expected %#zx",
                  b->head, expected);
}

/* That the previous link of each block is where we came from means that there
 * is no cycle: the first block come to twice would need two of them. */
static bool check_list(const struct check *check, unsigned c, size_t *listed)
{
    struct block *prev = NULL;
    for (struct block *b = heap.lists[c]; b; prev = b, b = b->next) {
        if (!may_be_block(b))
            return broken(check, b, "in the list of class %u, but no block", c);
        if (block_used(b))
            return broken(check, b, "used, but in the list of class %u", c);
        if (class_of(block_size(b)) != c)
            return broken(check, b, "of %zu bytes, but in the list of class %u",
                          block_size(b), c);
        if (b->prev != prev)
            return broken(check, b, "its previous link is %p, expected %p",
                          (void *)b->prev, (void *)prev);
        ++*listed;
    }
    bool bit = heap.nonempty >> c & 1;
    return bit == (heap.lists[c] != NULL) ||
           broken(check, heap.lists[c], "class %u is marked %s", c,
                  bit ? "nonempty" : "empty");
}

/* The lists hold the free blocks: each of them, and as many as there are. */
static bool check_lists(const struct check *check)
{
    size_t listed = 0;
    for (unsigned c = 0; c < CLASSES; c++)
        if (!check_list(check, c, &listed))
            return false;
    return listed == check->free_blocks ||
           broken(check, heap_first(), "%zu blocks are listed, %zu are free",
                  listed, check->free_blocks);
}

bool mm_checkheap(int line)
{
    struct check check = {.line = line};
    if ((char *)heap.end + HEADER != (char *)mem_heap_hi() + 1)
        return broken(&check, heap.end, "the end of the heap, expected %p",
                      (void *)((char *)mem_heap_hi() + 1 - HEADER));
    if (!check_blocks(&check) || !check_lists(&check))
        return false;
    return !heap.nursery || check.nursery_seen ||
           broken(&check, heap.nursery, "the nursery, but no used block");
}
