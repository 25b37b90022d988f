/* books_in_static.c - keeps all its books in a static array.  Must not get: a
 * utilization that does not count them. */
#include "books.h"

static void *books(size_t bytes)
{
    static struct book array[BOOK_COUNT];
    return bytes <= sizeof array ? array : NULL;
}
