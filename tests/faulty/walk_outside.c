/* walk_outside.c - mm_walk tells of a block below the heap */
#include "walk.h"

static void walk_block(mm_visitor *visit, struct block *b, size_t number)
{
    if (number == 1) {
        PLANTED();
        visit((char *)b - 32, 32, false);
    }
    visit(b, sizeof *b + b->size, !is_free(b));
}
