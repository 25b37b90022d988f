/* scribbles_data.c - overwrites all that the driver's program may write to.
 * Must not get: more than its own failure. */
#include "once.h"

#include "inside.h"

static void deed(void)
{
    struct inside_range r = inside_data();
    for (uintptr_t at = r.lo & ~4095ul; at < r.hi; at += 4096)
        mprotect((void *)at, 4096, PROT_READ | PROT_WRITE);
    memset((void *)(r.lo & ~4095ul), 0x41, r.hi - (r.lo & ~4095ul));
}
