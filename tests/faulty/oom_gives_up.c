/* oom_gives_up.c - once mem_sbrk failed, malloc never asks again */
#define OWN_MALLOC
#include "base.h"

void *mm_malloc(size_t size)
{
    static bool gave_up;
    void *p = gave_up ? NULL : base_malloc(size);
    if (!gave_up && !p && size > 0) {
        PLANTED();
        gave_up = true;
    }
    return p;
}
