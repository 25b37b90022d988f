/* copies_too_many.c - a realloc that shrinks copies all of the old payload */
#define OWN_REALLOC
#include "base.h"

void *mm_realloc(void *p, size_t size)
{
    void *q = size ? mm_malloc(size) : NULL;
    if (p && q && block_of(p)->size > block_of(q)->size)
        PLANTED();
    if (p && q)
        memcpy(q, p, block_of(p)->size);
    mm_free(p);
    return q;
}
