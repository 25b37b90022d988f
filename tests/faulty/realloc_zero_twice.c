/* realloc_zero_twice.c - realloc(p, 0) frees p twice */
#define OWN_REALLOC
#include "base.h"

void *mm_realloc(void *p, size_t size)
{
    void *q = size ? mm_malloc(size) : NULL;
    if (p && q)
        memcpy(q, p, block_of(p)->size < size ? block_of(p)->size : size);
    if (p && !size) {
        PLANTED();
        mm_free(p);
    }
    if (p && (q || !size))
        mm_free(p);
    return q;
}
