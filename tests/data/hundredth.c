/*
 * hundredth.c - an allocator that is slow at every 100th request
 *
 * Else a block is its payload, rounded up to 16 bytes, at the end of the heap,
 * and nothing is ever used again.  The delay is counted, not timed: steps that
 * wait for each other, a million of them, take 0.2 ms on the fastest machine.
 * With -DSLEEPS it sleeps 20 ms instead.
 */
#include <time.h>

#include "memlib.h"
#include "mm.h"

#define STEPS 1000000

static unsigned requests;

#ifdef SLEEPS
static void dawdle(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
}
#else
static void dawdle(void)
{
    for (volatile unsigned i = 0; i < STEPS; i++)
        ;
}
#endif

static void count(void)
{
    if (++requests % 100 == 0)
        dawdle();
}

bool mm_init(void)
{
    requests = 0;
    return true;
}

void *mm_malloc(size_t size)
{
    count();
    if (size > (size_t)1 << 62)
        return NULL;
    void *p = mem_sbrk((intptr_t)((size + 15) & ~(size_t)15));
    return p == (void *)-1 || size == 0 ? NULL : p;
}

void mm_free(void *p)
{
    (void)p;
    count();
}

/* For traces without these. */
void *mm_realloc(void *p, size_t size)
{
    (void)p;
    (void)size;
    return NULL;
}

void *mm_calloc(size_t nmemb, size_t size)
{
    (void)nmemb;
    (void)size;
    return NULL;
}

bool mm_checkheap(int line)
{
    (void)line;
    return true;
}
