/*
 * bump.c - an allocator whose every figure can be told by hand
 *
 * A block is its payload, rounded up to 16 bytes, at the end of the heap;
 * nothing is ever used again, and there is no static data.
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
    if (size > (size_t)1 << 62)
        return NULL;
    void *p = mem_sbrk((intptr_t)((size + 15) & ~(size_t)15));
    return p == (void *)-1 || size == 0 ? NULL : p;
}

void mm_free(void *p)
{
    (void)p;
}

/* All that lies between the old block and the new one holds the payload. */
void *mm_realloc(void *p, size_t size)
{
    char *q = mm_malloc(size);
    if (p && q)
        memcpy(q, p,
               size < (size_t)(q - (char *)p) ? size : (size_t)(q - (char *)p));
    return q;
}

void *mm_calloc(size_t nmemb, size_t size)
{
    size_t bytes;
    bool fits = !__builtin_mul_overflow(nmemb, size, &bytes);
    return fits ? mm_malloc(bytes) : NULL;
}

bool mm_checkheap(int line)
{
    (void)line;
    return true;
}
