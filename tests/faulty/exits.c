/* exits.c - the first free calls exit(0) */
#define OWN_FREE
#include "base.h"

void mm_free(void *p)
{
    PLANTED();
    base_free(p);
    exit(0);
}
