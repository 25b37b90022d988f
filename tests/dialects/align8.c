/* align8.c - the modern dialect, aligned to 8 bytes only */
#include <string.h>

#include "memlib.h"
#include "mm.h"

bool mm_init(void)
{
    return true;
}

void *mm_malloc(size_t size)
{
    size_t *p = mem_sbrk((intptr_t)((size + 15) & ~(size_t)7));
    if (p == (void *)-1)
        return NULL;
    *p = size;
    return p + 1;
}

void mm_free(void *p)
{
    (void)p;
}

void *mm_realloc(void *p, size_t size)
{
    void *q = size ? mm_malloc(size) : NULL;
    size_t old = p ? ((size_t *)p)[-1] : 0;
    return q ? memcpy(q, p, old < size ? old : size) : NULL;
}

void *mm_calloc(size_t nmemb, size_t size)
{
    void *p = mm_malloc(nmemb * size);
    return p ? memset(p, 0, nmemb * size) : NULL;
}

bool mm_checkheap(int line)
{
    (void)line;
    return true;
}
