/* misaligned.c - its third block lies 8 bytes too high */
#define OWN_MALLOC
#include "base.h"

void *mm_malloc(size_t size)
{
    char *p = base_malloc(size + 8);
    return ++calls == 3 ? p + 8 : p;
}
