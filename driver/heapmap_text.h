/*
 * heapmap_text.h - a heap map in characters, for a terminal
 */
#ifndef HEAPMAP_TEXT_H
#define HEAPMAP_TEXT_H

#include "driver/heapmap.h"

struct heapmap_text_style {
    size_t width; /* columns of the screen, 1 or more */
    bool utf8;    /* half blocks, two cells in a character; else ASCII */
    bool color;
};

/* heapmap_text_map - heapmap_create, of the size that style can show. */
struct heapmap *heapmap_text_map(const struct replay *left,
                                 struct heapmap_text_style style);

/* heapmap_text - such a map, finished, as lines no wider than the screen, with
 *     addresses, requests and a legend; for the caller to free.  NULL without
 *     memory. */
char *heapmap_text(const struct heapmap *map, struct heapmap_text_style style);

#endif
