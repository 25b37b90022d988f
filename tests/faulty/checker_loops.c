/* checker_loops.c - mm_checkheap never ends */
#define OWN_CHECKHEAP
#include "base.h"

bool mm_checkheap(int line)
{
    PLANTED();
    for (volatile int forever = line; forever;)
        ;
    return true;
}
