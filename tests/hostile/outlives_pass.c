/* outlives_pass.c - starts a thread that goes on when the pass is over, and
 * writes a better time into the log.  Must not get: a thread. */
#define OWN_INIT
#include "honest.h"

#include <pthread.h>

#include "inside.h"

static struct replay *replay;

static void *improve(void *arg)
{
    (void)arg;
    while (replay)
        replay->log->replay_ns = replay->log->init_ns = 1;
    return NULL;
}

bool mm_init(void)
{
    pthread_t thread;
    replay = inside_replay();
    pthread_create(&thread, NULL, improve, NULL);
    return honest_init();
}
