/* not_zeroed.c - calloc does not clear what was used before */
#define OWN_CALLOC
#include "base.h"

void *mm_calloc(size_t nmemb, size_t size)
{
    PLANTED();
    return mm_malloc(nmemb * size);
}
