/*
 * info_summary.c - rep info --summary: one row a trace
 */
#include <inttypes.h>

#include "driver/grid.h"
#include "tools/info/info.h"

static void draw_heading(struct grid *g)
{
    static const char *const names[] = {"trace",   "requests", "sizes",
                                        "median",  "bytes",    "peak",
                                        "realloc", "LIFO",     "U max"};
    grid_begin_row(g, false);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        grid_cell(g, "%s", names[i]);
    grid_heading_done(g);
}

static void draw_row(struct grid *g, const struct info *info)
{
    char text[INFO_SHORT];
    uint64_t frees = info->kinds[TRACE_FREE] - info->free_null;
    grid_begin_row(g, false);
    grid_cell(g, "%s", info->name);
    grid_cell(g, "%" PRIu64, info->requests);
    grid_cell(g, "%zu", info->size_count);
    grid_cell(g, "%" PRIu64, info_quantile(info, 50));
    grid_cell(g, "%s", info_short(text, info->layouts[INFO_PAYLOAD].all));
    grid_cell(g, "%s", info_short(text, info->most_bytes.bytes));
    grid_real(g, "%.0f%%",
              100 * info_ratio(info->kinds[TRACE_REALLOC], info->requests));
    grid_real(g, "%.0f%%", 100 * info_ratio(info->youngest, frees));
    grid_real(g, "%.3f", info_util(info, INFO_HEADER_8));
    grid_end_row(g);
}

static void draw(struct grid *g, const void *data)
{
    const struct info_set *set = data;
    draw_heading(g);
    for (size_t i = 0; i < set->count; i++)
        draw_row(g, &set->infos[i]);
}

void info_print_summary(FILE *out, const struct info_set *set)
{
    grid_print(out, GRID_PLAIN, false, draw, set);
}
