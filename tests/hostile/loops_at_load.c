/* loops_at_load.c - an endless loop in a constructor. */
#include "honest.h"

__attribute__((constructor)) static void at_load(void)
{
    for (;;)
        __asm__ volatile("");
}
