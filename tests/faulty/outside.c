/* outside.c - its third block lies on the stack */
#define OWN_MALLOC
#include "base.h"

void *mm_malloc(size_t size)
{
    static _Alignas(16) char elsewhere[4096];
    if (++calls != 3)
        return base_malloc(size);
    PLANTED();
    return elsewhere;
}
