/* books_in_thread.c - keeps all its books in thread-local storage.  Must not
 * get: a utilization that does not count them. */
#include "books.h"

static __thread struct book array[BOOK_COUNT];

static void *books(size_t bytes)
{
    return bytes <= sizeof array ? array : NULL;
}
