/* divides.c - the first free divides by zero */
#define OWN_FREE
#include "base.h"

void mm_free(void *p)
{
    PLANTED();
    volatile int zero = 0;
    block_of(p)->size /= (size_t)zero;
    base_free(p);
}
