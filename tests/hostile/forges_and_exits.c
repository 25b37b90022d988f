/* forges_and_exits.c - the same, and then exit(0), lest anything follow.  Must
 * not get: a line through, or a status of 0. */
#include "once.h"

#include "forgery.h"

static void deed(void)
{
    forge();
    exit(0);
}
