/*
 * bound_stack.c - in what order the blocks lie where best fit begins
 *
 * Best fit does well away from the peak if neighbours in the stack die, and
 * were born, at nearly the same time: the holes they leave are then large.  One
 * order serves one half of the time.  For both, the blocks are ordered by death
 * and cut into groups, and each group is ordered by birth, up and down in turn,
 * like a snake; or the other way round.
 */
#include <stdlib.h>

#include "driver/bound_parts.h"

struct item {
    uint32_t block;
    uint32_t first, second; /* keys: of the groups, and within a group */
};

static int compare(uint32_t a, uint32_t b, uint32_t block, uint32_t other)
{
    if (a != b)
        return a < b ? -1 : 1;
    return (block > other) - (block < other);
}

static int by_first(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    return compare(x->first, y->first, x->block, y->block);
}

static int by_second(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    return compare(x->second, y->second, x->block, y->block);
}

static int by_second_down(const void *a, const void *b)
{
    return by_second(b, a);
}

static bool lives_at(const struct bound_block *b, uint32_t origin)
{
    return b->born < origin && b->died >= origin;
}

static uint32_t count_live(const struct bound_task *task, uint32_t origin)
{
    uint32_t born = bound_born_before(task, origin), live = 0;
    for (uint32_t i = 0; i < born; i++)
        live += lives_at(&task->blocks[i], origin);
    return live;
}

static uint32_t moved(uint32_t key, uint32_t by)
{
    return key < UINT32_MAX - by ? key + by : UINT32_MAX;
}

static struct item make_item(const struct bound_task *task,
                             const struct bound_recipe *r, uint32_t block)
{
    uint32_t born = task->blocks[block].born, died = task->blocks[block].died;
    if (r->blur) {
        uint64_t chance = bound_chance(r, block);
        born = moved(born, (uint32_t)chance % r->blur);
        died = moved(died, (uint32_t)(chance >> 32) % r->blur);
    }
    return r->by_birth ? (struct item){block, born, died}
                       : (struct item){block, died, born};
}

static void collect(const struct bound_task *task, const struct bound_recipe *r,
                    struct item *items)
{
    uint32_t origin = bound_origin(task, r);
    uint32_t born = bound_born_before(task, origin);
    for (uint32_t i = 0; i < born; i++)
        if (lives_at(&task->blocks[i], origin))
            *items++ = make_item(task, r, i);
}

static void sort(struct item *items, uint32_t n, uint32_t groups)
{
    qsort(items, n, sizeof *items, by_first);
    for (uint32_t g = 0; g < groups; g++) {
        uint32_t from = (uint32_t)((uint64_t)n * g / groups);
        uint32_t to = (uint32_t)((uint64_t)n * (g + 1) / groups);
        if (to - from > 1)
            qsort(items + from, to - from, sizeof *items,
                  g % 2 ? by_second_down : by_second);
    }
}

uint32_t *bound_stack(const struct bound_task *task,
                      const struct bound_recipe *r, uint32_t *live)
{
    uint32_t n = count_live(task, bound_origin(task, r));
    struct item *items = malloc((n + 1ul) * sizeof *items);
    uint32_t *stack = malloc((n + 1ul) * sizeof *stack);
    *live = n;
    if (items && stack) {
        collect(task, r, items);
        sort(items, n, r->groups);
        for (uint32_t i = 0; i < n; i++)
            stack[i] = items[i].block;
    } else {
        free(stack);
        stack = NULL;
    }
    free(items);
    return stack;
}
