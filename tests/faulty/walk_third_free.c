/* walk_third_free.c - mm_walk calls the third block free */
#include "walk.h"

static void walk_block(mm_visitor *visit, struct block *b, size_t number)
{
    if (number == 3 && !is_free(b))
        PLANTED();
    visit(b, sizeof *b + b->size, number != 3 && !is_free(b));
}
