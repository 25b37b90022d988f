/* zero_twice.c - malloc(0) is the same block every time */
#define OWN_MALLOC
#include "base.h"

void *mm_malloc(size_t size)
{
    static void *nothing;
    if (calls++ == 0)
        nothing = base_malloc(16);
    else if (size == 0)
        PLANTED();
    return size ? base_malloc(size) : nothing;
}
