/* size_in_32_bits.c - keeps the size of a block in 32 bits */
#define OWN_MALLOC
#include "base.h"

void *mm_malloc(size_t size)
{
    if (size == (uint32_t)size)
        return base_malloc(size);
    PLANTED();
    return base_malloc((uint32_t)size + 16);
}
