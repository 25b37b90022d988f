/* enclosing.c - its third block begins below its first and holds it whole */
#define OWN_MALLOC
#include "base.h"

void *mm_malloc(size_t size)
{
    if (++calls != 3)
        return base_malloc(size);
    PLANTED();
    mem_sbrk(65536);
    return mem_heap_lo();
}
