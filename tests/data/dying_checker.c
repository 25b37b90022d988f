/*
 * dying_checker.c - a bump allocator that overwrites a payload at the second
 * malloc, and whose mm_checkheap dies over that
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "memlib.h"
#include "mm.h"

static char *first;

bool mm_init(void)
{
    first = NULL;
    return true;
}

void *mm_malloc(size_t size)
{
    char *p = mem_sbrk((intptr_t)((size + 15) & ~(size_t)15));
    if (p == (void *)-1)
        return NULL;
    if (first)
        memset(first, 0, 8);
    first = p;
    return p;
}

void mm_free(void *p)
{
    (void)p;
}

void *mm_realloc(void *p, size_t size)
{
    (void)p;
    (void)size;
    return NULL;
}

bool mm_checkheap(int line)
{
    (void)line;
    abort();
}
