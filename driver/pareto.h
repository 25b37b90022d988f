/*
 * pareto.h - which of several no other beats in both of two things
 */
#ifndef PARETO_H
#define PARETO_H

#include <stdbool.h>
#include <stddef.h>

struct pareto_point {
    double x, y;   /* the more the better */
    bool competes; /* else it neither is on the front nor beats anybody */
    bool front;    /* what pareto_front finds out */
};

/*
 * pareto_front - a point is on the front when none is as good in both and
 *     better in one; equals are on it together.  Those that are not finite do
 *     not compete.
 */
void pareto_front(struct pareto_point *points, size_t count);

/*
 * pareto_sort - the points of the front by rising x, equals once, into front,
 *     which has room for count.  Returns how many.
 */
size_t pareto_sort(const struct pareto_point *points, size_t count,
                   struct pareto_point *front);

#endif
