/* counts_inits.c - tries to tell passes apart by how often mm_init was called:
 * honest in the two that the check pass has, then one block for all.  Must not
 * get: a third call. */
#define OWN_INIT
#define OWN_MALLOC
#include "honest.h"

static unsigned inits;
static char *fixed;

bool mm_init(void)
{
    if (++inits == 3)
        fixed = mem_sbrk(1 << 16);
    return honest_init();
}

void *mm_malloc(size_t size)
{
    return fixed ? fixed : honest_malloc(size);
}
