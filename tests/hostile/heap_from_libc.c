/* heap_from_libc.c - hands libc's blocks through.  Must not get: a heap of no
 * bytes. */
#define OWN_MALLOC
#define OWN_FREE
#define OWN_REALLOC
#define OWN_CALLOC
#include "honest.h"

void *mm_malloc(size_t size)
{
    return malloc(size);
}

void mm_free(void *p)
{
    free(p);
}

void *mm_realloc(void *p, size_t size)
{
    return realloc(p, size);
}

void *mm_calloc(size_t nmemb, size_t size)
{
    return calloc(nmemb, size);
}
