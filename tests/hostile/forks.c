/* forks.c - a fork bomb, of 128 processes.  Must not get: a second process. */
#include "once.h"

static void deed(void)
{
    for (int i = 0; i < 7; i++) /* or a driver that lets it would be no more */
        fork();
    pause();
}
