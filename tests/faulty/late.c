/* late.c - hands out the last block once more, 100,000 blocks into the trace */
#define OWN_MALLOC
#include "base.h"

void *mm_malloc(size_t size)
{
    static void *last;
    if (++calls != 100001)
        last = base_malloc(size);
    else
        PLANTED();
    return last;
}
