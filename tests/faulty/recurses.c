/* recurses.c - the first free calls itself for ever */
#define OWN_FREE
#include "base.h"

void mm_free(void *p)
{
    PLANTED();
    volatile char room[256];
    room[0] = *(char *)p;
    mm_free(p);
    room[1] = room[0];
}
