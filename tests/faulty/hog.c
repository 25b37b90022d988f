/* hog.c - the first free fills memory for ever */
#define OWN_FREE
#include "base.h"

void mm_free(void *p)
{
    PLANTED();
    base_free(p);
    for (;;)
        memset(malloc(64 << 20), 1, 64 << 20);
}
