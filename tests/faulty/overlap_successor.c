/* overlap_successor.c - takes a free block that is up to 32 bytes too small */
#define OWN_MALLOC
#include "base.h"

void *mm_malloc(size_t size)
{
    struct block *b = free_blocks;
    if (!b || b->size >= size || b->size + 32 < size)
        return base_malloc(size);
    PLANTED();
    free_blocks = b->next;
    return b + 1;
}
