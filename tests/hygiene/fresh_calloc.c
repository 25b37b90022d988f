/* fresh_calloc.c - calloc does not zero what comes fresh from mem_sbrk */
#define OWN_CALLOC
#include "../faulty/base.h"

void *mm_calloc(size_t nmemb, size_t size)
{
    char *top = mem_sbrk(0);
    char *p = mm_malloc(nmemb * size);
    return p < top ? memset(p, 0, nmemb * size) : p;
}
