/*
 * portrait_curve.c - payload, heap and overhead over the requests
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "driver/portrait_parts.h"

/* The least and the most of what was seen in a column. */
struct span {
    double least, most;
};

struct column {
    struct span live, heap, overhead;
};

struct painting {
    struct columns columns;
    uint64_t static_bytes;
    struct column at[];
};

static void *begin(const struct portrait_scene *scene)
{
    struct columns columns =
        columns_make(scene->left->trace->op_count, PORTRAIT_COLUMNS);
    struct painting *p = malloc(sizeof *p + columns.count * sizeof p->at[0]);
    const struct span none = {NAN, NAN};
    if (!p)
        return NULL;
    p->columns = columns;
    p->static_bytes = scene->static_bytes;
    for (size_t i = 0; i < columns.count; i++)
        p->at[i] = (struct column){none, none, none};
    return p;
}

/* NAN is neither. */
static void see(struct span *s, double value)
{
    s->least = fmin(s->least, value);
    s->most = fmax(s->most, value);
}

static void add(void *painting, const struct replay_moment *m)
{
    struct painting *p = painting;
    struct column *c = &p->at[columns_of(&p->columns, m->served - 1)];
    double heap = (double)(m->heap + p->static_bytes);
    see(&c->live, (double)m->live);
    see(&c->heap, m->heap ? heap : NAN);
    see(&c->overhead, m->heap && m->peak ? heap / (double)m->peak - 1 : NAN);
}

static void put(FILE *out, const char *format, double value)
{
    if (isnan(value))
        fputs("\tNaN", out);
    else
        fprintf(out, format, value);
}

static void write_rows(void *painting, FILE *out)
{
    const struct painting *p = painting;
    fputs("# from_request\tto_request\tlive_least_bytes\tlive_most_bytes"
          "\theap_least_bytes\theap_most_bytes"
          "\toverhead_least\toverhead_most\n",
          out);
    for (size_t i = 0; i < p->columns.count; i++) {
        const struct column *c = &p->at[i];
        fprintf(out, "%zu\t%zu", columns_first(&p->columns, i) + 1,
                columns_first(&p->columns, i + 1));
        put(out, "\t%.0f", c->live.least);
        put(out, "\t%.0f", c->live.most);
        put(out, "\t%.0f", c->heap.least);
        put(out, "\t%.0f", c->heap.most);
        put(out, "\t%.6g", c->overhead.least);
        put(out, "\t%.6g", c->overhead.most);
        putc('\n', out);
    }
}

const struct painter portrait_curve = {"curve", false,      begin,
                                       add,     write_rows, free};
