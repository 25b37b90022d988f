/* shrinks_heap.c - gives the heap's end back, and fails when it may not */
#define OWN_MALLOC
#include "base.h"

void *mm_malloc(size_t size)
{
    if (++calls == 3 && mem_sbrk(-16) == (void *)-1)
        return NULL;
    return base_malloc(size);
}
