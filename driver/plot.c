/*
 * plot.c - the pictures: what each needs of the runs, and drawing them
 */
#include "driver/plot.h"

#include <stdlib.h>
#include <string.h>

#include "driver/interrupt.h"
#include "driver/names.h"
#include "driver/plot_parts.h"

#define NEEDS(kind) (1U << (kind))

/* ---- What is in a view --------------------------------------------------- */

const struct result *plot_result(const struct plot_view *v, size_t s, size_t t)
{
    const struct result_set *set = &v->sets[s];
    size_t i = v->trace + t;
    if (s >= v->set_count || i >= set->count || set->results[i].fault)
        return NULL;
    return &set->results[i];
}

static const struct trace *trace_of(const struct plot_view *v)
{
    for (size_t s = 0; s < v->set_count; s++)
        if (v->trace < v->sets[s].count)
            return v->sets[s].results[v->trace].trace;
    return NULL;
}

/* The file of the s-th allocator of a view of one trace; NULL: none. */
static const char *data_of(const struct plot_view *v, size_t s,
                           enum result_data kind)
{
    const struct result *r = plot_result(v, s, 0);
    return r ? r->data[kind] : NULL;
}

static bool has_data(const struct plot_view *v, enum result_data kind)
{
    for (size_t s = 0; s < v->set_count; s++)
        if (data_of(v, s, kind))
            return true;
    return false;
}

/* names and files: of the allocators that have such data, in their order. */
static bool describe_files(const struct plot_view *v, enum result_data kind)
{
    const char *names[v->set_count], *files[v->set_count];
    size_t count = 0;
    for (size_t s = 0; s < v->set_count; s++) {
        if (!data_of(v, s, kind))
            continue;
        names[count] = v->sets[s].allocator;
        files[count++] = data_of(v, s, kind);
    }
    gnuplot_set_text(v->g, "trace", trace_of(v)->name);
    gnuplot_set_number(v->g, "requests", (double)trace_of(v)->op_count);
    gnuplot_set_texts(v->g, "names", names, count);
    gnuplot_set_texts(v->g, "files", files, count);
    return true;
}

/* ---- The table ----------------------------------------------------------- */

static bool has_curves(const struct plot_view *v)
{
    return has_data(v, DATA_CURVE);
}

static bool describe_overhead(const struct plot_view *v, char **error)
{
    (void)error;
    return describe_files(v, DATA_CURVE);
}

static bool has_fragmentation(const struct plot_view *v)
{
    return has_data(v, DATA_FRAGMENTATION);
}

static bool describe_fragmentation(const struct plot_view *v, char **error)
{
    (void)error;
    return describe_files(v, DATA_FRAGMENTATION);
}

static bool has_heapmap(const struct plot_view *v)
{
    return has_data(v, DATA_HEAPMAP) && has_data(v, DATA_CURVE);
}

static bool describe_heapmap(const struct plot_view *v, char **error)
{
    (void)error;
    gnuplot_set_text(v->g, "curve", data_of(v, 0, DATA_CURVE));
    return describe_files(v, DATA_HEAPMAP);
}

static bool has_latencies(const struct plot_view *v)
{
    return has_data(v, DATA_LATENCY);
}

static bool describe_latency(const struct plot_view *v, char **error)
{
    (void)error;
    return describe_files(v, DATA_LATENCY);
}

#define PASSED "an allocator that passes a trace"

const struct plot_kind plot_kinds[] = {
    {"overhead", PLOT_TRACE, NEEDS(DATA_CURVE), false, false, has_curves,
     describe_overhead, "Overhead of the heap",
     "Above: by how much the heap exceeds the highest payload so far, after "
     "each request. Below: live payload, and the heap above it.",
     PASSED},
    {"fragmentation", PLOT_RUN, NEEDS(DATA_FRAGMENTATION), false, false,
     has_fragmentation, describe_fragmentation, "Use of the heap",
     "What the heap holds after each request: live payload; internal "
     "fragmentation, which is the rest of the blocks that live, headers among "
     "it; external fragmentation, which is what lies in no live block.",
     PASSED},
    {"heapmap", PLOT_RUN, NEEDS(DATA_HEAPMAP) | NEEDS(DATA_CURVE), false, false,
     has_heapmap, describe_heapmap, "Map of the heap",
     "Above: what stands at each address while request after request is "
     "served; each pixel has the colours of its parts, blended. Below: by how "
     "much the heap exceeds the highest payload so far.",
     PASSED " on the simulated heap"},
    {"latency", PLOT_TRACE, NEEDS(DATA_LATENCY), false, false, has_latencies,
     describe_latency, "Cost of single requests",
     "Which share of the requests costs as much or more. The marks are the "
     "99th and 99.9th percentile and the worst request of each allocator.",
     PASSED},
    {"scaling", PLOT_ALL, NEEDS(DATA_LATENCY), true, false, plot_has_scaling,
     plot_describe_scaling, "Cost per request as more blocks live",
     "Above: the mean cost of a request on traces with ever more live blocks; "
     "an allocator that searches is steep. Below: the worst single request.",
     "an allocator that passes two traces with different numbers of live "
     "blocks"},
    {"utilization", PLOT_ALL, 0, false, true, plot_has_utilization,
     plot_describe_utilization, "Utilization",
     "The highest payload over the memory taken, on each trace; beside it what "
     "the smallest heap would give that is found by one who knows the whole "
     "trace.",
     PASSED " with payload"},
    {"pareto", PLOT_ALL, 0, true, false, plot_has_pareto, plot_describe_pareto,
     "Memory against speed",
     "Mean utilization against how many times as fast as libc's malloc an "
     "allocator is. Who is on the line is beaten in both by nobody.",
     "an allocator that passes a trace that scores utilization and one that "
     "scores throughput"},
    {.name = NULL},
};

enum { KINDS = sizeof plot_kinds / sizeof *plot_kinds - 1 };

unsigned plot_find(const char *name)
{
    for (size_t i = 0; i < KINDS; i++)
        if (strcmp(plot_kinds[i].name, name) == 0)
            return 1U << i;
    return strcmp(name, "all") == 0 ? (1U << KINDS) - 1 : 0;
}

struct plot_needs plot_needs(unsigned kinds)
{
    struct plot_needs needs = {0};
    for (size_t i = 0; i < KINDS; i++) {
        if (!(kinds >> i & 1))
            continue;
        needs.data |= plot_kinds[i].data;
        needs.timed |= plot_kinds[i].timed;
        needs.bound |= plot_kinds[i].bound;
    }
    return needs;
}

/* ---- Drawing ------------------------------------------------------------- */

/* What a picture is of. */
struct subject {
    struct plot_album *album;
    const struct plot_kind *kind;
    struct plot_view view;
    const char *allocator, *trace; /* NULL: several */
    FILE *out;
};

static struct plot_picture *add_picture(struct plot_album *a)
{
    struct plot_picture *longer =
        reallocarray(a->pictures, a->count + 1, sizeof *longer);
    if (!longer)
        return NULL;
    a->pictures = longer;
    longer[a->count] = (struct plot_picture){0};
    return &longer[a->count];
}

static char *new_name(const struct subject *s)
{
    const char *parts[4] = {s->kind->name};
    size_t count = 1;
    if (s->kind->scope == PLOT_ALL) /* NAME.gp is the script of all such */
        parts[count++] = "all";
    if (s->trace)
        parts[count++] = s->trace;
    if (s->allocator)
        parts[count++] = s->allocator;
    return names_new(s->album->dir, parts);
}

static enum gnuplot_outcome draw_named(struct subject *s, const char *name,
                                       char **error)
{
    struct plot_view *v = &s->view;
    v->g = gnuplot_begin(s->album->dir, name, s->kind->name, error);
    if (!v->g)
        return GNUPLOT_FAILED;
    if (s->kind->describe(v, error))
        return gnuplot_end(v->g, error);
    gnuplot_abandon(v->g);
    return GNUPLOT_FAILED;
}

static bool draw(struct subject *s, char **error)
{
    *error = NULL;
    if (interrupt_signal())
        return false;
    if (!s->kind->has(&s->view))
        return true;
    struct plot_picture *p = add_picture(s->album);
    char *name = p ? new_name(s) : NULL;
    enum gnuplot_outcome outcome =
        name ? draw_named(s, name, error) : GNUPLOT_FAILED;
    if (outcome == GNUPLOT_FAILED) {
        free(name);
        return false;
    }
    *p = (struct plot_picture){s->kind, s->allocator, s->trace, name,
                               outcome == GNUPLOT_DREW};
    s->album->count++;
    gnuplot_tell(s->out, s->album->dir, name, outcome);
    return true;
}

/* All of a kind on one trace. */
static bool draw_trace(struct subject *s, const struct result_set *sets,
                       size_t count, size_t trace, char **error)
{
    s->view = (struct plot_view){NULL, sets, count, trace, 1};
    s->trace = trace_of(&s->view)->name;
    if (s->kind->scope == PLOT_TRACE)
        return draw(s, error);
    for (size_t i = 0; i < count; i++) {
        s->view = (struct plot_view){NULL, &sets[i], 1, trace, 1};
        s->allocator = sets[i].allocator;
        if (!draw(s, error))
            return false;
    }
    return true;
}

/* All of a kind. */
static bool draw_all(struct subject *s, const struct result_set *sets,
                     size_t count, char **error)
{
    size_t traces = count ? sets[0].count : 0; /* the first has run longest */
    if (s->kind->scope == PLOT_ALL) {
        s->view = (struct plot_view){NULL, sets, count, 0, traces};
        return draw(s, error);
    }
    for (size_t t = 0; t < traces; t++)
        if (!draw_trace(s, sets, count, t, error))
            return false;
    return true;
}

static bool draw_kind(struct subject *s, const struct result_set *sets,
                      size_t count, char **error)
{
    size_t before = s->album->count;
    if (!draw_all(s, sets, count, error))
        return false;
    if (s->album->count == before)
        fprintf(s->out, "no picture of %s, which takes %s\n", s->kind->name,
                s->kind->takes);
    return true;
}

bool plot_draw(struct plot_album *album, const struct result_set *sets,
               size_t count, FILE *out, char **error)
{
    *error = NULL;
    for (size_t i = 0; i < KINDS; i++) {
        struct subject s = {.album = album, .kind = &plot_kinds[i], .out = out};
        if ((album->kinds >> i & 1) && !draw_kind(&s, sets, count, error))
            return false;
    }
    return true;
}

void plot_release(struct plot_album *album)
{
    for (size_t i = 0; i < album->count; i++)
        free(album->pictures[i].name);
    free(album->pictures);
    album->pictures = NULL;
    album->count = 0;
}
