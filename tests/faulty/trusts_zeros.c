/* trusts_zeros.c - takes it for granted that fresh memory is zero: where the
 * link of a new block is not, it is passed over */
#define OWN_MALLOC
#include "base.h"

void *mm_malloc(size_t size)
{
    void *p = base_malloc(size);
    struct block *b = p ? block_of(p) : NULL;
    static void *fresh_up_to;
    if (!p || (void *)b < fresh_up_to)
        return p;
    PLANTED();
    fresh_up_to = b + 1;
    return b->next ? base_malloc(size) : p;
}
