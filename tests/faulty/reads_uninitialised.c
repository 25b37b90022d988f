/* reads_uninitialised.c - what malloc does depends on a word of a fresh block
 * that nobody has written */
#define OWN_MALLOC
#include "base.h"

void *mm_malloc(size_t size)
{
    void *p = base_malloc(size);
    if (++calls == 3 && p) {
        PLANTED();
        if (block_of(p)->next == block_of(p))
            block_of(p)->next = NULL;
    }
    return p;
}
