/*
 * plot_parts.h - what the files of the plot room share; for them alone
 */
#ifndef PLOT_PARTS_H
#define PLOT_PARTS_H

#include "driver/gnuplot.h"
#include "driver/plot.h"

/* What is to be drawn: of the sets those from set on, set_count of them, and of
 * each the results from trace on, trace_count of them. */
struct plot_view {
    struct gnuplot *g;
    const struct result_set *sets;
    size_t set_count;
    size_t trace, trace_count;
};

/* plot_result - of the s-th of its sets the t-th of its traces; NULL: it failed
 *     or was not run. */
const struct result *plot_result(const struct plot_view *v, size_t s, size_t t);

/* plot_is_resident - whether its memory is by how much the resident set grew:
 *     another measure than the simulated heap. */
bool plot_is_resident(const struct result_set *set);

/* plot_put_name - into a column of text; what gnuplot reads as something else
 *     is '?'. */
void plot_put_name(FILE *out, const char *name);

/* plot_put_short - for a label: of a long name, as paths are, the end. */
void plot_put_short(FILE *out, const char *name);

/* plot_has, plot_describe of the kinds in their own files. */
bool plot_has_utilization(const struct plot_view *v);
bool plot_describe_utilization(const struct plot_view *v, char **error);
bool plot_has_pareto(const struct plot_view *v);
bool plot_describe_pareto(const struct plot_view *v, char **error);
bool plot_has_scaling(const struct plot_view *v);
bool plot_describe_scaling(const struct plot_view *v, char **error);

#endif
