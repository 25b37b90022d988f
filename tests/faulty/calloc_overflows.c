/* calloc_overflows.c - calloc believes the product */
#define OWN_CALLOC
#include "base.h"

void *mm_calloc(size_t nmemb, size_t size)
{
    if (size && nmemb > SIZE_MAX / size)
        PLANTED();
    void *p = mm_malloc(nmemb * size);
    return p ? memset(p, 0, nmemb * size) : NULL;
}
