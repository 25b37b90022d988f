/* replays_answers.c - records what it answered in one pass and plays it in the
 * next, without any other work.  Must not get: a pass to play it in. */
#define OWN_INIT
#define OWN_MALLOC
#define OWN_FREE
#include "honest.h"

static uint32_t answers[1 << 16];
static unsigned recorded, played, inits;

bool mm_init(void)
{
    if (++inits > 1)
        mem_sbrk(1 << 20);
    return honest_init();
}

void *mm_malloc(size_t size)
{
    char *lo = mem_heap_lo();
    if (inits > 1 && played < recorded)
        return lo + answers[played++];
    char *p = honest_malloc(size);
    if (inits == 1 && recorded < 1 << 16)
        answers[recorded++] = (uint32_t)(p - lo);
    return p;
}

void mm_free(void *p)
{
    if (inits == 1)
        honest_free(p);
}
