/* checker_unhappy.c - mm_checkheap finds a fault in the end */
#define OWN_CHECKHEAP
#include "base.h"

bool mm_checkheap(int line)
{
    PLANTED();
    fprintf(stderr, "mm_checkheap(%d): the free list is lost\n", line);
    return false;
}
