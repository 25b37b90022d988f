/* realloc_keeps_old.c - realloc does not free the block that it copied */
#define OWN_REALLOC
#include "base.h"

void *mm_realloc(void *p, size_t size)
{
    void *q = size ? mm_malloc(size) : NULL;
    if (size == 0)
        mm_free(p);
    if (!q || !p)
        return q;
    PLANTED();
    return memcpy(q, p, block_of(p)->size < size ? block_of(p)->size : size);
}
