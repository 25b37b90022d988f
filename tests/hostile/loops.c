/* loops.c - an endless loop in a request.  Must not get: more than its own
 * time-out. */
#include "once.h"

static void deed(void)
{
    for (;;)
        __asm__ volatile("");
}
