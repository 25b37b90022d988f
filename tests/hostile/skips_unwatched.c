/* skips_unwatched.c - copies in realloc only in passes that the driver
 * inspects; which those are shows on the driver's stack, where there is then a
 * pointer to what leads back to its struct replay.  Not to be prevented in its
 * own process; must not get: more than the time of a copy. */
#define OWN_INIT
#define OWN_REALLOC
#include "honest.h"

#include "inside.h"
#include "pattern.h"

static bool watched;

static bool is_watched(const struct replay *r)
{
    uintptr_t *lo = __builtin_frame_address(0), *hi = __libc_stack_end;
    for (uintptr_t *word = lo; word < hi; word++) {
        const uintptr_t *p = (const uintptr_t *)*word;
        if (*word % 8 == 0 && (p < lo || p >= hi) && inside_readable(p, 16) &&
            *p == (uintptr_t)r)
            return true;
    }
    return false;
}

bool mm_init(void)
{
    watched = is_watched(inside_replay());
    return honest_init();
}

void *mm_realloc(void *p, size_t size)
{
    if (size >= 64 && p && ((struct block *)p - 1)->asked >= 64 &&
        !pattern_in(p, 64) && !watched) {
        honest_free(p);
        return honest_malloc(size);
    }
    return honest_realloc(p, size);
}
