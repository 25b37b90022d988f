/* books_in_heap.c - keeps all its books in the heap.  Must not get: a
 * utilization that does not count them. */
#include "books.h"

static void *books(size_t bytes)
{
    return mem_sbrk((intptr_t)bytes);
}
