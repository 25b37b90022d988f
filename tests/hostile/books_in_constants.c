/* books_in_constants.c - keeps all its books in constants that it makes
 * writable while it is loaded.  Must not get: a utilization that does not count
 * them. */
#include "books.h"

static const struct book array[BOOK_COUNT + 1024] = {{1, 1}};
static void *opened;

__attribute__((constructor)) static void at_load(void)
{
    uintptr_t lo = ((uintptr_t)array + 4095) & ~4095ul;
    if (mprotect((void *)lo, (BOOK_BYTES + 4095) & ~4095ul,
                 PROT_READ | PROT_WRITE) == 0)
        opened = (void *)lo;
}

static void *books(size_t bytes)
{
    return bytes == BOOK_BYTES ? opened : NULL;
}
