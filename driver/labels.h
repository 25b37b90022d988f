/*
 * labels.h - where the names of points stand, so that all of them are read
 *
 * Everything is in pixels, x to the right and y upwards from a corner of the
 * picture's area.
 */
#ifndef LABELS_H
#define LABELS_H

#include <stddef.h>

struct labels_box {
    double left, bottom, right, top;
};

struct label {
    double x, y;             /* the point */
    double wide, high;       /* of the text */
    struct labels_box place; /* where labels_place puts it */
};

/*
 * labels_place - find places for the texts inside the area, near their points,
 *     off each other, off all points and off the obstacles: as far as there is
 *     room, for where there is none the least is covered.
 */
void labels_place(struct label *labels, size_t count,
                  const struct labels_box *obstacles, size_t obstacle_count,
                  struct labels_box area);

/* labels_common - the pixels that two boxes have in common. */
double labels_common(struct labels_box a, struct labels_box b);

#endif
