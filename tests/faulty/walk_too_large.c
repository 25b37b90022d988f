/* walk_too_large.c - mm_walk takes the second block for larger than it is */
#include "walk.h"

static void walk_block(mm_visitor *visit, struct block *b, size_t number)
{
    size_t more = number == 2 ? 16 : 0;
    if (more)
        PLANTED();
    visit(b, sizeof *b + b->size + more, !is_free(b));
}
