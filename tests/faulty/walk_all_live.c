/* walk_all_live.c - mm_walk calls free blocks live */
#include "walk.h"

static void walk_block(mm_visitor *visit, struct block *b, size_t number)
{
    (void)number;
    if (is_free(b))
        PLANTED();
    visit(b, sizeof *b + b->size, true);
}
