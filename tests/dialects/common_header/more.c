/* more.c - a part of the allocator in a file of its own */
#include "blocks.h"

int blocks_so_far(void)
{
    return block_count;
}
