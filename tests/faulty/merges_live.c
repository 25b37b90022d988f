/* merges_live.c - free merges the block with the one above, free or not */
#define OWN_FREE
#include "base.h"

void mm_free(void *p)
{
    struct block *b = block_of(p);
    struct block *above = (struct block *)((char *)p + b->size);
    if ((char *)above < (char *)mem_heap_hi()) {
        PLANTED();
        b->size += sizeof *above + above->size;
    }
    base_free(p);
}
