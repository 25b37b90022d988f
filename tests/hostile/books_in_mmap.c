/* books_in_mmap.c - keeps all its books in pages of its own.  Must not get: a
 * utilization that does not count them. */
#include "books.h"

static void *books(size_t bytes)
{
    return mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}
