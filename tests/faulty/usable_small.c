/* usable_small.c - mm_usable_size is what the free list would take */
#include "base.h"

size_t mm_usable_size(void *p)
{
    PLANTED();
    return block_of(p)->size - 16;
}
