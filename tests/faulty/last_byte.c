/* last_byte.c - free writes the last byte of the block below, if its size is a
 * multiple of 16 */
#define OWN_FREE
#include "base.h"

void mm_free(void *p)
{
    struct block *b = block_of(p);
    if ((void *)b != mem_heap_lo()) {
        PLANTED();
        ((char *)b)[-1] ^= 1;
    }
    base_free(p);
}
