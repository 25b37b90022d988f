/* scribbles_answers.c - tries to have the parent follow wild pointers: fills
 * the table of answers, and all shared memory but the heap, with them.  Must
 * not get: the parent to crash. */
#define OWN_FREE
#include "honest.h"

#include "inside.h"

__attribute__((constructor)) static void at_load(void)
{
    inside_read_maps();
}

void mm_free(void *p)
{
    honest_free(p);
    if (calls < 10)
        return;
    for (int i = 0; i < inside_shared_count; i++) {
        struct inside_range r = inside_shared[i];
        for (uintptr_t at = r.lo; at < r.hi && at < r.lo + 65536; at += 8)
            if (at < (uintptr_t)mem_heap_lo() ||
                at > (uintptr_t)mem_heap_hi() + 65536)
                *(volatile uintptr_t *)at = 0xfffffffffffffff0;
    }
}
