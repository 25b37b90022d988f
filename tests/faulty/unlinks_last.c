/* unlinks_last.c - merging three large blocks forgets that the upper one may
 * be the last of the list */
#define OWN_MERGE
#include "tags.h"

static void merge(struct block *b)
{
    size_t size = size_of(b);
    struct block *up = above(b);
    bool lower = !(footer_below(b) & 1), upper = !is_used(up);
    if (upper) {
        size += size_of(up);
        if (lower && size > 3000) {
            if (!up->next)
                PLANTED();
            up->next->prev = up->prev;
        }
        unlink_block(up);
    }
    if (lower) {
        b = below(b);
        size += size_of(b);
        unlink_block(b);
    }
    set(b, size, false);
    insert(b);
}
