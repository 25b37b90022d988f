/* eats_mmap.c - takes and writes pages without end, its own. */
#include "once.h"

static void deed(void)
{
    for (;;) {
        char *p = mmap(NULL, 1 << 24, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (p != MAP_FAILED)
            memset(p, 1, 1 << 24);
    }
}
