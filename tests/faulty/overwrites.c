/* overwrites.c - free writes the size of the block behind its last byte */
#define OWN_FREE
#include "base.h"

void mm_free(void *p)
{
    PLANTED();
    struct block *b = block_of(p);
    *(size_t *)((char *)p + b->size + sizeof *b) = b->size;
    base_free(p);
}
