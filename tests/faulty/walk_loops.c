/* walk_loops.c - mm_walk begins anew at the top of the heap */
#include "base.h"

void mm_walk(mm_visitor *visit)
{
    for (;; PLANTED())
        visit(mem_heap_lo(), mem_heapsize(), true);
}
