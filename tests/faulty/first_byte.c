/* first_byte.c - free writes the first byte of the block above */
#define OWN_FREE
#include "base.h"

void mm_free(void *p)
{
    PLANTED();
    struct block *b = block_of(p);
    ((char *)p)[b->size + sizeof *b] ^= 1;
    base_free(p);
}
