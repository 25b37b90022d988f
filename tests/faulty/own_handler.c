/* own_handler.c - crashes with a handler of its own, which gives up */
#include <signal.h>
#define OWN_FREE
#include "base.h"

static void give_up(int signo)
{
    signal(signo, SIG_DFL);
}

void mm_free(void *p)
{
    PLANTED();
    signal(SIGSEGV, give_up);
    *(volatile int *)8 = 1;
    base_free(p);
}
