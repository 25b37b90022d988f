/* books_at_load.c - keeps all its books in private pages that it took while it
 * was loaded.  Must not get: a utilization that does not count them. */
#include "books.h"

static void *taken;

__attribute__((constructor)) static void at_load(void)
{
    taken = mmap(NULL, BOOK_BYTES, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void *books(size_t bytes)
{
    return bytes == BOOK_BYTES ? taken : NULL;
}
