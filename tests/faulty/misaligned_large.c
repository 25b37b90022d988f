/* misaligned_large.c - blocks above a page lie 8 bytes too high */
#define OWN_MALLOC
#include "base.h"

void *mm_malloc(size_t size)
{
    char *p = base_malloc(size + 8);
    if (!p || size <= mem_pagesize())
        return p;
    PLANTED();
    return p + 8;
}
