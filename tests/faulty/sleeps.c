/* sleeps.c - the first free sleeps */
#define OWN_FREE
#include "base.h"

void mm_free(void *p)
{
    PLANTED();
    for (;;)
        pause();
    base_free(p);
}
