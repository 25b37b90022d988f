/* sleeps.c - the first free sleeps */
#define OWN_FREE
#include "base.h"

void mm_free(void *p)
{
    for (;;)
        pause();
    base_free(p);
}
