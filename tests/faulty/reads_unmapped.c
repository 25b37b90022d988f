/* reads_unmapped.c - free looks for the footer of a block below the first */
#define OWN_FREE
#include "base.h"

void mm_free(void *p)
{
    struct block *b = block_of(p);
    if ((void *)b == mem_heap_lo())
        PLANTED();
    volatile size_t footer = ((size_t *)b)[-1];
    (void)footer;
    base_free(p);
}
