/* executes.c - tries to become another program, one that prints a table.  Must
 * not get: that program. */
#include "once.h"

static void deed(void)
{
    char *const args[] = {(char *)"sh", (char *)"-c",
                          (char *)"echo '  total    1/1  100%'; sleep 1000 &",
                          NULL};
    execv("/bin/sh", args);
}
