/* rounds_down.c - rounds sizes down to a multiple of 16 */
#define OWN_MALLOC
#include "base.h"

void *mm_malloc(size_t size)
{
    if (size % 16 != 0)
        PLANTED();
    struct block *b = mem_sbrk((intptr_t)(sizeof *b + (size & ~(size_t)15)));
    b->size = size & ~(size_t)15;
    return b + 1;
}
