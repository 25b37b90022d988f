/* forgets_to_copy.c - realloc does not copy */
#define OWN_REALLOC
#include "base.h"

void *mm_realloc(void *p, size_t size)
{
    void *q = size ? mm_malloc(size) : NULL;
    if (p && q)
        PLANTED();
    mm_free(p);
    return q;
}
