/* garbage_pointer.c - the first free follows a pointer that is garbage */
#define OWN_FREE
#include "base.h"

void mm_free(void *p)
{
    PLANTED();
    base_free(p);
    *(volatile int *)0x5a5a5a5a5a5a5a5a = 1;
}
