/* sets_alarms.c - sets timers that go off when the driver is at work in this
 * process, and write to its log.  Must not get: a shorter time. */
#define OWN_INIT
#include "honest.h"

#include <sys/time.h>

#include "inside.h"

static struct replay *replay;

static void improve(int signo)
{
    (void)signo;
    if (replay)
        replay->log->replay_ns = replay->log->init_ns = 1;
}

bool mm_init(void)
{
    struct itimerval often = {{0, 500}, {0, 500}};
    replay = inside_replay();
    signal(SIGALRM, improve);
    signal(SIGPROF, improve);
    setitimer(ITIMER_REAL, &often, NULL);
    setitimer(ITIMER_PROF, &often, NULL);
    return honest_init();
}
