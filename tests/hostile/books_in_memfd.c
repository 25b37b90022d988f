/* books_in_memfd.c - keeps all its books in a file in memory.  Must not get: a
 * utilization that does not count them. */
#include "books.h"

static void *books(size_t bytes)
{
    int fd = memfd_create("books", 0);
    if (fd < 0 || ftruncate(fd, (off_t)bytes) != 0)
        return NULL;
    return mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
}
