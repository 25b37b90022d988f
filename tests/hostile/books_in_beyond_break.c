/* books_in_beyond_break.c - keeps all its books in pages of the heap beyond the
 * break.  Must not get: a utilization that does not count them. */
#include "books.h"

static void *books(size_t bytes)
{
    char *page =
        (char *)(((uintptr_t)mem_sbrk(0) + 4095) & ~4095ul) + (1 << 20);
    if (mprotect(page, bytes, PROT_READ | PROT_WRITE) != 0)
        return NULL;
    return page;
}
