/* oom_realloc_frees.c - realloc frees the old block when there is no new one */
#define OWN_REALLOC
#include "base.h"

void *mm_realloc(void *p, size_t size)
{
    void *q = mm_malloc(size);
    if (p && q)
        memcpy(q, p, block_of(p)->size < size ? block_of(p)->size : size);
    if (p && !q && size > 0)
        PLANTED();
    mm_free(p);
    return q;
}
