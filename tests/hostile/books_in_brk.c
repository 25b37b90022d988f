/* books_in_brk.c - keeps all its books in memory from the kernel's own break.
 * Must not get: a utilization that does not count them. */
#include "books.h"

static void *books(size_t bytes)
{
    return sbrk((intptr_t)bytes);
}
