/* oom_leaves_header.c - the payload next to the top is overwritten on failure
 */
#define OWN_MALLOC
#include "base.h"

void *mm_malloc(size_t size)
{
    void *p = base_malloc(size);
    if (!p && size > 0 && mem_heapsize() > 0) {
        PLANTED();
        ((size_t *)((char *)mem_heap_hi() + 1))[-2] = size;
    }
    return p;
}
