/* skips_zero.c - zeroes in calloc only memory in which the driver has left a
 * pattern.  Must not get: the time that it saves. */
#define OWN_CALLOC
#include "honest.h"

#include "pattern.h"

void *mm_calloc(size_t nmemb, size_t size)
{
    void *p = honest_malloc(nmemb * size);
    if (p && (nmemb * size < 64 || pattern_in((char *)p + 16, 48)))
        memset(p, 0, nmemb * size);
    return p;
}
