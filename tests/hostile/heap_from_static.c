/* heap_from_static.c - serves every block from a large static array.  Must not
 * get: a heap of no bytes. */
#define OWN_MALLOC
#include "honest.h"

static _Alignas(16) char array[64 << 20], *top = array;

void *mm_malloc(size_t size)
{
    char *p = top;
    top += ((size + 15) & ~15ul) + 16;
    *(size_t *)p = size;
    calls++;
    return p + 16;
}
