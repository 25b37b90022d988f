/*
 * conform.c - some forty questions of the contract of mm.h, each a tiny trace
 *
 * All payloads, mm_checkheap, mm_walk and mm_usable_size are looked at after
 * every request.  Where the heap may not grow, the requests up to the mark are
 * run by themselves for the size that it has there.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "driver/conform_asks.h"
#include "driver/examine.h"
#include "driver/grid.h"

/* Requests of a failed ask that are shown, if they are no more. */
#define SHOWN_MAX 20

/* Names in the row of an allocator that failed many. */
#define NAMES_MAX 6

/* Seconds that a pass may take, if no fewer were asked for: it takes
 * milliseconds, and an allocator that goes round in circles once does so often.
 */
#define PASS_SECONDS 5.0

enum verdict { PASSED, FAILED, NOT_ASKED };

struct conform {
    struct examine *e;
    struct run_options run;
    const struct allocator *a;
    size_t passed, failed;
    FILE *names; /* of the asks that it failed */
};

static bool out_of_memory(struct examine *e)
{
    e->error = strdup("mdriver: out of memory");
    return false;
}

/* ---- Asking ------------------------------------------------------------ */

static bool is_asked(const struct allocator *a, const struct conform_ask *ask)
{
    switch (ask->need) {
    case NEEDS_MEMALIGN:
        return a->has_memalign;
    case NEEDS_WALK:
        return a->has_walk;
    case NEEDS_USABLE:
        return a->has_usable_size;
    case NEEDS_NOTHING:
        break;
    }
    return true;
}

static bool run_text(struct conform *c, const struct conform_ask *ask,
                     const char *text, struct trace *t, struct result *r)
{
    struct run_options o = c->run;
    o.check_only = !ask->again;
    o.probe = true; /* no figures: a peer would touch all of 4 GiB for them */
    return trace_read_text(t, ask->name, text, &c->e->error) &&
           run_trace(&o, c->a, t, r, &c->e->error);
}

/* The bytes of the heap when the mark is reached. */
static bool heap_at_mark(struct conform *c, const struct conform_ask *ask,
                         const char *text, uint64_t *bytes)
{
    struct trace t = {0};
    struct result r = {0};
    char *prefix = strndup(text, (size_t)(strstr(text, CONFORM_MARK) - text));
    bool good = prefix ? run_text(c, ask, prefix, &t, &r) : out_of_memory(c->e);
    *bytes = r.heap_bytes;
    run_release(&r);
    trace_free(&t);
    free(prefix);
    return good;
}

/* A heap that grew too much is a fault of its own kind: there is no request to
 * blame. */
static bool judge_heap(struct conform *c, const struct conform_ask *ask,
                       const char *text, struct result *r, bool *grew)
{
    uint64_t before;
    bool ours = allocator_on_simulated_heap(c->a);
    if (r->fault || !ours || !strstr(text, CONFORM_MARK))
        return true;
    if (!heap_at_mark(c, ask, text, &before))
        return false;
    *grew = r->heap_bytes > before + ask->slack;
    if (*grew && asprintf(&r->message,
                          "the heap grew from %" PRIu64 " to %" PRIu64
                          " bytes, expected free memory to be used again",
                          before, r->heap_bytes) < 0)
        r->message = NULL;
    return true;
}

/* ---- Telling ----------------------------------------------------------- */

static size_t count_lines(const char *text)
{
    size_t count = 0;
    for (; *text; text++)
        count += *text == '\n';
    return count;
}

static void show_requests(const struct examine *e, const char *text)
{
    if (count_lines(text) > SHOWN_MAX)
        return;
    fprintf(e->out, "      the requests: ");
    for (; *text; text++)
        if (*text != '\n')
            putc(*text, e->out);
        else if (text[1])
            fputs(" | ", e->out);
    putc('\n', e->out);
}

static int name_width(void)
{
    size_t width = 0;
    for (size_t i = 0; i < conform_ask_count; i++)
        if (strlen(conform_asks[i].name) > width)
            width = strlen(conform_asks[i].name);
    return (int)width;
}

static bool is_alone(const struct conform *c)
{
    return c->e->count == 1;
}

static void tell_failure(const struct conform *c, const struct conform_ask *ask,
                         const struct result *r, const char *text)
{
    if (is_alone(c))
        fprintf(c->e->out, "FAIL  %s: ", ask->name);
    else
        fprintf(c->e->out, "FAIL  %s, %s: ", c->a->name, ask->name);
    examine_tell(c->e, r);
    if (c->e->verbose)
        show_requests(c->e, text);
}

static void tell(struct conform *c, const struct conform_ask *ask,
                 enum verdict verdict, const struct result *r, const char *text)
{
    if (verdict == FAILED)
        tell_failure(c, ask, r, text);
    else if (is_alone(c))
        fprintf(c->e->out, "%s  %-*s  %s\n",
                verdict == PASSED ? "pass" : "-   ", name_width(), ask->name,
                verdict == PASSED ? ask->asks : "not asked: it has none");
    if (verdict == FAILED && c->failed < NAMES_MAX)
        fprintf(c->names, "%s%s", c->failed ? ", " : "", ask->name);
    c->passed += verdict == PASSED;
    c->failed += verdict == FAILED;
}

/* ---- One allocator ----------------------------------------------------- */

static bool ask_text(struct conform *c, const struct conform_ask *ask,
                     const char *text)
{
    struct trace t = {0};
    struct result r = {0};
    bool grew = false;
    bool good =
        run_text(c, ask, text, &t, &r) && judge_heap(c, ask, text, &r, &grew);
    if (good)
        tell(c, ask, r.fault || grew ? FAILED : PASSED, &r, text);
    run_release(&r);
    trace_free(&t);
    return good;
}

static bool ask_one(struct conform *c, const struct conform_ask *ask)
{
    if (!is_asked(c->a, ask)) {
        tell(c, ask, NOT_ASKED, NULL, NULL);
        return true;
    }
    if (ask->text)
        return ask_text(c, ask, ask->text);
    char *text = examine_text(ask->make);
    bool good = text ? ask_text(c, ask, text) : out_of_memory(c->e);
    free(text);
    return good;
}

static bool ask_all(struct conform *c)
{
    for (size_t i = 0; i < conform_ask_count; i++)
        if (!ask_one(c, &conform_asks[i]) || !examine_flush(c->e))
            return false;
    return true;
}

/* ---- All of them ------------------------------------------------------- */

/* What came out for each. */
struct row {
    size_t passed, failed;
    char *names;
};

struct table {
    const struct examine *e;
    struct row *rows;
};

static void draw(struct grid *g, const void *data)
{
    const struct table *t = data;
    g->left_end = 2;
    grid_begin_row(g, false);
    grid_cell(g, "allocator");
    grid_cell(g, "passed");
    grid_cell(g, "failed");
    grid_heading_done(g);
    for (size_t i = 0; i < t->e->count; i++) {
        const struct row *r = &t->rows[i];
        grid_begin_row(g, r->failed > 0);
        grid_cell(g, "%s", t->e->allocators[i]->name);
        grid_cell(g, "%zu/%zu", r->passed, r->passed + r->failed);
        if (r->failed > NAMES_MAX)
            grid_cell(g, "%s and %zu more", r->names, r->failed - NAMES_MAX);
        else
            grid_cell(g, "%s", r->names);
        grid_end_row(g);
    }
}

static bool examine_one(struct examine *e, const struct allocator *a,
                        struct row *row)
{
    size_t size;
    struct conform c = {.e = e, .run = *e->run, .a = a};
    c.run.detail = 2;
    if (c.run.time_limit > PASS_SECONDS)
        c.run.time_limit = PASS_SECONDS;
    c.names = open_memstream(&row->names, &size);
    if (!c.names)
        return out_of_memory(e);
    bool good = ask_all(&c);
    fclose(c.names);
    row->passed = c.passed;
    row->failed = c.failed;
    e->failed |= c.failed > 0;
    return good;
}

static void print_summary(const struct examine *e, struct row *rows)
{
    const struct table table = {e, rows};
    bool told = false;
    for (size_t i = 0; i < e->count; i++)
        told |= rows[i].failed > 0;
    if (e->count == 1)
        fprintf(e->out, "%s: %zu/%zu\n", e->allocators[0]->name, rows[0].passed,
                rows[0].passed + rows[0].failed);
    else {
        fputs(told ? "\n" : "", e->out);
        grid_print(e->out, GRID_PLAIN, e->color, draw, &table);
    }
    if (told && !e->verbose)
        fputs("-v tells more of each failure, and the requests.\n", e->out);
}

bool examine_conform(struct examine *e)
{
    struct row *rows = calloc(e->count, sizeof *rows);
    bool good = rows != NULL || out_of_memory(e);
    for (size_t i = 0; good && i < e->count; i++)
        good = examine_one(e, e->allocators[i], &rows[i]);
    if (good)
        print_summary(e, rows);
    for (size_t i = 0; rows && i < e->count; i++)
        free(rows[i].names);
    free(rows);
    return good;
}
