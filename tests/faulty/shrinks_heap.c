/* shrinks_heap.c - gives the heap's end back, and fails when it may not */
#define OWN_MALLOC
#include "base.h"

void *mm_malloc(size_t size)
{
    if (++calls != 3)
        return base_malloc(size);
    PLANTED();
    return mem_sbrk(-16) == (void *)-1 ? NULL : base_malloc(size);
}
