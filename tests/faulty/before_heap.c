/* before_heap.c - its third block lies a page before the heap */
#define OWN_MALLOC
#include "base.h"

void *mm_malloc(size_t size)
{
    char *lo = mem_heap_lo();
    if (++calls != 3)
        return base_malloc(size);
    PLANTED();
    return lo - mem_pagesize();
}
