/* books_in_section.c - keeps all its books in a writable section of a name that
 * nobody knows.  Must not get: a utilization that does not count them. */
#include "books.h"

__asm__(".section zoo,\"aw\",@nobits\nthe_zoo: .skip 160000\n.text\n");
extern char the_zoo[] __attribute__((visibility("hidden")));

static void *books(size_t bytes)
{
    return bytes <= 160000 ? the_zoo : NULL;
}
