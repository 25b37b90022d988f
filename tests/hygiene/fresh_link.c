/* fresh_link.c - follows the link of a new block if it is not NULL */
#define OWN_MALLOC
#include "../faulty/base.h"

void *mm_malloc(size_t size)
{
    struct block *top = mem_sbrk(0);
    struct block *b = block_of(base_malloc(size));
    if (b >= top && b->next)
        b->next->size = 0;
    return b + 1;
}
