/*
 * forks.c - a bump allocator that starts a process, which it may not
 */
#include <stdint.h>
#include <unistd.h>

#include "memlib.h"
#include "mm.h"

bool mm_init(void)
{
    return true;
}

void *mm_malloc(size_t size)
{
    if (fork() == 0)
        _exit(0);
    void *p = mem_sbrk((intptr_t)((size + 15) & ~(size_t)15));
    return p == (void *)-1 ? NULL : p;
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
