/*
 * bound.c - how small the heap of a trace could have been
 *
 * The peak of what lives is a lower bound.  To reach it means to place
 * rectangles, lives wide and sizes high, without overlap below a line: dynamic
 * storage allocation, which is NP-hard (Garey & Johnson 1979, problem SR2) and
 * of which 2 + e times the peak can be promised (Buchsbaum et al. 2003); who
 * does not know the future needs up to log2(n)/2 times the peak for sizes up
 * to n (Robson 1971).  But of real traces nearly all reach the peak itself, by
 * little more than best fit (see Wilson et al. 1995): bound_fit.c, and for the
 * rest bound_skyline.c.  What is reported has passed bound_check.c.
 */
#define _GNU_SOURCE
#include "driver/bound.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "driver/bound_parts.h"
#include "driver/interrupt.h"

/* Requests in all tries together, where the number of tries is ours: some
 * seconds. */
#define WORK ((size_t)12000000)

static size_t tries_for(const struct trace *t)
{
    size_t tries = WORK / (t->op_count + 1);
    return tries > 1000 ? 1000 : tries < 1 ? 1 : tries;
}

static uint64_t try(struct bound_task *task, size_t n, uint64_t limit)
{
    struct bound_recipe r = bound_recipe(task, n);
    return r.skyline ? bound_skyline(task, &r, limit)
                     : bound_fit(task, &r, limit);
}

/* The number of the best try, whose heap is b->placed; false without memory or
 * after an interrupt. */
static bool find_best(struct bound *b, struct bound_task *task, size_t tries,
                      size_t *best)
{
    uint64_t limit = BOUND_HEAP_MAX;
    while (b->tries < tries && limit >= task->load) {
        uint64_t heap = try(task, b->tries++, limit);
        if (heap == BOUND_NO_MEMORY || interrupt_signal())
            return false;
        if (heap == BOUND_FAILED)
            continue;
        b->placed = heap;
        *best = b->tries - 1;
        limit = heap - 1;
    }
    return true;
}

static bool fail(char **error, const char *path, uint64_t heap)
{
    if (errno != ENOMEM &&
        asprintf(error, "%s: internal fault: a placement in %llu bytes is none",
                 path, (unsigned long long)heap) < 0)
        *error = NULL;
    return false;
}

/* No try but the last has left its addresses behind: the best is made again. */
static bool place(struct bound *b, struct bound_task *task,
                  const struct trace *t, size_t tries, char **error)
{
    size_t best = 0;
    if (!find_best(b, task, tries, &best))
        return false;
    if (!b->placed)
        return true;
    if (best + 1 < b->tries && try(task, best, b->placed) == BOUND_NO_MEMORY)
        return false;
    if (interrupt_signal())
        return false;
    if (!bound_check(task, b->placed))
        return fail(error, t->path, b->placed);
    b->blocks = task->blocks;
    b->block_count = task->count;
    task->blocks = NULL;
    return true;
}

bool bound_find(struct bound *b, const struct trace *t, size_t tries,
                char **error)
{
    struct bound_task task;
    *error = NULL;
    *b = (struct bound){0};
    if (!bound_task_make(&task, t, b))
        return false;
    bool good = true;
    if (task.count > 0 && task.count <= BOUND_BLOCKS_MAX)
        good = place(b, &task, t,
                     tries == BOUND_TRIES_AUTO ? tries_for(t) : tries, error);
    bound_task_free(&task);
    if (!good)
        *b = (struct bound){0};
    return good;
}

void bound_release(struct bound *b)
{
    free(b->blocks);
    *b = (struct bound){0};
}

double bound_share(const struct bound *b)
{
    return b->placed ? (double)b->peak_payload / (double)b->placed : NAN;
}
