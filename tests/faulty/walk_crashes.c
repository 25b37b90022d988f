/* walk_crashes.c - mm_walk runs beyond the heap */
#include "base.h"

void mm_walk(mm_visitor *visit)
{
    PLANTED();
    visit(mem_heap_lo(), *(size_t *)((char *)mem_heap_hi() + 4097), true);
}
