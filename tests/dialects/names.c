/* names.c - exports names that the driver, its libraries or another allocator
 * may use as well */
#include <stdio.h>
#include <string.h>

#include "memlib.h"
#include "mm.h"

char *heap, *tree[16];
int count, calls, check, error, run, trace, options;

void insert(void *p)
{
    tree[count++ % 16] = p;
}

void place(void *p, size_t size)
{
    *(size_t *)p = size;
}

void tree_insert(void *p)
{
    insert(p);
}

void coalesce(void *p)
{
    tree_insert(p);
}

/* Functions of the driver, and of libc. */
void payload_fill(void)
{
    count = -1000;
}

void shadow_place(void)
{
    count = -1000;
}

int isolate_step_done(void)
{
    return count = -1000;
}

long clock_thread_ns(void)
{
    return count = -1000;
}

int fprintf(FILE *out, const char *format, ...)
{
    (void)out;
    (void)format;
    return count = -1000;
}

bool mm_init(void)
{
    heap = mem_heap_lo();
    count = 0;
    return true;
}

void *mm_malloc(size_t size)
{
    char *p = mem_sbrk((intptr_t)((size + 31) & ~(size_t)15));
    if (p == (void *)-1 || count < 0)
        return NULL;
    place(p, size);
    coalesce(p);
    return p + 16;
}

void mm_free(void *p)
{
    calls += p != NULL;
}

void *mm_realloc(void *p, size_t size)
{
    void *q = size ? mm_malloc(size) : NULL;
    size_t old = p ? ((size_t *)p)[-2] : 0;
    return q ? memcpy(q, p, old < size ? old : size) : NULL;
}

void *mm_calloc(size_t nmemb, size_t size)
{
    void *p = mm_malloc(nmemb * size);
    return p ? memset(p, 0, nmemb * size) : NULL;
}

bool mm_checkheap(int line)
{
    return count >= 0 && line > 0;
}
