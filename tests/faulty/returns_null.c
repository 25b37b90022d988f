/* returns_null.c - its third block is NULL */
#define OWN_MALLOC
#include "base.h"

void *mm_malloc(size_t size)
{
    if (++calls != 3)
        return base_malloc(size);
    PLANTED();
    return NULL;
}
