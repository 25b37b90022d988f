/* asked_checker_crashes.c - overlaps, and its checker crashes over it */
#define OWN_MALLOC
#define OWN_CHECKHEAP
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

bool mm_checkheap(int line)
{
    *(volatile int *)8 = line;
    return false;
}
