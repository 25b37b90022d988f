/* raises_break.c - opens the heap's pages by itself and serves blocks above the
 * break, so that mem_sbrk is never asked.  Must not get: a heap of no bytes. */
#define OWN_MALLOC
#define OWN_INIT
#include "honest.h"

static char *top;

bool mm_init(void)
{
    top = mem_heap_lo();
    mprotect(top, 16 << 20, PROT_READ | PROT_WRITE);
    return honest_init();
}

void *mm_malloc(size_t size)
{
    char *p = top;
    top += ((size + 15) & ~15ul) + 16;
    *(size_t *)p = size;
    calls++;
    return p + 16;
}
