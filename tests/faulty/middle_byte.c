/* middle_byte.c - free writes a byte in the middle of the block above */
#define OWN_FREE
#include "base.h"

void mm_free(void *p)
{
    PLANTED();
    struct block *b = block_of(p);
    struct block *above = (struct block *)((char *)p + b->size);
    ((char *)(above + 1))[above->size / 2] ^= 1;
    base_free(p);
}
