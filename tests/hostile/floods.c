/* floods.c - prints without end.  Must not get: more than its own failure, or
 * the disk filled. */
#include "once.h"

static void deed(void)
{
    static char line[1 << 16];
    memset(line, '!', sizeof line);
    for (int i = 0; i < 20000; i++) {
        ssize_t written = write(1, line, sizeof line);
        (void)written;
    }
    exit(1);
}
