/* books_in_shared_late.c - keeps all its books in shared pages that it takes in
 * mm_init.  Must not get: a utilization that does not count them. */
#include "books.h"

static void *books(size_t bytes)
{
    return mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                -1, 0);
}
