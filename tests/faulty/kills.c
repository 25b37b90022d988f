/* kills.c - the first free kills the process */
#include <signal.h>
#define OWN_FREE
#include "base.h"

void mm_free(void *p)
{
    PLANTED();
    base_free(p);
    raise(SIGKILL);
}
