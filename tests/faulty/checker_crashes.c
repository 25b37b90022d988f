/* checker_crashes.c - mm_checkheap follows NULL */
#define OWN_CHECKHEAP
#include "base.h"

bool mm_checkheap(int line)
{
    PLANTED();
    *(volatile int *)24 = line;
    return true;
}
