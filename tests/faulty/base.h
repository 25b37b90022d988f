/*
 * base.h - a correct allocator to plant faults in
 *
 * Bumps a pointer; a freed block is used again for the next request that fits
 * it, last in first out.  A fault defines OWN_MALLOC, OWN_FREE, ... before it
 * includes this and brings that function itself, on top of base_malloc and its
 * like.  Where it does wrong, it says PLANTED().
 *
 *      block ->  | size (8) | next free (8) | payload ... |
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "memlib.h"
#include "mm.h"
#include "planted.h"

struct block {
    size_t size; /* of the payload, a multiple of 16 */
    struct block *next;
};

static struct block *free_blocks;
static unsigned calls; /* of mm_malloc, so that a fault can wait its turn */

static inline struct block *block_of(void *p)
{
    return (struct block *)p - 1;
}

static inline bool base_init(void)
{
    free_blocks = NULL;
    calls = 0;
    return true;
}

static inline void *base_malloc(size_t size)
{
    struct block **at = &free_blocks, *b;
    if (size == 0 || size > SIZE_MAX / 2)
        return NULL;
    size = (size + 15) & ~(size_t)15;
    for (; (b = *at); at = &b->next)
        if (b->size >= size) {
            *at = b->next;
            return b + 1;
        }
    b = mem_sbrk((intptr_t)(sizeof *b + size));
    if (b == (void *)-1)
        return NULL;
    b->size = size;
    return b + 1;
}

static inline void base_free(void *p)
{
    if (!p)
        return;
    block_of(p)->next = free_blocks;
    free_blocks = block_of(p);
}

#ifndef OWN_INIT
bool mm_init(void)
{
    return base_init();
}
#endif

#ifndef OWN_MALLOC
void *mm_malloc(size_t size)
{
    calls++;
    return base_malloc(size);
}
#endif

#ifndef OWN_FREE
void mm_free(void *p)
{
    base_free(p);
}
#endif

#ifndef OWN_REALLOC
void *mm_realloc(void *p, size_t size)
{
    if (size == 0) {
        mm_free(p);
        return NULL;
    }
    void *q = mm_malloc(size);
    if (!q || !p)
        return q;
    memcpy(q, p, block_of(p)->size < size ? block_of(p)->size : size);
    mm_free(p);
    return q;
}
#endif

#ifndef OWN_CALLOC
void *mm_calloc(size_t nmemb, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(nmemb, size, &bytes))
        return NULL;
    void *p = mm_malloc(bytes);
    return p ? memset(p, 0, bytes) : NULL;
}
#endif

#ifndef OWN_CHECKHEAP
bool mm_checkheap(int line)
{
    (void)line;
    return true;
}
#endif
