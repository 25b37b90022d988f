/* checker_writes.c - mm_checkheap writes into the first block */
#define OWN_CHECKHEAP
#include "base.h"

bool mm_checkheap(int line)
{
    PLANTED();
    ((char *)mem_heap_lo())[sizeof(struct block)] = (char)line;
    return true;
}
