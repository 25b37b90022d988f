/*
 * portrait_heapmap.c - the heap by address and by request, as cells
 *
 * Two blocks of rows: how many cells there are, and the cells, column by
 * column, each column from the bottom of the heap up.
 */
#include <inttypes.h>

#include "driver/heapmap.h"
#include "driver/portrait_parts.h"

/* As the pixels of the picture, about: gnuplot takes half a second for each
 * hundred thousand of them. */
enum { COLUMNS = 600, ROWS = 240 };

static void *begin(const struct portrait_scene *scene)
{
    return heapmap_create(scene->left, COLUMNS, ROWS);
}

static void write_cell(FILE *out, const struct heapmap *map, size_t column,
                       size_t row)
{
    const struct heapmap_grid *g = heapmap_grid(map);
    const struct heapmap_cell *c = heapmap_at(map, column, row);
    fprintf(out, "%zu\t%" PRIu64, columns_first(&g->columns, column) + 1,
            row * g->row_bytes);
    for (int i = 0; i < HEAPMAP_USES; i++)
        fprintf(out, "\t%u", c->part[i]);
    putc('\n', out);
}

static void write_cells(void *painting, FILE *out)
{
    static const char *const sources[] = {
        [HEAPMAP_UNTOLD] = "nothing",
        [HEAPMAP_USABLE] = "mm_usable_size",
        [HEAPMAP_WALKED] = "mm_walk",
    };
    struct heapmap *map = painting;
    heapmap_finish(map);
    const struct heapmap_grid *g = heapmap_grid(map);
    fprintf(out,
            "# columns\trows\trow_bytes\theap_bytes\tblocks_known_from\n"
            "%zu\t%zu\t%" PRIu64 "\t%" PRIu64 "\t%s\n\n\n",
            g->columns.count, g->rows, g->row_bytes, g->heap_bytes,
            sources[g->source]);
    fputs("# from_request\tfrom_byte\tpayload_permille\toverhead_permille"
          "\tfree_permille\tbeyond_permille\n",
          out);
    for (size_t column = 0; column < g->columns.count; column++)
        for (size_t row = 0; row < g->rows; row++)
            write_cell(out, map, column, row);
}

static void end(void *painting)
{
    heapmap_destroy(painting);
}

const struct painter portrait_heapmap = {"heapmap",   true,        begin,
                                         heapmap_add, write_cells, end};
