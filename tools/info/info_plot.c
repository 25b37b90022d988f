/*
 * info_plot.c - rep info --plot: pictures of the sizes and the lifetimes
 *
 * They show the data that --dat writes, thinned out where there are more sizes
 * than a picture has columns.
 */
#include <stdlib.h>
#include <string.h>

#include "driver/gnuplot.h"
#include "driver/interrupt.h"
#include "driver/names.h"
#include "tools/info/info.h"
#include "tools/rep.h"

/* Columns of a class of sizes: the widest class takes fewer pixels unless there
 * are but a few. */
enum { COLUMNS = 64 };

/* ---- The pictures ------------------------------------------------------ */

static bool has_sizes(const struct info *info)
{
    return info->met > 0;
}

static void write_sizes(FILE *out, const struct info *info)
{
    info_write_sizes(out, info);
    fputs("\n\n", out);
    info_write_cdf(out, info, COLUMNS);
}

static void describe_sizes(struct gnuplot *g, const struct info *info)
{
    info_wide bytes = info->layouts[INFO_PAYLOAD].all;
    gnuplot_set_number(g, "all_requests", (double)info->met);
    gnuplot_set_number(g, "all_bytes", (double)bytes);
}

static bool has_lifetimes(const struct info *info)
{
    return info->blocks > 0;
}

static void describe_lifetimes(struct gnuplot *g, const struct info *info)
{
    gnuplot_set_number(g, "all_blocks", (double)info->blocks);
    gnuplot_set_number(g, "never_freed", (double)info->end.blocks);
}

static const struct picture {
    const char *name; /* its script is plot/NAME.gp */
    bool (*has)(const struct info *info);
    void (*write)(FILE *out, const struct info *info);
    void (*describe)(struct gnuplot *g, const struct info *info);
} pictures[] = {
    {"sizes", has_sizes, write_sizes, describe_sizes},
    {"lifetimes", has_lifetimes, info_write_lifetimes, describe_lifetimes},
};

enum { PICTURES = sizeof pictures / sizeof pictures[0] };

unsigned info_plot_find(const char *name)
{
    for (size_t i = 0; i < PICTURES; i++)
        if (strcmp(name, pictures[i].name) == 0)
            return 1U << i;
    return strcmp(name, "all") == 0 ? (1U << PICTURES) - 1 : 0;
}

/* ---- Drawing ----------------------------------------------------------- */

static enum gnuplot_outcome draw_named(const char *dir, const char *name,
                                       const struct picture *p,
                                       const struct info *info, char **error)
{
    struct gnuplot *g = gnuplot_begin(dir, name, p->name, error);
    FILE *out = g ? gnuplot_data(g, error) : NULL;
    if (!out) {
        if (g)
            gnuplot_abandon(g);
        return GNUPLOT_FAILED;
    }
    gnuplot_set_text(g, "trace", info->name);
    p->describe(g, info);
    p->write(out, info);
    return gnuplot_end(g, error);
}

static bool draw(const char *dir, const struct picture *p,
                 const struct info *info, FILE *out, char **error)
{
    const char *parts[] = {p->name, info->name, NULL};
    *error = NULL;
    if (interrupt_signal())
        return false;
    if (!p->has(info)) {
        rep_say(out, "%s: no block, no picture of %s\n", info->name, p->name);
        return true;
    }
    char *name = names_new(dir, parts);
    enum gnuplot_outcome outcome =
        name ? draw_named(dir, name, p, info, error) : GNUPLOT_FAILED;
    if (outcome != GNUPLOT_FAILED)
        gnuplot_tell(out, dir, name, outcome);
    free(name);
    return outcome != GNUPLOT_FAILED;
}

bool info_plot(const char *dir, unsigned wanted, const struct info_set *set,
               FILE *out, char **error)
{
    interrupt_catch();
    for (size_t i = 0; i < set->count; i++)
        for (size_t k = 0; k < PICTURES; k++)
            if ((wanted >> k & 1) &&
                !draw(dir, &pictures[k], &set->infos[i], out, error))
                return false;
    return true;
}
