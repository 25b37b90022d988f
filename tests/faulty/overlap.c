/* overlap.c - its third block begins in the middle of its second */
#define OWN_MALLOC
#include "base.h"

void *mm_malloc(size_t size)
{
    static char *second;
    char *p = base_malloc(size);
    if (++calls == 2)
        second = p;
    if (calls != 3)
        return p;
    PLANTED();
    return second + 16;
}
