/* footer_in_payload.c - free writes a footer for the block below, which has no
 * room for one: its payload ends there */
#define OWN_FREE
#include "base.h"

void mm_free(void *p)
{
    struct block *b = block_of(p);
    if ((void *)b != mem_heap_lo()) {
        PLANTED();
        ((size_t *)b)[-1] = b->size;
    }
    base_free(p);
}
