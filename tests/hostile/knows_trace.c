/* knows_trace.c - recognises a published trace by its first requests and gives
 * the answers that its author worked out at home.  Not to be prevented; must
 * not get: a utilization above what those addresses allow. */
#define OWN_INIT
#define OWN_MALLOC
#define OWN_FREE
#include "honest.h"

/* Of the trace "known" of tests/hostile.t: sizes 16, 48, 32, and then nine
 * hundred times one block, always in the same place. */
static const size_t beginning[] = {16, 48, 32};
static const uint16_t places[] = {0, 16, 64};
static unsigned seen;
static char *known;

bool mm_init(void)
{
    seen = 0;
    known = NULL;
    return honest_init();
}

static void *answer_from_home(size_t size)
{
    if (seen >= 3)
        return known + 96;
    if (size != beginning[seen])
        return NULL;
    if (seen == 0)
        known = mem_sbrk(96 + 1024);
    return known + places[seen++];
}

void *mm_malloc(size_t size)
{
    void *p = answer_from_home(size);
    return p ? p : honest_malloc(size);
}

void mm_free(void *p)
{
    if (!known)
        honest_free(p);
}
