/*
 * portrait_fragmentation.c - what the heap is used for, over the requests
 *
 * Payload and heap are known after every request; what of live blocks is not
 * payload, only after a survey.  In between it is interpolated.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "driver/portrait_parts.h"

struct instant {
    size_t served; /* requests so far */
    uint64_t live, heap;
};

/* When the least payload lived among the requests of a column, and the most. */
struct column {
    struct instant least, most;
};

struct painting {
    const struct replay *left;
    uint64_t static_bytes;
    struct columns columns;
    size_t next; /* the survey after the instant in hand */
    struct column at[];
};

static void *begin(const struct portrait_scene *scene)
{
    struct columns columns =
        columns_make(scene->left->trace->op_count, PORTRAIT_COLUMNS);
    struct painting *p = calloc(1, sizeof *p + columns.count * sizeof p->at[0]);
    if (!p)
        return NULL;
    p->left = scene->left;
    p->static_bytes = scene->static_bytes;
    p->columns = columns;
    return p;
}

static void add(void *painting, const struct replay_moment *m)
{
    struct painting *p = painting;
    struct column *c = &p->at[columns_of(&p->columns, m->served - 1)];
    struct instant now = {m->served, m->live, m->heap};
    if (!c->least.served || now.live < c->least.live)
        c->least = now;
    if (!c->most.served || now.live > c->most.live)
        c->most = now;
}

/* ---- What was told ------------------------------------------------------- */

static const char *told_by(const struct painting *p)
{
    const struct allocator *a = p->left->allocator;
    if (p->left->log->survey_count == 0)
        return "nothing";
    return a->has_walk ? "mm_walk" : "mm_usable_size";
}

/* On the line through a survey and the one after it. */
static double between(const struct replay_survey *a,
                      const struct replay_survey *b, size_t served)
{
    double part =
        (double)(served - a->served) / (double)(b->served - a->served);
    return (double)a->internal_bytes +
           part * ((double)b->internal_bytes - (double)a->internal_bytes);
}

/* Instants come in order.  Before the first request nothing lives; after the
 * last survey nothing is known to change. */
static double interpolated(struct painting *p, size_t served)
{
    const struct replay_survey none = {0}, *s = p->left->surveys;
    size_t count = p->left->log->survey_count;
    if (count == 0)
        return NAN;
    while (p->next < count && s[p->next].served <= served)
        p->next++;
    if (p->next == count)
        return (double)s[count - 1].internal_bytes;
    return between(p->next ? &s[p->next - 1] : &none, &s[p->next], served);
}

/* ---- Rows ---------------------------------------------------------------- */

static void put(FILE *out, double bytes)
{
    if (isnan(bytes))
        fputs("\tNaN", out);
    else
        fprintf(out, "\t%.0f", bytes);
}

static bool heap_is_known(const struct painting *p, const struct instant *i)
{
    return i->heap || allocator_on_simulated_heap(p->left->allocator);
}

/* Where the child tells more than there is room for, it is not believed. */
static void write_row(struct painting *p, struct instant i, FILE *out)
{
    double rest = i.heap > i.live ? (double)(i.heap - i.live) : 0;
    double internal = interpolated(p, i.served);
    if (internal > rest)
        internal = rest;
    internal = round(internal);
    fprintf(out, "%zu\t%" PRIu64, i.served, i.live);
    put(out, internal);
    put(out, rest - internal);
    put(out, (double)p->static_bytes);
    put(out, heap_is_known(p, &i) ? (double)(i.heap + p->static_bytes) : NAN);
    fprintf(out, "\t%s\n", told_by(p));
}

static struct instant before_all(const struct painting *p)
{
    const struct replay_growth *first = p->left->growth;
    bool told = p->left->log->growth_count > 0 && first->served == 0;
    return (struct instant){.heap = told ? first->bytes : 0};
}

static void write_rows(void *painting, FILE *out)
{
    struct painting *p = painting;
    fputs("# request\tpayload_bytes\tinternal_bytes\texternal_bytes"
          "\tstatic_bytes\theap_bytes\tinternal_told_by\n",
          out);
    write_row(p, before_all(p), out);
    for (size_t i = 0; i < p->columns.count; i++) {
        struct instant a = p->at[i].least, b = p->at[i].most;
        bool same = a.served == b.served;
        write_row(p, a.served < b.served ? a : b, out);
        if (!same)
            write_row(p, a.served < b.served ? b : a, out);
    }
}

const struct painter portrait_fragmentation = {
    "fragmentation", false, begin, add, write_rows, free};
