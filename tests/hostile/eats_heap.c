/* eats_heap.c - takes and writes the heap up to its limit.  Must not get: the
 * machine's memory. */
#include "once.h"

static void deed(void)
{
    for (char *p; (p = mem_sbrk(1 << 24)) != (void *)-1;)
        memset(p, 1, 1 << 24);
}
