/* exits.c - tries to end the run with exit(0), as if all were well.  Must not
 * get: a status of 0, or the other traces away. */
#include "once.h"

static void deed(void)
{
    exit(0);
}
