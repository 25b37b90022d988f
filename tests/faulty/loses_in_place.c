/* loses_in_place.c - realloc grows the last block where it is, and stores a
 * footer where the old one would have been */
#define OWN_REALLOC
#include "base.h"

void *mm_realloc(void *p, size_t size)
{
    struct block *b = block_of(p);
    size_t more = (size - b->size + 15) & ~(size_t)15;
    mem_sbrk((intptr_t)more);
    PLANTED();
    *(size_t *)((char *)p + b->size - 8) = b->size;
    b->size += more;
    return p;
}
