/* int_init_one.c - int mm_init that says true, 1, when all is well; a checker
 * that returns an int, 0 when it found no error */
#include <string.h>

#include "memlib.h"

int mm_init(void)
{
    return 1;
}

void *mm_malloc(size_t size)
{
    char *p = mem_sbrk((int)((size + 31) & ~(size_t)15));
    *(size_t *)p = size;
    return p + 16;
}

void mm_free(void *p)
{
    (void)p;
}

void *mm_realloc(void *p, size_t size)
{
    void *q = size ? mm_malloc(size) : NULL;
    size_t old = p ? ((size_t *)p)[-2] : 0;
    return q ? memcpy(q, p, old < size ? old : size) : NULL;
}

int mm_checkheap(int verbose)
{
    return verbose < 0;
}
