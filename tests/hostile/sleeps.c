/* sleeps.c - tries to hang the driver and take no time.  Must not get: more
 * than its own time-out. */
#include "once.h"

static void deed(void)
{
    for (;;)
        pause();
}
