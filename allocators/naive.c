/*
 * naive.c - every block is new memory, and free does nothing
 *
 *     +----------+------------------+----------+---------------
 *     | size     | payload          | size     | payload ...
 *     +----------+------------------+----------+---------------
 *     ^ header   ^ ptr, a multiple of 16
 *
 * The least that is an allocator, and the yardstick at both ends: nothing can
 * be simpler or take less time, nothing wastes more memory.  A header is 8
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
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "memlib.h"

/* ---- Blocks ------------------------------------------------------------ */

struct block {
    size_t size; /* of all of it, a multiple of 16 */
};

#define HEADER sizeof(struct block)

/* Beyond this no block could be had, and sums would overflow. */
#define MAX_REQUEST ((size_t)PTRDIFF_MAX / 2)

static_assert(HEADER == 8 && ALIGNMENT == 16, "padding is one header");

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
    return (struct block *)((char *)b + b->size);
}

/* block_size_for - the size of a block with that many bytes of payload. */
static inline size_t block_size_for(size_t payload)
{
    return (payload + HEADER + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
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
    b->size = block_size_for(size);
    return block_payload(b);
}

void mm_free(void *ptr)
{
    (void)ptr;
}

/* grow_last - the block at the top of the heap can grow where it is. */
static bool grow_last(struct block *b, size_t size)
{
    if (block_next(b) != heap_end())
        return false;
    if (mem_sbrk((intptr_t)(size - b->size)) == (void *)-1)
        return false;
    b->size = size;
    return true;
}

void *mm_realloc(void *ptr, size_t size)
{
    if (!ptr || size == 0)
        return mm_malloc(size);
    if (size > MAX_REQUEST)
        return NULL;
    struct block *b = block_of(ptr);
    size_t need = block_size_for(size);
    if (need <= b->size || grow_last(b, need))
        return ptr;
    void *copy = mm_malloc(size);
    return copy ? memcpy(copy, ptr, b->size - HEADER) : NULL;
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
        b->size = before;
        b = block_next(b);
    }
    b->size = block_size_for(size);
    return block_payload(b);
}

size_t mm_usable_size(void *ptr)
{
    return ptr ? block_of(ptr)->size - HEADER : 0;
}

/* ---- The checker ------------------------------------------------------- */

bool mm_checkheap(int line)
{
    struct block *end = heap_end();
    for (struct block *b = heap_first(); b != end; b = block_next(b)) {
        size_t room = (size_t)((char *)end - (char *)b);
        if (b->size >= ALIGNMENT && b->size <= room && !(b->size % ALIGNMENT))
            continue;
        fprintf(stderr,
                "mm_checkheap(%d): block %p: its size is %zu, expected a "
                "multiple of %d from %d to %zu\n",
                line, (void *)b, b->size, ALIGNMENT, ALIGNMENT, room);
        return false;
    }
    return true;
}
