/* fixed_when_timed.c - the same, told by the driver's own memory that this is
 * a timed pass: the check pass has a fault's place in its log, a shadow, and
 * payloads that are filled.  Must not get: a pass that counts. */
#define OWN_MALLOC
#define OWN_REALLOC
#include "honest.h"

#include "pattern.h"

static void *first, *fixed;

void *mm_malloc(size_t size)
{
    if (!fixed && calls == 1 && !pattern_in(first, 64))
        fixed = mem_sbrk(1 << 16);
    if (fixed)
        return fixed;
    void *p = honest_malloc(size);
    if (calls == 1)
        first = p;
    return p;
}

void *mm_realloc(void *p, size_t size)
{
    return fixed ? fixed : honest_realloc(p, size);
}
