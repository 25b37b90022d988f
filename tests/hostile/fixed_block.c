/* fixed_block.c - the cheat of 25 lines: correct until mm_checkheap was
 * called or mm_init comes again, from then on one and the same block for all.
 * Must not get: a pass that counts. */
#define OWN_INIT
#define OWN_MALLOC
#define OWN_REALLOC
#define OWN_CHECKHEAP
#include "honest.h"

static unsigned inits;
static char *fixed;

bool mm_init(void)
{
    fixed = ++inits > 1 ? mem_sbrk(1 << 16) : NULL;
    return honest_init();
}

void *mm_malloc(size_t size)
{
    return fixed ? fixed : honest_malloc(size);
}

void *mm_realloc(void *p, size_t size)
{
    return fixed ? fixed : honest_realloc(p, size);
}

bool mm_checkheap(int line)
{
    (void)line;
    return true;
}
