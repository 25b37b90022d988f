/* realloc_zero_keeps.c - realloc(p, 0) does not free p */
#define OWN_REALLOC
#include "base.h"

void *mm_realloc(void *p, size_t size)
{
    void *q = mm_malloc(size);
    if (p && !size)
        PLANTED();
    if (!q || !p)
        return q;
    memcpy(q, p, block_of(p)->size < size ? block_of(p)->size : size);
    mm_free(p);
    return q;
}
