/* misaligned.c - its third block lies 8 bytes too high */
#define OWN_MALLOC
#include "base.h"

void *mm_malloc(size_t size)
{
    char *p = base_malloc(size + 8);
    if (++calls != 3)
        return p;
    PLANTED();
    return p + 8;
}
