/* stops_itself.c - tries to hang the driver by a process that is stopped and
 * takes no time.  Must not get: more than its own time-out. */
#include "once.h"

static void deed(void)
{
    raise(SIGSTOP);
}
