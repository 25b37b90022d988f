/* zero_breaks_next.c - malloc(0) returns NULL, and leaves a block behind whose
 * size has wrapped around: the next request fits it */
#define OWN_MALLOC
#include "base.h"

void *mm_malloc(size_t size)
{
    if (size > 0)
        return base_malloc(size);
    struct block *b = mem_sbrk(sizeof *b);
    if (b == (void *)-1)
        return NULL;
    PLANTED();
    b->size = (size - 1) & ~(size_t)15;
    base_free(b + 1);
    return NULL;
}
