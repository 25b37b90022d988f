/* borrows_payload.c - keeps its books in live payloads as long as nobody has
 * written there.  Must not get: what it saves. */
#define OWN_MALLOC
#define OWN_FREE
#include "honest.h"

#include "pattern.h"

static void *borrowed[8];
static unsigned next;

void *mm_malloc(size_t size)
{
    void **p = honest_malloc(size);
    if (size >= 64)
        borrowed[next++ % 8] = p;
    return p;
}

void mm_free(void *p)
{
    for (int i = 0; i < 8; i++)
        if (borrowed[i] == p)
            borrowed[i] = NULL;
    for (int i = 0; i < 8; i++)
        if (borrowed[i] && !pattern_in(borrowed[i], 64))
            ((void **)borrowed[i])[3] = p;
    honest_free(p);
}
