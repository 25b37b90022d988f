/* realloc_of_null.c - realloc(NULL, n) returns NULL */
#define OWN_REALLOC
#include "base.h"

void *mm_realloc(void *p, size_t size)
{
    if (!p && size)
        PLANTED();
    void *q = p && size ? mm_malloc(size) : NULL;
    if (q)
        memcpy(q, p, block_of(p)->size < size ? block_of(p)->size : size);
    mm_free(p);
    return q;
}
