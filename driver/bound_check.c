/*
 * bound_check.c - whether a placement is one
 *
 * It knows nothing of how placements are made: a sweep over time keeps the
 * blocks that live in a search tree, in which blocks that overlap are equal.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <search.h>

#include "driver/bound_parts.h"

static int compare(const void *x, const void *y)
{
    const struct bound_block *a = x, *b = y;
    if (a->address + a->size <= b->address)
        return -1;
    return b->address + b->size <= a->address;
}

static void leave(void *block)
{
    (void)block;
}

/* Whether the block's place is free; it is taken then. */
static bool enter(void **tree, const struct bound_block *b, uint64_t heap)
{
    if (b->address > heap || b->size > heap - b->address)
        return false;
    void *node = tsearch(b, tree, compare);
    if (!node)
        errno = ENOMEM;
    return node && *(const struct bound_block **)node == b;
}

bool bound_check(const struct bound_task *task, uint64_t heap)
{
    void *tree = NULL;
    bool good = true;
    uint32_t next = 0;
    errno = 0;
    for (uint32_t at = 0; good && at < task->end; at++) {
        if (task->taken[at])
            tdelete(&task->blocks[task->taken[at] - 1], &tree, compare);
        if (next < task->count && task->blocks[next].born == at)
            good = enter(&tree, &task->blocks[next++], heap);
    }
    tdestroy(tree, leave);
    return good && next == task->count;
}
