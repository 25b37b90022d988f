/* count_in_16_bits.c - keeps its blocks in a table with an index of 16 bits */
#define OWN_MALLOC
#include "base.h"

void *mm_malloc(size_t size)
{
    static void *table[65536];
    static uint16_t next;
    void *p = base_malloc(size);
    if (calls++ < 65536)
        table[next] = p;
    else
        PLANTED();
    return table[next++];
}
