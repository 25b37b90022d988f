/* kills_itself.c - tries to look killed by somebody else.  Must not get: more
 * than its own failure. */
#include "once.h"

static void deed(void)
{
    raise(SIGKILL);
}
