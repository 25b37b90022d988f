/* unmaps_driver.c - takes the memory that the parent shares away, and puts its
 * own in that place, so that nothing is seen of what it does.  Must not get: a
 * result from what an earlier pass left there. */
#include "honest.h"

#include "inside.h"

__attribute__((constructor)) static void at_load(void)
{
    inside_read_maps();
    for (int i = 0; i < inside_shared_count; i++) {
        struct inside_range r = inside_shared[i];
        void *lo = (void *)r.lo;
        size_t bytes = r.hi - r.lo;
        char copy[4096];
        if (bytes > 1 << 20)
            bytes = 1 << 20;
        memcpy(copy, lo, sizeof copy);
        if (mmap(lo, bytes, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == lo)
            memcpy(lo, copy, sizeof copy);
    }
}
