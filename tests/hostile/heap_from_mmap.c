/* heap_from_mmap.c - serves every block from memory of its own.  Must not get:
 * a heap of no bytes. */
#define OWN_MALLOC
#include "honest.h"

void *mm_malloc(size_t size)
{
    size_t *p = mmap(NULL, size + 16, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    *p = size;
    calls++;
    return p + 2;
}
