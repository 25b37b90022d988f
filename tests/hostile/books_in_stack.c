/* books_in_stack.c - keeps all its books in the stack, far below everybody's
 * frames.  Must not get: a utilization that does not count them. */
#include "books.h"

static void *books(size_t bytes)
{
    volatile char *deep = __builtin_frame_address(0);
    size_t room = (1 << 20) + bytes;
    for (size_t at = 0; at < room; at += 4096) /* it grows page by page */
        deep[-(ptrdiff_t)at] = 0;
    return (void *)(((uintptr_t)deep - room) & ~15ul);
}
