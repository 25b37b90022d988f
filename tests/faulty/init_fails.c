/* init_fails.c - mm_init returns false */
#define OWN_INIT
#include "base.h"

bool mm_init(void)
{
    PLANTED();
    base_init();
    return false;
}
