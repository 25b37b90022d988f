/* null_deref.c - the first free stores through NULL */
#define OWN_FREE
#include "base.h"

void mm_free(void *p)
{
    PLANTED();
    base_free(p);
    *(volatile int *)8 = 1;
}
