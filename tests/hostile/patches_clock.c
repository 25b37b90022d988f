/* patches_clock.c - tries to slow the driver's clock: in the main program's
 * table of functions (GOT) it puts its own clock_gettime, by which no time
 * ever passes.  Must not get: a time that the parent did not see. */
#include "honest.h"

#include "inside.h"

static int stopped_clock(clockid_t id, struct timespec *t)
{
    (void)id;
    *t = (struct timespec){.tv_sec = 1, .tv_nsec = 1};
    return 0;
}

__attribute__((constructor)) static void at_load(void)
{
    struct inside_range r = inside_data();
    uintptr_t real = (uintptr_t)clock_gettime;
    if (!inside_open(r.lo & ~4095ul, (r.hi | 4095) + 1 - (r.lo & ~4095ul)))
        return;
    for (uintptr_t at = (r.lo + 7) & ~7ul; at + 8 <= r.hi; at += 8)
        if (*(uintptr_t *)at == real)
            *(uintptr_t *)at = (uintptr_t)stopped_clock;
}
