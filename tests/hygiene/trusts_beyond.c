/* trusts_beyond.c - what lies beyond the break decides whether a block that is
 * freed is used again */
#define OWN_FREE
#include "../faulty/base.h"

void mm_free(void *p)
{
    if (!p)
        return;
    struct block *b = block_of(p);
    struct block *above = (struct block *)((char *)p + b->size);
    if (above->size % 2 == 0)
        base_free(p);
}
