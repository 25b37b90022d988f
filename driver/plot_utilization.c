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

/* Bytes of a name, more or less, that a label has room for. */
enum { SHORT = 24 };

void plot_put_short(FILE *out, const char *name)
{
    size_t length = strlen(name);
    if (length > SHORT) {
        fputs("…", out);
        name += length - (SHORT - 1);
        while ((*name & 0xc0) == 0x80) /* the middle of a letter */
            name++;
    }
    fputs(name, out);
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

/* "NAME (r)  81.5% (2 of 3)", as far as it applies, into *label, for the caller
 * to free. */
static bool make_label(char **label, const struct result_set *set)
{
    struct grade g = grade_set(set);
    size_t size;
    *label = NULL;
    FILE *out = open_memstream(label, &size);
    if (!out)
        return false;
    plot_put_short(out, set->allocator);
    if (plot_is_resident(set))
        fputs(" (r)", out);
    if (isfinite(g.util))
        fprintf(out, "  %.1f%%", 100 * g.util);
    if (g.valid < g.traces)
        fprintf(out, " (%zu of %zu)", g.valid, g.traces);
    return fclose(out) == 0;
}

static bool set_labels(const struct plot_view *v)
{
    char *labels[v->set_count];
    size_t count = 0;
    bool good = true;
    while (good && count < v->set_count) {
        good = make_label(&labels[count], &v->sets[count]);
        count++;
    }
    if (good)
        gnuplot_set_texts(v->g, "labels", (const char *const *)labels, count);
    while (count > 0)
        free(labels[--count]);
    return good;
}

static void set_bound(const struct plot_view *v)
{
    double mean = mean_bound(v);
    char label[64] = "";
    bool known = false;
    for (size_t t = 0; t < v->trace_count; t++)
        known |= isfinite(bound_of(v, t));
    if (isfinite(mean))
        snprintf(label, sizeof label, "offline bound  %.1f%%", 100 * mean);
    else if (known)
        snprintf(label, sizeof label, "offline bound");
    gnuplot_set_text(v->g, "bound_label", label);
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
    set_bound(v);
    *error = NULL;
    return set_labels(v);
}
