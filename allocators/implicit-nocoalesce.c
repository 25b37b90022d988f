/*
 * implicit-nocoalesce.c - an implicit free list: a header, and no coalescing
 *
 *     used or free block
 *     +--------------------------+
 *     | size               | U   | header
 *     +--------------------------+ <- ptr, a multiple of 16
 *     | payload                  |
 *     |  ...                     |
 *     +--------------------------+
 *
 * What courses hand out to be improved (CS:APP, 9.9.6 to 9.9.9): there is no
 * list but the heap itself; a malloc takes the lowest free block that fits
 * (first fit) and makes a free block of what is left over; U says whether a
 * block is used.  The heap is 8 bytes of padding, so that payloads are aligned,
 * and the blocks, of which the last one ends at the break.
 *
 * A block once split is never joined again.  free therefore has nothing to do,
 * but the heap is ground into ever smaller pieces: false fragmentation (CS:APP,
 * 9.9.10), a request that none of many free neighbours can meet alone.
 * implicit.c is what becomes of this with footers and coalescing.
 *
 * Invariant, which mm_checkheap checks: blocks tile the heap.
 *
 * Costs: 8 bytes a block, rounded up to 16.  free takes constant time; malloc
 * time in proportion to the number of blocks there ever were.
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

struct block {
    size_t header; /* size | USED */
};

#define USED      ((size_t)1)
#define FLAGS     ((size_t)15)
#define HEADER    sizeof(struct block)
#define MIN_BLOCK ALIGNMENT

/* Beyond this no block could be had, and sums would overflow. */
#define MAX_REQUEST ((size_t)PTRDIFF_MAX / 2)

static_assert(ALIGNMENT == 16, "sizes leave the lower four bits to flags");
static_assert(2 * HEADER == ALIGNMENT, "padding is one header");

static inline size_t block_size(const struct block *b)
{
    return b->header & ~FLAGS;
}

static inline bool block_used(const struct block *b)
{
    return b->header & USED;
}

static inline void block_set(struct block *b, size_t size, size_t used)
{
    b->header = size | used;
}

static inline void *block_payload(struct block *b)
{
    return (char *)b + HEADER;
}

static inline struct block *block_of(void *ptr)
{
    return (struct block *)((char *)ptr - HEADER);
}

static inline struct block *block_next(const struct block *b)
{
    return (struct block *)((char *)b + block_size(b));
}

/* block_before - bytes between the block and one at or above it whose payload
 *     is a multiple of align: a multiple of 16, hence none or enough for a
 *     block. */
static inline size_t block_before(const struct block *b, size_t align)
{
    return -((uintptr_t)b + HEADER) & (align - 1);
}

/* block_size_for - the size of a block with that many bytes of payload. */
static inline size_t block_size_for(size_t payload)
{
    return (payload + HEADER + ALIGNMENT - 1) & ~FLAGS;
}

/* ---- The heap ---------------------------------------------------------- */

static inline struct block *heap_first(void)
{
    return (struct block *)((char *)mem_heap_lo() + HEADER);
}

/* heap_end - the break, where the next block will be. */
static inline struct block *heap_end(void)
{
    return (struct block *)((char *)mem_heap_hi() + 1);
}

/* ---- Placement --------------------------------------------------------- */

/* find_fit - the first free block with size bytes from where a payload would
 *     be aligned, or NULL. */
static struct block *find_fit(size_t size, size_t align)
{
    struct block *end = heap_end();
    for (struct block *b = heap_first(); b != end; b = block_next(b))
        if (!block_used(b) && block_size(b) >= size + block_before(b, align))
            return b;
    return NULL;
}

/* grow_heap - a free block at the top of the heap that is as find_fit's. */
static struct block *grow_heap(size_t size, size_t align)
{
    struct block *b = heap_end();
    size_t bytes = block_before(b, align) + size;
    if (mem_sbrk((intptr_t)bytes) == (void *)-1)
        return NULL;
    block_set(b, bytes, 0);
    return b;
}

/* split - let a block have size bytes of it, and the rest, if there is any, be
 *     a free one. */
static void split(struct block *b, size_t size)
{
    size_t rest = block_size(b) - size;
    if (rest < MIN_BLOCK)
        return;
    block_set(b, size, b->header & USED);
    block_set(block_next(b), rest, 0);
}

/* place - use size bytes of a free block, the first that are aligned. */
static struct block *place(struct block *b, size_t size, size_t align)
{
    size_t before = block_before(b, align);
    if (before) {
        split(b, before);
        b = block_next(b);
    }
    split(b, size);
    block_set(b, block_size(b), USED);
    return b;
}

/* ---- What mm.h asks for ------------------------------------------------ */

bool mm_init(void)
{
    return mem_sbrk(HEADER) != (void *)-1;
}

void *mm_memalign(size_t align, size_t size)
{
    if (!align || align & (align - 1) || align > MAX_REQUEST)
        return NULL;
    if (size == 0 || size > MAX_REQUEST)
        return NULL;
    if (align < ALIGNMENT)
        align = ALIGNMENT;
    size_t need = block_size_for(size);
    struct block *b = find_fit(need, align);
    if (!b)
        b = grow_heap(need, align);
    return b ? block_payload(place(b, need, align)) : NULL;
}

void *mm_malloc(size_t size)
{
    return mm_memalign(ALIGNMENT, size);
}

void mm_free(void *ptr)
{
    if (ptr)
        block_set(block_of(ptr), block_size(block_of(ptr)), 0);
}

static void *move(void *ptr, size_t size)
{
    void *copy = mm_malloc(size);
    if (!copy)
        return NULL;
    memcpy(copy, ptr, block_size(block_of(ptr)) - HEADER);
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
    if (block_size(b) < block_size_for(size))
        return move(ptr, size);
    split(b, block_size_for(size));
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

size_t mm_usable_size(void *ptr)
{
    return ptr ? block_size(block_of(ptr)) - HEADER : 0;
}

void mm_walk(mm_visitor *visit)
{
    struct block *end = heap_end();
    for (struct block *b = heap_first(); b != end; b = block_next(b))
        visit(b, block_size(b), block_used(b));
}

/* ---- The checker ------------------------------------------------------- */

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

/* A size is known to lie inside the heap before it is followed, so a broken
 * heap is reported and not crashed on. */
bool mm_checkheap(int line)
{
    struct block *end = heap_end();
    for (struct block *b = heap_first(); b != end; b = block_next(b)) {
        size_t room = (size_t)((char *)end - (char *)b);
        if (b->header & FLAGS & ~USED)
            return broken(line, b, "its header %#zx has unknown flags",
                          b->header);
        if (block_size(b) < MIN_BLOCK || block_size(b) > room)
            return broken(line, b, "its size is %zu, expected %d to %zu",
                          block_size(b), MIN_BLOCK, room);
    }
    return true;
}
