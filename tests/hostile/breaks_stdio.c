/* breaks_stdio.c - closes and unbuffers the streams that the driver might use.
 * Must not get: the driver's output lost. */
#include "once.h"

static void deed(void)
{
    fclose(stdout);
    fclose(stderr);
    stdout = stderr = NULL;
}
