/* aborts.c - tries to take the driver with it by abort().  Must not get: more
 * than its own failure. */
#include "once.h"

static void deed(void)
{
    abort();
}
