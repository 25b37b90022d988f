/* walk_merges.c - mm_walk tells of the first two blocks as one */
#include "walk.h"

static void walk_block(mm_visitor *visit, struct block *b, size_t number)
{
    const struct block *next = (struct block *)((char *)(b + 1) + b->size);
    size_t size = sizeof *b + b->size;
    if (number == 1 && !is_last(b)) {
        PLANTED();
        size += sizeof *next + next->size;
    }
    if (number != 2)
        visit(b, size, !is_free(b));
}
