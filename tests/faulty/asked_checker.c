/* asked_checker.c - overlaps, and its checker knows */
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
    fprintf(stderr, "mm_checkheap(%d): two blocks overlap\n", line);
    return false;
}
