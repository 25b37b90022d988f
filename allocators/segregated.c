/*
 * segregated.c - segregated fits: a free list for each doubling of sizes
 *
 *     used block                        free block
 *     +----------------------+          +----------------------+
 *     | size             | 1 | header   | size             | 0 | header
 *     +----------------------+ <- ptr   +----------------------+
 *     | payload              |          | next in the list     |
 *     |                      |          | previous in the list |
 *     |  ...                 |          |  ...                 |
 *     +----------------------+          +----------------------+
 *     | size             | 1 | footer   | size             | 0 | footer
 *     +----------------------+          +----------------------+
 *
 * The allocator of CS:APP, 9.9.14 (lists and boundary tags: Knuth, TAOCP 1,
 * 2.5).  The blocks are those of implicit.c and explicit.c.  The free ones
 * stand in one list for each class of sizes:
 *
 *     class    0       1        2         3             34             35
 *     bytes  32-63  64-127  128-255  256-511  ...  2^39-(2^40-1)  2^40 and more
 *
 * A malloc takes the first fit of its own class; if there is none, the first
 * block of the next class that has one, which fits for sure.  So it walks over
 * few blocks, and as none of them is larger than twice the smallest, comes near
 * a best fit.  A block that becomes free is merged with its free neighbours,
 * and put in front of its list.
 *
 * Invariants, which mm_checkheap checks: blocks tile the heap; header and
 * footer agree; no two free blocks are neighbours; the free blocks, and no
 * others, stand in the list of their class, each of them once.
 *
 * Costs: 16 bytes a block, rounded up to 16, and never less than 32 in all; and
 * 296 bytes for the lists.  malloc takes time in proportion to the number of
 * free blocks of one class, at worst; free takes constant time.
 */
#include "mm.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "memlib.h"

/* ---- Blocks ------------------------------------------------------------ */

typedef size_t tag; /* size | USED */

struct block {
    tag header;
    struct block *next; /* from here on: of free blocks only */
    struct block *prev;
};

#define USED      ((tag)1)
#define FLAGS     ((tag)15)
#define TAG       sizeof(tag)
#define MIN_BLOCK 32

/* Beyond this no block could be had, and sums would overflow. */
#define MAX_REQUEST ((size_t)PTRDIFF_MAX / 2)

static_assert(ALIGNMENT == 16, "sizes leave the lower four bits to flags");
static_assert(2 * TAG == ALIGNMENT, "tags keep payloads aligned");
static_assert(sizeof(struct block) + TAG == MIN_BLOCK,
              "a free block has room for its links and its footer");

static inline size_t block_size(const struct block *b)
{
    return b->header & ~FLAGS;
}

static inline bool block_used(const struct block *b)
{
    return b->header & USED;
}

static inline void *block_payload(struct block *b)
{
    return (char *)b + TAG;
}

static inline struct block *block_of(void *ptr)
{
    return (struct block *)((char *)ptr - TAG);
}

static inline struct block *block_next(const struct block *b)
{
    return (struct block *)((char *)b + block_size(b));
}

static inline tag *block_footer(const struct block *b)
{
    return (tag *)block_next(b) - 1;
}

static inline bool block_prev_used(const struct block *b)
{
    return ((const tag *)b)[-1] & USED;
}

static inline struct block *block_prev(const struct block *b)
{
    return (struct block *)((char *)b - (((const tag *)b)[-1] & ~FLAGS));
}

/* block_set - write both tags of a block. */
static inline void block_set(struct block *b, size_t size, tag used)
{
    b->header = size | used;
    *block_footer(b) = size | used;
}

/* block_size_for - the size of a block with that many bytes of payload. */
static inline size_t block_size_for(size_t payload)
{
    return (payload + 2 * TAG + ALIGNMENT - 1) & ~(size_t)FLAGS;
}

static inline struct block *heap_first(void)
{
    return (struct block *)((char *)mem_heap_lo() + TAG);
}

/* heap_end - the header of size 0. */
static inline struct block *heap_end(void)
{
    return (struct block *)((char *)mem_heap_hi() + 1 - TAG);
}

/* ---- The free lists ---------------------------------------------------- */

#define CLASSES   36
#define LEAST_LOG 5 /* 2 to that is MIN_BLOCK */

static_assert(MIN_BLOCK == 1 << LEAST_LOG, "class 0 begins with it");
static_assert(CLASSES <= 8 * sizeof(uint64_t), "a bit for each class");
static_assert(HEAP_LIMIT <= 1ULL << (CLASSES + LEAST_LOG - 1),
              "there is a class for each doubling");

static struct block *lists[CLASSES]; /* the last freed comes first */
static uint64_t nonempty;            /* bit c: there is a block of class c */

static inline unsigned class_of(size_t size)
{
    unsigned c = 63 - (unsigned)__builtin_clzl(size) - LEAST_LOG;
    return c < CLASSES ? c : CLASSES - 1;
}

static void list_insert(struct block *b)
{
    unsigned c = class_of(block_size(b));
    b->prev = NULL;
    b->next = lists[c];
    if (b->next)
        b->next->prev = b;
    lists[c] = b;
    nonempty |= UINT64_C(1) << c;
}

static void list_remove(struct block *b)
{
    if (b->next)
        b->next->prev = b->prev;
    if (b->prev) {
        b->prev->next = b->next;
        return;
    }
    unsigned c = class_of(block_size(b));
    lists[c] = b->next;
    if (!b->next)
        nonempty &= ~(UINT64_C(1) << c);
}

/* ---- Splitting and merging --------------------------------------------- */

/* release - make a used block free, and one with its free neighbours. */
static void release(struct block *b)
{
    struct block *next = block_next(b);
    size_t size = block_size(b);
    if (!block_used(next)) {
        list_remove(next);
        size += block_size(next);
    }
    if (!block_prev_used(b)) {
        b = block_prev(b);
        list_remove(b);
        size += block_size(b);
    }
    block_set(b, size, 0);
    list_insert(b);
}

/* trim - cut a used block down to size, and release the rest if it is enough
 *     for a block. */
static void trim(struct block *b, size_t size)
{
    size_t rest = block_size(b) - size;
    if (rest < MIN_BLOCK)
        return;
    block_set(b, size, USED);
    block_set(block_next(b), rest, USED);
    release(block_next(b));
}

/* ---- Placement --------------------------------------------------------- */

/* find_fit - the first fit of the class of size, or the first block of the next
 *     class that has one; or NULL. */
static struct block *find_fit(size_t size)
{
    unsigned c = class_of(size);
    struct block *b = lists[c];
    while (b && block_size(b) < size)
        b = b->next;
    uint64_t larger = nonempty & ~UINT64_C(1) << c;
    if (!b && larger)
        b = lists[__builtin_ctzl(larger)];
    return b;
}

/* grow_heap - a free block of size bytes at the top of the heap: the one that
 *     is there, if any, and what it lacks from mem_sbrk. */
static struct block *grow_heap(size_t size)
{
    struct block *end = heap_end();
    if (!block_prev_used(end))
        size -= block_size(block_prev(end));
    if (mem_sbrk((intptr_t)size) == (void *)-1)
        return NULL;
    block_set(end, size, USED);
    heap_end()->header = USED;
    release(end);
    return block_prev(heap_end());
}

/* place - use size bytes of a free block, and let the rest be a free one. */
static void place(struct block *b, size_t size)
{
    list_remove(b);
    block_set(b, block_size(b), USED);
    trim(b, size);
}

/* ---- What mm.h asks for ------------------------------------------------ */

bool mm_init(void)
{
    memset(lists, 0, sizeof lists);
    nonempty = 0;
    tag *base = mem_sbrk(2 * TAG);
    if (base == (void *)-1)
        return false;
    base[0] = USED;
    base[1] = USED;
    return true;
}

void *mm_malloc(size_t size)
{
    if (size == 0 || size > MAX_REQUEST)
        return NULL;
    size_t need = block_size_for(size);
    struct block *b = find_fit(need);
    if (!b)
        b = grow_heap(need);
    if (!b)
        return NULL;
    place(b, need);
    return block_payload(b);
}

void mm_free(void *ptr)
{
    if (ptr)
        release(block_of(ptr));
}

/* absorb_next - grow a used block to size bytes of its own and of the free one
 *     above it, if together they have them. */
static bool absorb_next(struct block *b, size_t size)
{
    struct block *next = block_next(b);
    size_t room = block_size(b) + block_size(next);
    if (block_used(next) || room < size)
        return false;
    list_remove(next);
    block_set(b, room, USED);
    trim(b, size);
    return true;
}

static void *move(void *ptr, size_t size)
{
    void *copy = mm_malloc(size);
    if (!copy)
        return NULL;
    memcpy(copy, ptr, block_size(block_of(ptr)) - 2 * TAG);
    mm_free(ptr);
    return copy;
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
    struct block *b = block_of(ptr);
    size_t need = block_size_for(size);
    if (block_size(b) >= need)
        trim(b, need);
    else if (!absorb_next(b, need))
        return move(ptr, size);
    return ptr;
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

/* Take enough for the worst case, then free what lies before and after.  What
 * lies before must be nothing, or enough for a block. */
void *mm_memalign(size_t align, size_t size)
{
    if (!align || align & (align - 1) || align > MAX_REQUEST)
        return NULL;
    if (align <= ALIGNMENT || size == 0 || size > MAX_REQUEST)
        return mm_malloc(size);
    char *ptr = mm_malloc(size + align + MIN_BLOCK);
    if (!ptr)
        return NULL;
    struct block *b = block_of(ptr);
    size_t before = -(uintptr_t)ptr & (align - 1);
    if (before && before < MIN_BLOCK)
        before += align;
    if (before) {
        size_t rest = block_size(b) - before;
        block_set(b, before, USED);
        b = block_next(b);
        block_set(b, rest, USED);
        mm_free(ptr);
    }
    trim(b, block_size_for(size));
    return block_payload(b);
}

size_t mm_usable_size(void *ptr)
{
    return ptr ? block_size(block_of(ptr)) - 2 * TAG : 0;
}

void mm_walk(mm_visitor *visit)
{
    for (struct block *b = heap_first(); block_size(b); b = block_next(b))
        visit(b, block_size(b), block_used(b));
}

/* ---- The checker ------------------------------------------------------- */

/* Nothing is followed before it is known to lie inside the heap, so a broken
 * heap is reported and not crashed on. */
__attribute__((format(printf, 3, 4))) static bool
broken(int line, const struct block *b, const char *why, ...)
{
    va_list args;
    va_start(args, why);
    fprintf(stderr, "mm_checkheap(%d): block %p: ", line, (const void *)b);
    vfprintf(stderr, why, args);
    fputc('\n', stderr);
    va_end(args);
    return false;
}

/* may_be_block - whether a block could begin at that address. */
static bool may_be_block(const struct block *b)
{
    uintptr_t at = (uintptr_t)b, lo = (uintptr_t)heap_first();
    uintptr_t end = (uintptr_t)heap_end();
    return at % ALIGNMENT == TAG && at >= lo && at < end &&
           end - at >= MIN_BLOCK;
}

/* Both neighbours in the list must lead back here, or it is in no list. */
static bool check_links(int line, const struct block *b)
{
    if (b->next && !may_be_block(b->next))
        return broken(line, b, "its next link %p leads to no block",
                      (void *)b->next);
    if (b->prev && !may_be_block(b->prev))
        return broken(line, b, "its previous link %p leads to no block",
                      (void *)b->prev);
    unsigned c = class_of(block_size(b));
    if ((b->prev ? b->prev->next : lists[c]) != b)
        return broken(line, b, "free, but not in the list of class %u", c);
    if (b->next && b->next->prev != b)
        return broken(line, b, "its next %p does not link back to it",
                      (void *)b->next);
    return true;
}

static bool check_block(int line, const struct block *b)
{
    size_t room = (size_t)((char *)heap_end() - (char *)b);
    size_t size = block_size(b);
    if (b->header & FLAGS & ~USED)
        return broken(line, b, "its header %#zx has unknown flags", b->header);
    if (size < MIN_BLOCK || size > room)
        return broken(line, b, "its size is %zu, expected %d to %zu", size,
                      MIN_BLOCK, room);
    if (*block_footer(b) != b->header)
        return broken(line, b, "its footer is %#zx, its header %#zx",
                      *block_footer(b), b->header);
    if (block_used(b))
        return true;
    if (!block_prev_used(b))
        return broken(line, b, "free, and so is the block below it");
    return check_links(line, b);
}

static bool check_end(int line, const struct block *b, tag found)
{
    return found == USED ||
           broken(line, b, "an end of the heap is %#zx, expected %#zx", found,
                  USED);
}

/* Blocks tile the heap, from its first to its end.  Counts the free ones. */
static bool check_blocks(int line, size_t *free_blocks)
{
    struct block *b = heap_first();
    if (!check_end(line, b, ((tag *)b)[-1]))
        return false;
    for (; b != heap_end(); b = block_next(b)) {
        if (!check_block(line, b))
            return false;
        *free_blocks += !block_used(b);
    }
    return check_end(line, b, b->header);
}

/* That the previous link of each is where we came from means that the list
 * comes to no block twice: the first of them would need two. */
static bool check_list(int line, unsigned c, size_t *listed)
{
    struct block *prev = NULL;
    for (struct block *b = lists[c]; b; prev = b, b = b->next, ++*listed) {
        if (!may_be_block(b))
            return broken(line, b, "in the list of class %u, but no block", c);
        if (block_used(b))
            return broken(line, b, "used, but in the list of class %u", c);
        if (block_size(b) < MIN_BLOCK || class_of(block_size(b)) != c)
            return broken(line, b, "of %zu bytes, but in the list of class %u",
                          block_size(b), c);
        if (b->prev != prev)
            return broken(line, b, "its previous link is %p, expected %p",
                          (void *)b->prev, (void *)prev);
    }
    bool bit = nonempty >> c & 1;
    return bit == (lists[c] != NULL) ||
           broken(line, lists[c], "class %u is marked %s", c,
                  bit ? "nonempty" : "empty");
}

/* The lists hold the free blocks: each of them, and as many as there are. */
static bool check_lists(int line, size_t free_blocks)
{
    size_t listed = 0;
    for (unsigned c = 0; c < CLASSES; c++)
        if (!check_list(line, c, &listed))
            return false;
    if (nonempty >> CLASSES)
        return broken(line, heap_first(), "class %d is marked nonempty",
                      __builtin_ctzl(nonempty >> CLASSES) + CLASSES);
    return listed == free_blocks ||
           broken(line, heap_first(), "%zu blocks are listed, %zu are free",
                  listed, free_blocks);
}

bool mm_checkheap(int line)
{
    size_t free_blocks = 0;
    return check_blocks(line, &free_blocks) && check_lists(line, free_blocks);
}
