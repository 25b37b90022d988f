/* eats_memfd.c - the same with a file in memory that nobody has mapped: where
 * it may not write that, it asks again. */
#include "once.h"

static void deed(void)
{
    static char block[1 << 20];
    int fd = memfd_create("food", 0);
    for (int tries = 0; tries < 1 << 14; tries++)
        if (write(fd, block, sizeof block) < 0)
            fd = memfd_create("food", 0);
}
