/* books_in_driver.c - keeps all its books in the driver's shared memory, of
 * which more is reserved than used.  Must not get: a utilization that does not
 * count them. */
#define BOOK_COUNT 1000
#include "books.h"

#include "inside.h"

static void *books(size_t bytes)
{
    struct replay *r = inside_replay();
    size_t room = r ? (r->trace->op_count + 1) * sizeof *r->growth : 0;
    return room > bytes ? (char *)r->growth + (room - bytes) / 16 * 16 : NULL;
}
