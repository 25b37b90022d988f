/* copies_too_few.c - realloc leaves out the last 8 bytes */
#define OWN_REALLOC
#include "base.h"

void *mm_realloc(void *p, size_t size)
{
    void *q = size ? mm_malloc(size) : NULL;
    if (p && q && block_of(p)->size > 8) {
        PLANTED();
        memcpy(q, p, (block_of(p)->size < size ? block_of(p)->size : size) - 8);
    }
    mm_free(p);
    return q;
}
