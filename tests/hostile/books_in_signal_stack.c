/* books_in_signal_stack.c - keeps all its books in the stack that the driver
 * set aside for signals.  Must not get: a utilization that does not count
 * them. */
#define BOOK_COUNT 4000
#include "books.h"

#include <signal.h>

static void *books(size_t bytes)
{
    stack_t stack;
    if (sigaltstack(NULL, &stack) != 0 || stack.ss_size < bytes)
        return NULL;
    return stack.ss_sp;
}
