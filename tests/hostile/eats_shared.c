/* eats_shared.c - the same with shared ones, while it is loaded. */
#include "honest.h"

__attribute__((constructor)) static void at_load(void)
{
    for (;;) {
        char *p = mmap(NULL, 1 << 24, PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (p != MAP_FAILED)
            memset(p, 1, 1 << 24);
    }
}
