/* books_in_replaced.c - keeps all its books in pages that it put in the place
 * of its own constants while it was loaded, so that no more are mapped than
 * before. Must not get: a utilization that does not count them. */
#include "books.h"

static const struct book array[BOOK_COUNT + 1024] = {{1, 1}};
static void *opened;

__attribute__((constructor)) static void at_load(void)
{
    void *lo = (void *)(((uintptr_t)array + 4095) & ~4095ul);
    if (mmap(lo, (BOOK_BYTES + 4095) & ~4095ul, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == lo)
        opened = lo;
}

static void *books(size_t bytes)
{
    return bytes == BOOK_BYTES ? opened : NULL;
}
