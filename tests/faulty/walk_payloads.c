/* walk_payloads.c - mm_walk tells of payloads, not of blocks */
#include "walk.h"

static void walk_block(mm_visitor *visit, struct block *b, size_t number)
{
    (void)number;
    PLANTED();
    visit(b, b->size, !is_free(b));
}
