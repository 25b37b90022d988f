/* recurses_at_load.c - a constructor without a bottom.  Must not get: the
 * driver's stack. */
#include "honest.h"

__attribute__((noinline)) static unsigned deeper(volatile char *above)
{
    volatile char room[4096];
    if (!above)
        return 0;
    room[0] = above[0];
    return deeper(room) + (unsigned char)room[0];
}

__attribute__((constructor)) static void at_load(void)
{
    char room[1] = {0};
    calls = deeper(room);
}
