/* store_past_break.c - malloc stores a page beyond the break */
#define OWN_MALLOC
#include "base.h"

void *mm_malloc(size_t size)
{
    char *p = base_malloc(size);
    if (++calls == 3) {
        PLANTED();
        ((char *)mem_heap_hi())[1 + mem_pagesize()] = 1;
    }
    return p;
}
