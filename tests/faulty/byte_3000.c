/* byte_3000.c - free writes byte 3000 of the block above, if that is large */
#define OWN_FREE
#include "base.h"

void mm_free(void *p)
{
    struct block *b = block_of(p);
    struct block *above = (struct block *)((char *)p + b->size);
    if ((char *)(above + 1) < (char *)mem_heap_hi() && above->size > 4000) {
        PLANTED();
        ((char *)(above + 1))[3000] ^= 1;
    }
    base_free(p);
}
