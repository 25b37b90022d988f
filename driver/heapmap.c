/*
 * heapmap.c - what the simulated heap held, by address and by request
 *
 * A range of bytes is the difference of two edges: below each lies all of the
 * heap.  So a block that begins to live is two edges, in one row each, and what
 * lies above those is summed up row by row when a column is complete: a
 * difference table over the addresses.  Moments come in order, so of the
 * columns only the one at hand need be kept: what stands there now, and its sum
 * over the requests of the column.  The working set is a few lines a row.
 */
#include "driver/heapmap.h"

#include <stdlib.h>

#include "memlib.h"

/* What is summed up; a byte of payload is also one of a block and of the
 * heap. */
enum layer { PAYLOAD, BLOCKS, HEAP, LAYERS };

/* The edges in a row.  Bytes between them and the row's upper end, and how many
 * there are: each moves all rows above by their full height.  Both as they are
 * now and summed up over the requests of the column. */
struct edges {
    __int128 bytes, bytes_sum;
    __int128 count_sum;
    int64_t count;
};

struct heapmap {
    struct heapmap_grid grid;
    uintptr_t lo;
    void *const *answers;
    const struct replay_extent *extents; /* NULL: not known */
    uint64_t heap;                       /* bytes of it, by now */
    size_t column;                       /* at hand */
    size_t end;                          /* its requests lie before this one */
    struct edges *layers[LAYERS];        /* by row */
    struct heapmap_cell *cells;          /* column by column */
};

/* ---- Making and giving back ---------------------------------------------- */

static uint64_t largest_heap(const struct replay *left)
{
    uint64_t most = left->heap_bytes;
    for (size_t i = 0; i < left->log->growth_count; i++)
        if (left->growth[i].bytes > most)
            most = left->growth[i].bytes;
    return most;
}

static enum heapmap_source source_of(const struct replay *left)
{
    if (!left->extents || left->log->survey_count == 0)
        return HEAPMAP_UNTOLD;
    return left->allocator->has_walk ? HEAPMAP_WALKED : HEAPMAP_USABLE;
}

/* An empty heap has a row, too. */
static struct heapmap_grid grid_for(const struct replay *left, size_t columns,
                                    size_t rows)
{
    uint64_t heap = largest_heap(left);
    uint64_t row_bytes = ((heap + rows - 1) / rows + 15) / 16 * 16;
    if (row_bytes == 0)
        row_bytes = 16;
    return (struct heapmap_grid){
        .columns = columns_make(left->trace->op_count, columns),
        .rows = heap ? (heap + row_bytes - 1) / row_bytes : 1,
        .row_bytes = row_bytes,
        .heap_bytes = heap,
        .source = source_of(left),
    };
}

struct heapmap *heapmap_create(const struct replay *left, size_t columns,
                               size_t rows)
{
    struct heapmap *map = calloc(1, sizeof *map);
    if (!map)
        return NULL;
    map->grid = grid_for(left, columns, rows);
    map->lo = (uintptr_t)mem_heap_lo();
    map->answers = left->answers;
    map->extents = map->grid.source ? left->extents : NULL;
    map->end = columns_first(&map->grid.columns, 1);
    map->cells =
        calloc(map->grid.columns.count * map->grid.rows, sizeof *map->cells);
    bool good = map->cells;
    for (int i = 0; i < LAYERS; i++) {
        map->layers[i] = calloc(map->grid.rows, sizeof *map->layers[i]);
        good = good && map->layers[i];
    }
    if (good)
        return map;
    heapmap_destroy(map);
    return NULL;
}

void heapmap_destroy(struct heapmap *map)
{
    if (!map)
        return;
    for (int i = 0; i < LAYERS; i++)
        free(map->layers[i]);
    free(map->cells);
    free(map);
}

/* ---- A column is complete ------------------------------------------------ */

/* Bytes times requests, of a cell. */
typedef unsigned __int128 area;

/* The edges of a row as the next column, of so many requests, begins. */
static void carry(struct edges *e, size_t requests)
{
    e->bytes_sum = e->bytes * (__int128)requests;
    e->count_sum = e->count * (__int128)requests;
}

static area least(area a, area b)
{
    return a < b ? a : b;
}

/* Each rounded so that together they are a thousand. */
static struct heapmap_cell cell_of(area payload, area blocks, area heap,
                                   area all)
{
    struct heapmap_cell cell;
    const area up_to[HEAPMAP_USES] = {payload, blocks, heap, all};
    unsigned before = 0;
    for (int i = 0; i < HEAPMAP_USES; i++) {
        unsigned thousandths = (unsigned)((2000 * up_to[i] + all) / (2 * all));
        cell.part[i] = (uint16_t)(thousandths - before);
        before = thousandths;
    }
    return cell;
}

/* The bytes of a layer in a row, summed up, given the edges below the row; the
 * row's own are added to those. */
static area sum_of(struct edges *e, uint64_t row_bytes, __int128 *below)
{
    __int128 sum = e->bytes_sum + *below * (__int128)row_bytes;
    *below += e->count_sum;
    return sum > 0 ? (area)sum : 0;
}

/* A row of the column at hand; the next column has `coming` requests. */
static struct heapmap_cell complete_cell(struct heapmap *map, size_t row,
                                         area all, size_t coming,
                                         __int128 below[LAYERS])
{
    area sums[LAYERS];
    for (int i = 0; i < LAYERS; i++) {
        struct edges *e = &map->layers[i][row];
        sums[i] = sum_of(e, map->grid.row_bytes, &below[i]);
        carry(e, coming);
    }
    area heap = least(sums[HEAP], all);
    area payload = least(sums[PAYLOAD], heap);
    area blocks = least(sums[BLOCKS], heap);
    return cell_of(payload, blocks > payload ? blocks : payload, heap, all);
}

static void complete_column(struct heapmap *map)
{
    const struct columns *c = &map->grid.columns;
    size_t from = columns_first(c, map->column), coming = 0;
    if (map->column + 1 < c->count)
        coming = columns_first(c, map->column + 2) - map->end;
    struct heapmap_cell *cells = &map->cells[map->column * map->grid.rows];
    area all = (area)map->grid.row_bytes * (map->end - from);
    __int128 below[LAYERS] = {0};
    for (size_t row = 0; row < map->grid.rows; row++)
        cells[row] = complete_cell(map, row, all, coming, below);
    map->column++;
    map->end += coming;
}

/* ---- Moments ------------------------------------------------------------- */

/* From request number `from` on all above an edge is there, sign 1, or no
 * more, sign -1. */
static void move_edge(struct heapmap *map, enum layer layer, uint64_t edge,
                      int sign, size_t from)
{
    uint64_t row = edge / map->grid.row_bytes;
    if (row >= map->grid.rows)
        return;
    struct edges *e = &map->layers[layer][row];
    int64_t bytes = sign * (int64_t)(map->grid.row_bytes * (row + 1) - edge);
    int64_t requests = (int64_t)(map->end - from);
    e->bytes += bytes;
    e->bytes_sum += (__int128)bytes * requests;
    e->count += sign;
    e->count_sum += sign * requests;
}

static void change(struct heapmap *map, enum layer layer, uint64_t lower,
                   uint64_t upper, int sign, size_t from)
{
    move_edge(map, layer, lower, sign, from);
    move_edge(map, layer, upper, -sign, from);
}

/* It never shrinks, and ends where the map does. */
static void grow(struct heapmap *map, uint64_t heap, size_t from)
{
    if (heap > map->grid.heap_bytes)
        heap = map->grid.heap_bytes;
    if (heap <= map->heap)
        return;
    change(map, HEAP, map->heap, heap, 1, from);
    map->heap = heap;
}

/* The block of an answer begins (1) or ceases (-1) to live. */
static void change_block(struct heapmap *map, const struct replay_moment *m,
                         uint32_t answer, int sign)
{
    uint64_t lower = (uintptr_t)map->answers[answer] - map->lo;
    uint64_t upper = lower + shadow_block(m->shadow, answer)->size;
    uint64_t top = map->grid.heap_bytes;
    size_t from = m->served - 1;
    grow(map, upper, from);
    change(map, PAYLOAD, lower, upper, sign, from);
    if (!map->extents)
        return;
    struct replay_extent e = map->extents[answer];
    lower -= e.before < lower ? e.before : lower;
    upper = top - upper > e.after ? upper + e.after : top;
    change(map, BLOCKS, lower, upper, sign, from);
}

void heapmap_add(void *context, const struct replay_moment *m)
{
    struct heapmap *map = context;
    while (m->served > map->end)
        complete_column(map);
    grow(map, m->heap, m->served - 1);
    if (m->died)
        change_block(map, m, m->died, -1);
    if (m->born)
        change_block(map, m, m->born, 1);
}

void heapmap_finish(struct heapmap *map)
{
    while (map->column < map->grid.columns.count)
        complete_column(map);
}

const struct heapmap_grid *heapmap_grid(const struct heapmap *map)
{
    return &map->grid;
}

const struct heapmap_cell *heapmap_at(const struct heapmap *map, size_t column,
                                      size_t row)
{
    return &map->cells[column * map->grid.rows + row];
}
