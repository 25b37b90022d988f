/* free_of_null.c - free(NULL) looks at the header of NULL */
#define OWN_FREE
#include "base.h"

void mm_free(void *p)
{
    if (!p)
        PLANTED();
    if (*(volatile size_t *)((uintptr_t)p - sizeof(struct block)) != 0)
        base_free(p);
}
