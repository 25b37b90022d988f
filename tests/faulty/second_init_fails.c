/* second_init_fails.c - mm_init succeeds but once */
#define OWN_INIT
#include "base.h"

bool mm_init(void)
{
    static bool before;
    bool first = !before;
    before = true;
    if (!first)
        PLANTED();
    return base_init() && first;
}
