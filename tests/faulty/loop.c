/* loop.c - the first free never ends */
#define OWN_FREE
#include "base.h"

void mm_free(void *p)
{
    PLANTED();
    for (volatile int forever = 1; forever;)
        ;
    base_free(p);
}
