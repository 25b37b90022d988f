/*
 * plot_utilization.c - the utilization of each allocator on each trace, and of
 * the smallest heap found
 */
#define _GNU_SOURCE
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "driver/grade.h"
#include "driver/plot_parts.h"

bool plot_is_resident(const struct result_set *set)
{
    for (size_t i = 0; i < set->count; i++)
        if (set->results[i].resident && isfinite(set->results[i].util))
            return true;
    return false;
}

void plot_put_name(FILE *out, const char *name)
{
    for (const char *p = name; *p; p++) {
        unsigned char c = (unsigned char)*p;
        putc(c < ' ' || c == 0x7f || c == '"' || c == '#' ? '?' : c, out);
    }
}

/* ---- Figures ------------------------------------------------------------- */

static double util_of(const struct plot_view *v, size_t s, size_t t)
{
    const struct result *r = plot_result(v, s, t);
    return r ? r->util : NAN;
}

/* Of a trace that failed with one allocator another one knows the bound. */
static double bound_of(const struct plot_view *v, size_t t)
{
    for (size_t s = 0; s < v->set_count; s++) {
        const struct result *r = plot_result(v, s, t);
        if (r && r->bound_bytes)
            return (double)r->peak_payload / (double)r->bound_bytes;
    }
    return NAN;
}

static double mean_bound(const struct plot_view *v)
{
    double sum = 0;
    size_t known = 0;
    for (size_t t = 0; t < v->trace_count; t++) {
        const struct trace *trace = v->sets[0].results[v->trace + t].trace;
        double bound = bound_of(v, t);
        if (!isfinite(bound) || !trace_scores_util(trace))
            continue;
        sum += bound;
        known++;
    }
    return known ? sum / (double)known : NAN;
}

bool plot_has_utilization(const struct plot_view *v)
{
    for (size_t s = 0; s < v->set_count; s++)
        for (size_t t = 0; t < v->trace_count; t++)
            if (isfinite(util_of(v, s, t)))
                return true;
    return false;
}

/* ---- The data ------------------------------------------------------------ */

static void put_share(FILE *out, double share)
{
    if (isfinite(share))
        fprintf(out, "\t%.6f", share);
    else
        fputs("\tNaN", out);
}

static void write_data(FILE *out, const struct plot_view *v)
{
    fputs("# trace\tbound_share", out);
    for (size_t s = 0; s < v->set_count; s++) {
        putc('\t', out);
        plot_put_name(out, v->sets[s].allocator);
        fputs("_share", out);
    }
    putc('\n', out);
    for (size_t t = 0; t < v->trace_count; t++) {
        plot_put_name(out, v->sets[0].results[v->trace + t].trace->name);
        put_share(out, bound_of(v, t));
        for (size_t s = 0; s < v->set_count; s++)
            put_share(out, util_of(v, s, t));
        putc('\n', out);
    }
}

/* ---- What the script is told --------------------------------------------- */

/* "NAME  81.5%" into *label, for the caller to free. */
static bool make_label(char **label, const char *name, bool resident,
                       double mean)
{
    const char *mark = resident ? " (r)" : "";
    int n = isfinite(mean)
                ? asprintf(label, "%s%s  %.1f%%", name, mark, 100 * mean)
                : asprintf(label, "%s%s  -", name, mark);
    if (n < 0)
        *label = NULL;
    return *label;
}

static bool set_labels(const struct plot_view *v)
{
    char *labels[v->set_count];
    size_t count = 0;
    bool good = true;
    while (good && count < v->set_count) {
        const struct result_set *set = &v->sets[count];
        struct grade g = grade_set(set);
        good = make_label(&labels[count], set->allocator, plot_is_resident(set),
                          g.util);
        count += good;
    }
    if (good)
        gnuplot_set_texts(v->g, "labels", (const char *const *)labels, count);
    while (count > 0)
        free(labels[--count]);
    return good;
}

static bool set_bound(const struct plot_view *v)
{
    double mean = mean_bound(v);
    char *label;
    if (!isfinite(mean)) {
        gnuplot_set_text(v->g, "bound_label", "");
        return true;
    }
    if (!make_label(&label, "offline bound", false, mean))
        return false;
    gnuplot_set_text(v->g, "bound_label", label);
    free(label);
    return true;
}

static void set_traces(const struct plot_view *v)
{
    const char *names[v->trace_count];
    for (size_t t = 0; t < v->trace_count; t++)
        names[t] = v->sets[0].results[v->trace + t].trace->name;
    gnuplot_set_texts(v->g, "traces", names, v->trace_count);
}

static void set_range(const struct plot_view *v)
{
    double most = 1;
    bool failed = false, resident = false;
    for (size_t s = 0; s < v->set_count; s++) {
        resident |= plot_is_resident(&v->sets[s]);
        for (size_t t = 0; t < v->trace_count; t++) {
            most = fmax(most, util_of(v, s, t));
            failed |= !isfinite(util_of(v, s, t));
        }
    }
    gnuplot_set_number(v->g, "most", most);
    gnuplot_set_number(v->g, "failed", failed);
    gnuplot_set_number(v->g, "resident", resident);
}

bool plot_describe_utilization(const struct plot_view *v, char **error)
{
    FILE *out = gnuplot_data(v->g, error);
    if (!out)
        return false;
    write_data(out, v);
    set_traces(v);
    set_range(v);
    *error = NULL;
    return set_labels(v) && set_bound(v);
}
