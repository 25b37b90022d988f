/* clock.c - correct, but wastes memory by the clock: no two runs are alike */
#define OWN_MALLOC
#include "../faulty/base.h"

#include <time.h>

void *mm_malloc(size_t size)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    mem_sbrk((now.tv_nsec / 64 * 0x9e3779b9U >> 20 & 63) * 16);
    return base_malloc(size);
}
