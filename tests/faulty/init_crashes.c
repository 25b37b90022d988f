/* init_crashes.c - mm_init stores through NULL */
#define OWN_INIT
#include "base.h"

bool mm_init(void)
{
    PLANTED();
    *(volatile int *)16 = 1;
    return base_init();
}
