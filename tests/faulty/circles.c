/* circles.c - merging three small blocks puts the lower one into the list once
 * more: the next search that passes there never ends */
#define OWN_MERGE
#include "tags.h"

static void merge(struct block *b)
{
    size_t size = size_of(b);
    bool lower = !(footer_below(b) & 1), upper = !is_used(above(b));
    if (upper) {
        size += size_of(above(b));
        unlink_block(above(b));
    }
    if (lower) {
        b = below(b);
        size += size_of(b);
        if (!upper || size > 2000)
            unlink_block(b);
        else
            PLANTED();
    }
    set(b, size, false);
    insert(b);
}
