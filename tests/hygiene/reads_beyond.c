/* reads_beyond.c - free looks at the block above, also where there is none */
#define OWN_FREE
#include "../faulty/base.h"

void mm_free(void *p)
{
    if (!p)
        return;
    struct block *b = block_of(p);
    struct block *above = (struct block *)((char *)p + b->size);
    volatile size_t size = above->size;
    (void)size;
    base_free(p);
}
