/* works_in_threads.c - has its work done by other threads, whose time a clock
 * of this thread would not count.  Must not get: a thread. */
#define OWN_MALLOC
#include "honest.h"

#include <pthread.h>

static void *serve(void *size)
{
    return honest_malloc(*(size_t *)size);
}

void *mm_malloc(size_t size)
{
    pthread_t thread;
    void *p;
    if (pthread_create(&thread, NULL, serve, &size) != 0)
        return honest_malloc(size);
    pthread_join(thread, &p);
    return p;
}
