/*
 * heapmap.h - what the simulated heap held, by address and by request
 *
 * A grid of cells over all requests and over the heap at its largest.  Of a
 * cell it is known which part of its bytes, averaged over its requests, was
 * payload, was in live blocks besides, was free below the break or lay beyond
 * it.  Nothing is sampled: the sums are exact, and a block costs the same
 * however long it lives and however many bytes it has.  What the allocator
 * tells of its blocks is hearsay: it can make overhead of free bytes, and of
 * nothing else.
 */
#ifndef HEAPMAP_H
#define HEAPMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "driver/columns.h"
#include "driver/replay.h"

enum heapmap_use {
    HEAPMAP_PAYLOAD,
    HEAPMAP_OVERHEAD, /* in live blocks, where it is known */
    HEAPMAP_FREE,     /* below the break */
    HEAPMAP_BEYOND,   /* the break */
    HEAPMAP_USES
};

/* In thousandths; together 1000. */
struct heapmap_cell {
    uint16_t part[HEAPMAP_USES];
};

/* Where it is known from what of a live block is not payload. */
enum heapmap_source {
    HEAPMAP_UNTOLD, /* it is not: overhead counts as free */
    HEAPMAP_USABLE, /* mm_usable_size: what lies below a payload is not */
    HEAPMAP_WALKED, /* mm_walk */
};

struct heapmap;

/* heapmap_create - for the audit of a snapshot, with at most so many columns
 *     and rows.  NULL without memory. */
struct heapmap *heapmap_create(const struct replay *left, size_t columns,
                               size_t rows);
void heapmap_destroy(struct heapmap *map);

/* heapmap_add - a replay_visit; context is a struct heapmap. */
void heapmap_add(void *context, const struct replay_moment *m);

/* heapmap_finish - there are no more moments: now cells can be looked at. */
void heapmap_finish(struct heapmap *map);

/* The grid: row 0 is at the bottom of the heap, a row is a multiple of 16 bytes
 * high, and heap_bytes end in the last one. */
struct heapmap_grid {
    struct columns columns;
    size_t rows;
    uint64_t row_bytes, heap_bytes;
    enum heapmap_source source;
};
const struct heapmap_grid *heapmap_grid(const struct heapmap *map);

/* heapmap_at - a cell of a finished map. */
const struct heapmap_cell *heapmap_at(const struct heapmap *map, size_t column,
                                      size_t row);

#endif
