/*
 * honest.h - a correct allocator that attacks are built on
 *
 * First fit over a list of free blocks, last in first out; nothing is split
 * and nothing merged.  An attack defines OWN_INIT, OWN_MALLOC, ... before it
 * includes this and brings that function itself.
 *
 *      block ->  | size (8) | next free, or bytes asked for (8) | payload ... |
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "memlib.h"
#include "mm.h"

struct block {
    size_t size; /* of the payload, a multiple of 16 */
    union {
        struct block *next; /* of a free block */
        size_t asked;       /* of a live one */
    };
};

static struct block *free_blocks;
static unsigned calls; /* of mm_malloc since mm_init */

static inline bool honest_init(void)
{
    free_blocks = NULL;
    calls = 0;
    return true;
}

static inline void *honest_malloc(size_t size)
{
    struct block **at = &free_blocks, *b;
    size_t asked = size;
    calls++;
    if (size == 0 || size > SIZE_MAX / 2)
        return NULL;
    size = (size + 15) & ~(size_t)15;
    for (; (b = *at); at = &b->next)
        if (b->size >= size) {
            *at = b->next;
            b->asked = asked;
            return b + 1;
        }
    b = mem_sbrk((intptr_t)(sizeof *b + size));
    if (b == (void *)-1)
        return NULL;
    b->size = size;
    b->asked = asked;
    return b + 1;
}

static inline void honest_free(void *p)
{
    if (!p)
        return;
    struct block *b = (struct block *)p - 1;
    b->next = free_blocks;
    free_blocks = b;
}

static inline void *honest_realloc(void *p, size_t size)
{
    if (size == 0) {
        honest_free(p);
        return NULL;
    }
    void *q = honest_malloc(size);
    if (!q || !p)
        return q;
    size_t old = ((struct block *)p - 1)->size;
    memcpy(q, p, old < size ? old : size);
    honest_free(p);
    return q;
}

static inline void *honest_calloc(size_t nmemb, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(nmemb, size, &bytes))
        return NULL;
    void *p = honest_malloc(bytes);
    return p ? memset(p, 0, bytes) : NULL;
}

#ifndef OWN_INIT
bool mm_init(void)
{
    return honest_init();
}
#endif

#ifndef OWN_MALLOC
void *mm_malloc(size_t size)
{
    return honest_malloc(size);
}
#endif

#ifndef OWN_FREE
void mm_free(void *p)
{
    honest_free(p);
}
#endif

#ifndef OWN_REALLOC
void *mm_realloc(void *p, size_t size)
{
    return honest_realloc(p, size);
}
#endif

#ifndef OWN_CALLOC
void *mm_calloc(size_t nmemb, size_t size)
{
    return honest_calloc(nmemb, size);
}
#endif

#ifndef OWN_CHECKHEAP
bool mm_checkheap(int line)
{
    (void)line;
    return true;
}
#endif
