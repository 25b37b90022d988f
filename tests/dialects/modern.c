/* modern.c - the modern dialect: bool mm_init, names behind DRIVER */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "memlib.h"
#include "mm.h"

#ifdef DRIVER
#define malloc  mm_malloc
#define free    mm_free
#define realloc mm_realloc
#define calloc  mm_calloc
#define memset  mem_memset
#define memcpy  mem_memcpy
#endif

bool mm_init(void)
{
    return true;
}

void *malloc(size_t size)
{
    char *p = mem_sbrk((intptr_t)((size + 31) & ~(size_t)15));
    if (p == (void *)-1)
        return NULL;
    *(size_t *)p = size;
    return p + 16;
}

void free(void *p)
{
    (void)p;
}

void *realloc(void *p, size_t size)
{
    void *q = size ? malloc(size) : NULL;
    size_t old = p ? ((size_t *)p)[-2] : 0;
    return q ? memcpy(q, p, old < size ? old : size) : NULL;
}

void *calloc(size_t nmemb, size_t size)
{
    void *p = malloc(nmemb * size);
    return p ? memset(p, 0, nmemb * size) : NULL;
}

bool mm_checkheap(int line)
{
    return line > 0;
}
