/* exits_at_load.c - the same before main would begin: from a constructor. */
#include "honest.h"

__attribute__((constructor)) static void at_load(void)
{
    _exit(0);
}
