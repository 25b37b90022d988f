/* exits_in_init.c - the same with _exit(0), before the first request. */
#define OWN_INIT
#include "honest.h"

bool mm_init(void)
{
    _exit(0);
}
