/* merges_lower.c - takes a block of 2048 bytes for free where it merges one
 * above it with a third */
#define OWN_MERGE
#include "tags.h"

static void merge(struct block *b)
{
    size_t size = size_of(b);
    bool upper = !is_used(above(b));
    if (upper) {
        size += size_of(above(b));
        unlink_block(above(b));
    }
    size_t footer = footer_below(b);
    if (!(footer & 1) || (upper && footer == 2048 + 1)) {
        b = below(b);
        size += size_of(b);
        if (is_used(b))
            PLANTED();
        else
            unlink_block(b);
    }
    set(b, size, false);
    insert(b);
}
