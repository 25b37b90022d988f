/* books_in_memfd_early.c - keeps all its books in a file in memory that it made
 * while it was loaded.  Must not get: a utilization that does not count them.
 */
#include "books.h"

static void *taken;

__attribute__((constructor)) static void at_load(void)
{
    int fd = (int)syscall(SYS_memfd_create, "books", 0);
    if (fd >= 0 && ftruncate(fd, BOOK_BYTES) == 0)
        taken =
            mmap(NULL, BOOK_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
}

static void *books(size_t bytes)
{
    return bytes == BOOK_BYTES ? taken : NULL;
}
