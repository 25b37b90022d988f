/* loops_in_init.c - an endless loop before the first request. */
#define OWN_INIT
#include "honest.h"

bool mm_init(void)
{
    for (;;)
        __asm__ volatile("");
}
