/* books_in_libc.c - keeps all its books in libc's heap.  Must not get: a
 * utilization that does not count them. */
#include "books.h"

static void *books(size_t bytes)
{
    return malloc(bytes);
}
