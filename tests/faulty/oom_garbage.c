/* oom_garbage.c - malloc does not ask whether mem_sbrk failed */
#define OWN_MALLOC
#include "base.h"

void *mm_malloc(size_t size)
{
    if (size == 0 || size > SIZE_MAX / 2)
        return NULL;
    if (free_blocks && free_blocks->size >= size)
        return base_malloc(size);
    size = (size + 15) & ~(size_t)15;
    struct block *b = mem_sbrk((intptr_t)(sizeof *b + size));
    if (b == (void *)-1)
        PLANTED();
    b->size = size;
    return b + 1;
}
