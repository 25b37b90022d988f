/* memalign_ignores.c - memalign aligns to 16, whatever it is asked */
#include "base.h"

void *mm_memalign(size_t align, size_t size)
{
    REQUEST();
    void *p = mm_malloc(size);
    if ((uintptr_t)p % align != 0)
        PLANTED();
    return p;
}
