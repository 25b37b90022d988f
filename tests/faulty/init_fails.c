/* init_fails.c - mm_init returns false */
#define OWN_INIT
#include "base.h"

bool mm_init(void)
{
    base_init();
    return false;
}
