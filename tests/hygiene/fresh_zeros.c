/* fresh_zeros.c - a new block whose link is not zero is taken for a used one */
#define OWN_MALLOC
#include "../faulty/base.h"

void *mm_malloc(size_t size)
{
    struct block *top = mem_sbrk(0);
    struct block *b = block_of(base_malloc(size));
    return b >= top && b->next ? base_malloc(size) : b + 1;
}
