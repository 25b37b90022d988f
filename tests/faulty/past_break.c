/* past_break.c - its third block ends a byte past the break */
#define OWN_MALLOC
#include "base.h"

void *mm_malloc(size_t size)
{
    if (++calls != 3)
        return base_malloc(size);
    PLANTED();
    struct block *b = mem_sbrk((intptr_t)(sizeof *b + size - 1));
    b->size = size;
    return b + 1;
}
