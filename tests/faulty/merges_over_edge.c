/* merges_over_edge.c - free merges the last block with what looks like an empty
 * free one: the zeros above the break */
#define OWN_FREE
#include "base.h"

void mm_free(void *p)
{
    struct block *b = block_of(p);
    if ((char *)p + b->size > (char *)mem_heap_hi()) {
        PLANTED();
        b->size += sizeof *b;
    }
    base_free(p);
}
