/* stale_after_split.c - goes on with the block that was freed last, and still
 * points to its lower part when that was split off and handed out */
#define OWN_MALLOC
#define OWN_FREE
#include "base.h"

static struct block *latest;

void *mm_malloc(size_t size)
{
    size_t need = (size + 15) & ~(size_t)15;
    struct block *b = latest;
    if (!b || size == 0 || b->size < need)
        return base_malloc(size);
    if (b->size < need + sizeof *b + 16) {
        latest = NULL;
        return b + 1;
    }
    PLANTED();
    struct block *rest = (struct block *)((char *)(b + 1) + need);
    rest->size = b->size - need - sizeof *b;
    b->size = need;
    base_free(rest + 1);
    return b + 1;
}

void mm_free(void *p)
{
    if (latest)
        base_free(latest + 1);
    latest = p ? block_of(p) : NULL;
}
