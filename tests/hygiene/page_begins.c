/* page_begins.c - correct where the heap begins on a page, on which it counts:
 * a new page begins where an address says so */
#define OWN_INIT
#include "../faulty/base.h"

bool mm_init(void)
{
    char *lo = mem_sbrk(4096 + 16);
    char *second = (char *)(((uintptr_t)lo + 4096) & ~(uintptr_t)4095);
    memset(second, 0, 16);
    if (second != lo + 4096)
        abort();
    return base_init();
}
