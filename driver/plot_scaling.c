/*
 * plot_scaling.c - what requests cost as more and more blocks are live
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "driver/plot_parts.h"

/* One allocator on one trace. */
static const struct result *timed_result(const struct plot_view *v, size_t s,
                                         size_t t)
{
    const struct result *r = plot_result(v, s, t);
    return r && r->timed && r->trace->peak_live > 0 ? r : NULL;
}

/* Of two traces alike in the number of live blocks there is no curve. */
static bool has_curve(const struct plot_view *v, size_t s)
{
    size_t live = 0;
    for (size_t t = 0; t < v->trace_count; t++) {
        const struct result *r = timed_result(v, s, t);
        if (r && live && r->trace->peak_live != live)
            return true;
        if (r)
            live = r->trace->peak_live;
    }
    return false;
}

bool plot_has_scaling(const struct plot_view *v)
{
    for (size_t s = 0; s < v->set_count; s++)
        if (has_curve(v, s))
            return true;
    return false;
}

/* ---- Rows ---------------------------------------------------------------- */

struct point {
    const struct result *result;
    double lo, hi; /* quartiles of nanoseconds per request */
};

static int by_live(const void *a, const void *b)
{
    size_t x = ((const struct point *)a)->result->trace->peak_live;
    size_t y = ((const struct point *)b)->result->trace->peak_live;
    return (x > y) - (x < y);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Times of passes may have no memory to be kept in. */
static struct point point_of(const struct result *r)
{
    struct point p = {r, r->ns_per_op, r->ns_per_op};
    size_t n = r->sample_count;
    double *sorted = n ? malloc(n * sizeof *sorted) : NULL;
    if (!sorted)
        return p;
    memcpy(sorted, r->samples_ns, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, by_value);
    p.lo = fmin(p.lo, sorted[(n - 1) / 4] / (double)r->trace->op_count);
    p.hi = fmax(p.hi, sorted[n - 1 - (n - 1) / 4] / (double)r->trace->op_count);
    free(sorted);
    return p;
}

static void write_number(FILE *out, double x)
{
    if (isfinite(x) && x > 0)
        fprintf(out, "\t%.6g", x);
    else
        fputs("\tNaN", out);
}

static void write_point(FILE *out, const struct point *p)
{
    const struct result *r = p->result;
    fprintf(out, "%zu", r->trace->peak_live);
    write_number(out, r->ns_per_op);
    write_number(out, p->lo);
    write_number(out, p->hi);
    write_number(out, r->floor_ns_per_op);
    write_number(out, r->latency_median_ns);
    write_number(out, r->latency_p999_ns);
    write_number(out, r->latency_worst_ns);
    putc('\n', out);
}

static void write_curve(const struct plot_view *v, size_t s,
                        struct point *points, FILE *out)
{
    size_t count = 0;
    for (size_t t = 0; t < v->trace_count; t++)
        if (timed_result(v, s, t))
            points[count++] = point_of(timed_result(v, s, t));
    qsort(points, count, sizeof *points, by_live);
    for (size_t i = 0; i < count; i++)
        write_point(out, &points[i]);
    fputs("\n\n", out);
}

static bool any_latency(const struct plot_view *v)
{
    for (size_t s = 0; s < v->set_count; s++)
        for (size_t t = 0; t < v->trace_count; t++)
            if (timed_result(v, s, t) &&
                timed_result(v, s, t)->latency_worst_ns > 0)
                return true;
    return false;
}

bool plot_describe_scaling(const struct plot_view *v, char **error)
{
    const char *names[v->set_count];
    size_t count = 0;
    FILE *out = gnuplot_data(v->g, error);
    struct point *points = out ? malloc(v->trace_count * sizeof *points) : NULL;
    if (!points)
        return false;
    fputs("# live_blocks\tns_per_request\tlower_quartile_ns\tupper_quartile_ns"
          "\tfloor_ns\tmedian_request_ns\tp999_request_ns\tworst_request_ns\n",
          out);
    for (size_t s = 0; s < v->set_count; s++) {
        if (!has_curve(v, s))
            continue;
        names[count++] = v->sets[s].allocator;
        write_curve(v, s, points, out);
    }
    gnuplot_set_texts(v->g, "names", names, count);
    gnuplot_set_number(v->g, "single", any_latency(v));
    free(points);
    return true;
}
