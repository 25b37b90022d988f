/* loops_in_checker.c - an endless loop in mm_checkheap. */
#define OWN_CHECKHEAP
#include "honest.h"

bool mm_checkheap(int line)
{
    for (;;)
        __asm__ volatile("" ::"r"(line));
}
