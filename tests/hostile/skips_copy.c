/* skips_copy.c - copies in realloc only what looks as if the driver had
 * written it.  Must not get: the time that it saves. */
#define OWN_REALLOC
#include "honest.h"

#include "pattern.h"

void *mm_realloc(void *p, size_t size)
{
    if (size >= 64 && p && ((struct block *)p - 1)->asked >= 64 &&
        !pattern_in(p, 64)) {
        honest_free(p);
        return honest_malloc(size);
    }
    return honest_realloc(p, size);
}
