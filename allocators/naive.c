/*
 * naive.c - a bump pointer: every block is new memory, none is used again
 *
 *     +----------+------------------+----------+---------------
 *     | size | D | payload          | size | D | payload ...
 *     +----------+------------------+----------+---------------
 *     ^ header   ^ ptr, a multiple of 16
 *
 * The least that is an allocator, and the yardstick at both ends: nothing can
 * be simpler or take less time, nothing wastes more memory.  The bump pointer
 * is the break itself (CS:APP's mm-naive.c).  free does but set D, dead, so
 * that mm_walk can tell what is live; malloc never looks at it.  A header is 8
 * bytes at an address that is 8 more than a multiple of 16; 8 bytes of padding
 * before the first one see to that.
 *
 * Invariant, which mm_checkheap checks: blocks tile the heap.
 *
 * Costs: 8 bytes a block, rounded up to 16; a call of mem_sbrk for each malloc
 * and for each realloc that grows; what memalign skips to get to its alignment.
 * Utilization is the peak of live memory over all that was ever asked for.
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
    size_t header; /* size of all of it | DEAD */
};

#define HEADER sizeof(struct block)
#define DEAD   ((size_t)1)
#define FLAGS  ((size_t)15)

/* Beyond this no block could be had, and sums would overflow. */
#define MAX_REQUEST ((size_t)PTRDIFF_MAX / 2)

static_assert(HEADER == 8 && ALIGNMENT == 16, "padding is one header");

static inline size_t block_size(const struct block *b)
{
    return b->header & ~FLAGS;
}

static inline void *block_payload(struct block *b)
{
    return b + 1;
}

static inline struct block *block_of(void *ptr)
{
    return (struct block *)ptr - 1;
}

static inline struct block *block_next(struct block *b)
{
    return (struct block *)((char *)b + block_size(b));
}

/* block_size_for - the size of a block with that many bytes of payload. */
static inline size_t block_size_for(size_t payload)
{
    return (payload + HEADER + ALIGNMENT - 1) & ~FLAGS;
}

static inline struct block *heap_first(void)
{
    return (struct block *)((char *)mem_heap_lo() + HEADER);
}

static inline struct block *heap_end(void)
{
    return (struct block *)((char *)mem_heap_hi() + 1);
}

/* ---- What mm.h asks for ------------------------------------------------ */

bool mm_init(void)
{
    return mem_sbrk(HEADER) != (void *)-1;
}

void *mm_malloc(size_t size)
{
    if (size == 0 || size > MAX_REQUEST)
        return NULL;
    struct block *b = mem_sbrk((intptr_t)block_size_for(size));
    if (b == (void *)-1)
        return NULL;
    b->header = block_size_for(size);
    return block_payload(b);
}

void mm_free(void *ptr)
{
    if (ptr)
        block_of(ptr)->header |= DEAD;
}

/* grow_last - the block at the top of the heap can grow where it is. */
static bool grow_last(struct block *b, size_t size)
{
    if (block_next(b) != heap_end())
        return false;
    if (mem_sbrk((intptr_t)(size - block_size(b))) == (void *)-1)
        return false;
    b->header = size;
    return true;
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
    size_t need = block_size_for(size);
    if (need <= block_size(b) || grow_last(b, need))
        return ptr;
    return move(ptr, size);
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

/* What lies before becomes a block of its own, which nobody gets. */
void *mm_memalign(size_t align, size_t size)
{
    if (!align || align & (align - 1) || align > MAX_REQUEST)
        return NULL;
    if (size == 0 || size > MAX_REQUEST)
        return NULL;
    size_t before = -(uintptr_t)block_payload(heap_end()) & (align - 1);
    struct block *b = mem_sbrk((intptr_t)(before + block_size_for(size)));
    if (b == (void *)-1)
        return NULL;
    if (before) {
        b->header = before | DEAD;
        b = block_next(b);
    }
    b->header = block_size_for(size);
    return block_payload(b);
}

size_t mm_usable_size(void *ptr)
{
    return ptr ? block_size(block_of(ptr)) - HEADER : 0;
}

void mm_walk(mm_visitor *visit)
{
    struct block *end = heap_end();
    for (struct block *b = heap_first(); b != end; b = block_next(b))
        visit(b, block_size(b), !(b->header & DEAD));
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

bool mm_checkheap(int line)
{
    struct block *end = heap_end();
    for (struct block *b = heap_first(); b != end; b = block_next(b)) {
        size_t room = (size_t)((char *)end - (char *)b);
        if (b->header & FLAGS & ~DEAD)
            return broken(line, b, "its header %#zx has unknown flags",
                          b->header);
        if (block_size(b) < ALIGNMENT || block_size(b) > room)
            return broken(line, b, "its size is %zu, expected %d to %zu",
                          block_size(b), ALIGNMENT, room);
    }
    return true;
}
