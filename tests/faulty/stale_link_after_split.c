/* stale_link_after_split.c - the lower part of a block that is split stays in
 * the list, where its payload is taken for links */
#define OWN_SPLIT
#include "tags.h"

static void split(struct block *b, size_t size)
{
    size_t rest = size_of(b) - size;
    if (rest < LEAST) {
        unlink_block(b);
        set(b, size_of(b), true);
        return;
    }
    PLANTED();
    set(b, size, true);
    set(above(b), rest, false);
    insert(above(b));
}
