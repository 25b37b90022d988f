/* second_run.c - does not reset its state in mm_init */
#define OWN_INIT
#include "base.h"

bool mm_init(void)
{
    static bool before;
    if (before)
        PLANTED();
    else
        base_init();
    before = true;
    return true;
}
