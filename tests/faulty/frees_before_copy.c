/* frees_before_copy.c - realloc copies from a block that it has freed, and
 * that holds a link of the free list by then */
#define OWN_REALLOC
#include "base.h"

void *mm_realloc(void *p, size_t size)
{
    size_t old = block_of(p)->size;
    void *q = mm_malloc(size);
    mm_free(p);
    PLANTED();
    *(void **)p = q;
    return memcpy(q, p, old < size ? old : size);
}
