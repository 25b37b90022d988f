/*
 * grade_checker_traces.c - the traces whose heaps are damaged, and their
 * moments
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "driver/examine.h"
#include "driver/grade_checker_parts.h"

/* Requests of a trace that are made; its heap is restored thousands of times.
 */
#define REQUESTS_MAX 1000

/* Requests that fill holes, and again when all is free. */
#define FILLERS 40

/* ---- Traces of its own -------------------------------------------------- */

static size_t mixed_size(int i)
{
    static const size_t sizes[] = {24, 100, 700, 16, 2000, 48, 300, 5000};
    return sizes[i % 8] + (size_t)i;
}

static void make_mixed(FILE *out)
{
    for (int i = 0; i < 60; i++) {
        fprintf(out, i % 7 == 3 ? "c %d 1 %zu\n" : "a %d %zu\n", i,
                mixed_size(i));
        if (i % 5 == 4)
            fprintf(out, "f %d\nf %d\n", i - 1, i - 3);
        if (i % 9 == 8)
            fprintf(out, "r %d %zu\n", i, mixed_size(i + 3));
    }
}

static void make_small(FILE *out)
{
    for (int i = 0; i < 90; i++) {
        fprintf(out, "a %d %d\n", i, 1 + i * 7 % 64);
        if (i % 3 == 2)
            fprintf(out, "f %d\n", i - 1);
    }
}

/* Of few sizes, so that lists are long, and runs of free neighbours. */
static void make_runs(FILE *out)
{
    static const int sizes[] = {32, 112, 32, 480};
    for (int i = 0; i < 60; i++)
        fprintf(out, "a %d %d\n", i, sizes[i % 4]);
    for (int i = 4; i < 60; i += 6)
        fprintf(out, "f %d\nf %d\nf %d\n", i, i + 1, i - 2);
    for (int i = 60; i < 80; i++)
        fprintf(out, "a %d %d\n", i, sizes[i % 3]);
    for (int i = 61; i < 80; i += 2)
        fprintf(out, "f %d\n", i);
}

static const struct {
    const char *name;
    void (*make)(FILE *out);
} own[DAMAGE_OWN_TRACES] = {
    {"mixed", make_mixed},
    {"small", make_small},
    {"runs", make_runs},
};

/* ---- A trace as text ---------------------------------------------------- */

static void print_op(FILE *out, const struct trace *t, size_t i, uint64_t id)
{
    const struct trace_op *op = &t->ops[i];
    switch ((enum trace_kind)op->kind) {
    case TRACE_FREE:
        fprintf(out, "f %" PRIu64 "\n", id);
        return;
    case TRACE_CALLOC:
        fprintf(out, "c %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", id,
                t->extras[op->extra], op->size);
        return;
    case TRACE_MEMALIGN:
        fprintf(out, "m %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", id,
                t->extras[op->extra], op->size);
        return;
    default:
        fprintf(out, "%c %" PRIu64 " %" PRIu64 "\n",
                op->kind == TRACE_REALLOC ? 'r' : 'a', id, op->size);
    }
}

/* The requests, and the id that is above all of theirs. */
static uint64_t print_requests(FILE *out, const struct trace *t, size_t count)
{
    uint64_t above = 0, id;
    for (size_t i = 0; i < count; i++) {
        if (!trace_id(t, i, &id)) {
            fputs("f -1\n", out);
            continue;
        }
        print_op(out, t, i, id);
        above = id >= above ? id + 1 : above;
    }
    return above;
}

static void print_fillers(FILE *out, uint64_t id)
{
    static const int sizes[] = {8, 40, 24, 112, 16, 480, 64, 1000, 32, 4000};
    for (uint64_t i = 0; i < FILLERS; i++)
        fprintf(out, "a %" PRIu64 " %d\n", id + i, sizes[i % 10]);
}

static void print_frees(FILE *out, uint64_t id, size_t count)
{
    for (size_t i = 0; i < count; i++)
        fprintf(out, "f %" PRIu64 "\n", id + i * 7 % count);
}

/* The ids of the blocks that live after `count` requests; NULL without memory.
 */
static uint64_t *live_ids(const struct trace *t, size_t count, size_t *live)
{
    struct trace_life *lives = trace_lives(t);
    uint64_t *ids = calloc((size_t)t->answer_count + 1, sizeof *ids);
    *live = 0;
    for (uint32_t a = 1; lives && ids && a <= t->answer_count; a++)
        if (lives[a].born < count && lives[a].died >= count)
            *live += trace_id(t, lives[a].born, &ids[*live]);
    if (!lives) {
        free(ids);
        ids = NULL;
    }
    free(lives);
    return ids;
}

/* Every block is put to use: resized, most of them, and freed. */
static void print_closing(FILE *out, uint64_t above, const uint64_t *ids,
                          size_t live)
{
    print_fillers(out, above);
    for (size_t i = 0; i < live; i++)
        if (i % 3)
            fprintf(out, "r %" PRIu64 " %zu\n", ids[i], i % 3 * 90 + i);
    print_frees(out, above, FILLERS);
    for (size_t i = 0; i < live; i += 2)
        fprintf(out, "f %" PRIu64 "\n", ids[i]);
    for (size_t i = 1; i < live; i += 2)
        fprintf(out, "f %" PRIu64 "\n", ids[i]);
    print_fillers(out, above + FILLERS);
    print_frees(out, above + FILLERS, FILLERS);
}

static char *text_of(const struct trace *t, size_t count)
{
    char *text = NULL;
    size_t size, live;
    uint64_t *ids = live_ids(t, count, &live);
    FILE *out = ids ? open_memstream(&text, &size) : NULL;
    if (out) {
        print_closing(out, print_requests(out, t, count), ids, live);
        if (fclose(out) != 0) {
            free(text);
            text = NULL;
        }
    }
    free(ids);
    return text;
}

/* ---- Moments ------------------------------------------------------------ */

/* After the first free from there on, so that there is a hole. */
static size_t moment_from(const struct trace *t, size_t i, size_t count)
{
    for (size_t k = i; k < count; k++)
        if (t->ops[k].kind == TRACE_FREE)
            return k + 1;
    return i ? i : 1;
}

static bool no_memory(char **error)
{
    *error = NULL;
    return false;
}

bool damage_trace_from(struct damage_trace *d, const struct trace *t,
                       char **error)
{
    size_t count = t->op_count < REQUESTS_MAX ? t->op_count : REQUESTS_MAX;
    char *text = text_of(t, count);
    *d = (struct damage_trace){.name = t->name};
    bool good = text ? trace_read_text(&d->trace, t->name, text, error)
                     : no_memory(error);
    free(text);
    if (!good)
        return false;
    d->moments[0] = moment_from(&d->trace, count / 2, count);
    d->moments[1] = moment_from(&d->trace, count * 9 / 10, count);
    d->twice = d->moments[1] > d->moments[0];
    return true;
}

bool damage_trace_own(struct damage_trace *d, size_t i, char **error)
{
    struct trace t = {0};
    char *text = examine_text(own[i].make);
    bool good =
        text ? trace_read_text(&t, own[i].name, text, error) : no_memory(error);
    free(text);
    good = good && damage_trace_from(d, &t, error);
    d->name = own[i].name;
    trace_free(&t);
    return good;
}
