/*
 * walk.h - base.h with an mm_walk to plant faults in
 *
 * A fault defines walk_block, which hands a block on to the visitor, and what
 * it wants to be different before it includes this.
 */
#include "base.h"

static bool is_free(const struct block *b)
{
    const struct block *f = free_blocks;
    while (f && f != b)
        f = f->next;
    return f != NULL;
}

static bool is_last(const struct block *b)
{
    return (char *)(b + 1) + b->size > (char *)mem_heap_hi();
}

static void walk_block(mm_visitor *visit, struct block *b, size_t number);

void mm_walk(mm_visitor *visit)
{
    char *at = mem_heap_lo(), *end = at + mem_heapsize();
    for (size_t number = 1; at < end; number++) {
        struct block *b = (struct block *)at;
        walk_block(visit, b, number);
        at += sizeof *b + b->size;
    }
}
