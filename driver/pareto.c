/*
 * pareto.c - which of several no other beats in both of two things
 */
#include "driver/pareto.h"

#include <math.h>
#include <stdlib.h>

static bool beats(const struct pareto_point *a, const struct pareto_point *b)
{
    return a->competes && a->x >= b->x && a->y >= b->y &&
           (a->x > b->x || a->y > b->y);
}

void pareto_front(struct pareto_point *points, size_t count)
{
    for (size_t i = 0; i < count; i++)
        points[i].competes = points[i].competes && isfinite(points[i].x) &&
                             isfinite(points[i].y);
    for (size_t i = 0; i < count; i++) {
        points[i].front = points[i].competes;
        for (size_t j = 0; j < count && points[i].front; j++)
            points[i].front = !beats(&points[j], &points[i]);
    }
}

static int compare_x(const void *a, const void *b)
{
    const struct pareto_point *p = a, *q = b;
    return (p->x > q->x) - (p->x < q->x);
}

size_t pareto_sort(const struct pareto_point *points, size_t count,
                   struct pareto_point *front)
{
    size_t all = 0, kept = 0;
    for (size_t i = 0; i < count; i++)
        if (points[i].front)
            front[all++] = points[i];
    qsort(front, all, sizeof *front, compare_x);
    for (size_t i = 0; i < all; i++)
        if (kept == 0 || front[kept - 1].x < front[i].x)
            front[kept++] = front[i];
    return kept;
}
