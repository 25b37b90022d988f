/*
 * abuse.c - what becomes of the mistakes that programs make
 *
 * Each mistake is made in a child of its own, with blocks of two sizes: one
 * that fills a block with an 8-byte header, and one that fills a block with a
 * footer, too.  The worse of the two outcomes is told.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "driver/abuse_acts.h"
#include "driver/examine.h"
#include "driver/grid.h"
#include "driver/isolate.h"
#include "memlib.h"

/* Bytes of heap, and seconds, for what takes kilobytes and milliseconds. */
#define HEAP    ((size_t)64 << 20)
#define SECONDS 2.0

#define ACTS_MAX 16

static const size_t sizes[] = {24, 32};

/* From what is best to what is worst. */
enum outcome {
    REFUSED,
    IGNORED,
    UNNOTICED,
    ABORTED,
    CRASHED,
    HANGS,
    CORRUPTED,
    OUTCOMES,
};

static const struct {
    const char *word, *means;
} outcomes[OUTCOMES] = {
    [REFUSED] = {"refused", "it said so and went on, and all was well"},
    [IGNORED] = {"ignored", "it changed nothing and said nothing"},
    [UNNOTICED] = {"unnoticed", "it did something, and no harm was seen"},
    [ABORTED] = {"aborted", "it ended the program itself"},
    [CRASHED] = {"crashed", "the call was killed"},
    [HANGS] = {"hangs", "it did not come back"},
    [CORRUPTED] = {"corrupted", "it went on, and later something was wrong"},
};

static const char *const damages[ABUSE_DAMAGES] = {
    [ABUSE_NULL] = "a later request returned NULL",
    [ABUSE_ANSWER] = "a later request returned an impossible address",
    [ABUSE_OVERLAP] = "a block in use was handed out once more",
    [ABUSE_PAYLOAD] = "a payload was overwritten",
    [ABUSE_OUTSIDE] = "memory outside the heap was overwritten",
    [ABUSE_CHECKER] = "mm_checkheap returned false",
};

struct finding {
    enum outcome outcome;
    char *detail; /* NULL: none */
};

struct row {
    bool sound; /* without a mistake all goes well */
    struct finding findings[ACTS_MAX];
};

/* ---- One child --------------------------------------------------------- */

static bool system_error(struct examine *e, const char *what)
{
    if (asprintf(&e->error, "%s: %s", what, strerror(errno)) < 0)
        e->error = NULL;
    return false;
}

static char *first_line(const char *output)
{
    return output ? strndup(output, strcspn(output, "\n")) : NULL;
}

static char *last_line(char *output)
{
    size_t length = output ? strlen(output) : 0;
    while (length && output[length - 1] == '\n')
        output[--length] = '\0';
    const char *newline = output ? strrchr(output, '\n') : NULL;
    return length ? strdup(newline ? newline + 1 : output) : NULL;
}

static struct finding of_end(const struct abuse_log *log,
                             enum isolate_event event,
                             const struct isolate_death *d, char *output)
{
    bool later = log->phase >= ABUSE_AFTER;
    bool by_itself = event == ISOLATE_EXITED || d->signal == SIGABRT;
    if (by_itself)
        return (struct finding){ABORTED, last_line(output)};
    if (later)
        return (struct finding){CORRUPTED,
                                strdup(event == ISOLATE_SIGNALED
                                           ? "a later request crashed"
                                           : "a later request hangs")};
    if (event != ISOLATE_SIGNALED)
        return (struct finding){HANGS, NULL};
    const char *name = sigabbrev_np(d->signal);
    char *text;
    if (asprintf(&text, "SIG%s", name ? name : "?") < 0)
        text = NULL;
    return (struct finding){CRASHED, text};
}

static struct finding of_log(const struct abuse_log *log, char *output)
{
    uint32_t damage = log->damage;
    if (damage >= ABUSE_DAMAGES)
        damage = ABUSE_PAYLOAD;
    if (damage)
        return (struct finding){CORRUPTED, strdup(damages[damage])};
    if (log->printed)
        return (struct finding){REFUSED, first_line(output)};
    return (struct finding){log->changed ? UNNOTICED : IGNORED, NULL};
}

static bool fresh_heap(const struct examine *e, const struct allocator *a)
{
    bool fixed = e->run->fixed;
    if (a->classic)
        return mem_create(fixed ? MEM_LOW_FIXED : MEM_LOW, HEAP);
    return mem_create(fixed ? MEM_FIXED : MEM_RANDOM, HEAP);
}

static double seconds(const struct examine *e)
{
    return e->run->time_limit < SECONDS ? e->run->time_limit : SECONDS;
}

/* Wait for the child.  False when the user interrupted it. */
static bool await(struct examine *e, const struct abuse_job *job,
                  struct isolate *child, struct finding *f)
{
    enum isolate_event event = isolate_await(child, seconds(e));
    struct isolate_death death = isolate_death(child);
    char *output = isolate_output(child);
    if (event == ISOLATE_STEP && job->log->phase != ABUSE_DONE)
        *f = (struct finding){CORRUPTED, NULL};
    else if (event == ISOLATE_STEP)
        *f = of_log(job->log, output);
    else if (event != ISOLATE_INTERRUPTED)
        *f = of_end(job->log, event, &death, output);
    free(output);
    return event != ISOLATE_INTERRUPTED;
}

static bool commit(struct examine *e, const struct abuse_job *job,
                   struct finding *f)
{
    const struct isolate_limits limits = {.memory = e->run->memory};
    if (!fresh_heap(e, job->allocator))
        return system_error(e, "no address space for the heap");
    struct isolate *child = isolate_start(abuse_body, (void *)job, limits);
    bool good = child != NULL || system_error(e, "no child process");
    if (good)
        good = await(e, job, child, f);
    isolate_end(child);
    mem_deinit();
    return good;
}

/* ---- One allocator ----------------------------------------------------- */

static bool find_out(struct examine *e, const struct allocator *a, size_t act,
                     struct finding *worst)
{
    *worst = (struct finding){0};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct finding f = {0};
        struct abuse_job job = {a, act, sizes[i],
                                isolate_shared(sizeof *job.log)};
        bool good = job.log ? commit(e, &job, &f)
                            : system_error(e, "no memory for a child");
        isolate_unshare(job.log, sizeof *job.log);
        if (!good)
            return false;
        struct finding *milder = &f;
        if (i == 0 || f.outcome > worst->outcome) {
            struct finding kept = *worst;
            *worst = f;
            f = kept;
        }
        free(milder->detail);
    }
    return true;
}

static bool examine_one(struct examine *e, const struct allocator *a,
                        struct row *row)
{
    struct finding control;
    if (!find_out(e, a, abuse_act_count, &control))
        return false;
    row->sound = control.outcome <= UNNOTICED;
    free(control.detail);
    e->failed |= !row->sound;
    for (size_t i = 0; row->sound && i < abuse_act_count; i++)
        if (!find_out(e, a, i, &row->findings[i]))
            return false;
    return true;
}

/* ---- Telling ----------------------------------------------------------- */

struct table {
    const struct examine *e;
    const struct row *rows;
};

/* Of one: a line for each mistake. */
static void draw_one(struct grid *g, const void *data)
{
    const struct table *t = data;
    g->left_end = 1;
    for (size_t i = 0; i < abuse_act_count; i++) {
        const struct finding *f = &t->rows[0].findings[i];
        grid_begin_row(g, f->outcome >= CRASHED);
        grid_cell(g, "%s", abuse_acts[i].name);
        if (f->detail)
            grid_cell(g, "%-9s  %s", outcomes[f->outcome].word, f->detail);
        else
            grid_cell(g, "%s", outcomes[f->outcome].word);
        grid_end_row(g);
    }
}

static void draw_all(struct grid *g, const void *data)
{
    const struct table *t = data;
    grid_begin_row(g, false);
    grid_cell(g, "allocator");
    for (size_t i = 0; i < abuse_act_count; i++)
        grid_cell(g, "%s", abuse_acts[i].name);
    grid_heading_done(g);
    for (size_t k = 0; k < t->e->count; k++) {
        grid_begin_row(g, false);
        grid_cell(g, "%s", t->e->allocators[k]->name);
        for (size_t i = 0; i < abuse_act_count; i++)
            grid_cell(g, "%s",
                      t->rows[k].sound
                          ? outcomes[t->rows[k].findings[i].outcome].word
                          : "-");
        grid_end_row(g);
    }
}

static void print_details(const struct examine *e, const struct row *rows)
{
    for (size_t k = 0; k < e->count; k++)
        for (size_t i = 0; i < abuse_act_count; i++)
            if (rows[k].findings[i].detail)
                fprintf(e->out, "%s, %s: %s: %s\n", e->allocators[k]->name,
                        abuse_acts[i].name,
                        outcomes[rows[k].findings[i].outcome].word,
                        rows[k].findings[i].detail);
}

static void print_legend(const struct examine *e)
{
    fputs("\n", e->out);
    for (size_t i = 0; i < abuse_act_count; i++)
        fprintf(e->out, "%-16s  %s\n", abuse_acts[i].name, abuse_acts[i].what);
    fputs("\n", e->out);
    for (size_t i = 0; i < OUTCOMES; i++)
        fprintf(e->out, "%-16s  %s\n", outcomes[i].word, outcomes[i].means);
}

static void print_unsound(const struct examine *e, const struct row *rows)
{
    for (size_t k = 0; k < e->count; k++)
        if (!rows[k].sound)
            fprintf(e->out,
                    "%s: cannot be judged: it goes wrong without any of this "
                    "(--conform tells how)\n",
                    e->allocators[k]->name);
}

static void print_rows(const struct examine *e, const struct row *rows)
{
    const struct table t = {e, rows};
    if (e->count > 1 || rows[0].sound)
        grid_print(e->out, GRID_PLAIN, e->color,
                   e->count > 1 ? draw_all : draw_one, &t);
    print_unsound(e, rows);
    if (e->count > 1 && e->verbose) {
        fputs("\n", e->out);
        print_details(e, rows);
    }
    print_legend(e);
}

bool examine_abuse(struct examine *e)
{
    struct row *rows = calloc(e->count, sizeof *rows);
    bool good = rows != NULL || system_error(e, "mdriver");
    for (size_t k = 0; good && k < e->count; k++)
        good = examine_one(e, e->allocators[k], &rows[k]);
    if (good)
        print_rows(e, rows);
    for (size_t k = 0; rows && k < e->count; k++)
        for (size_t i = 0; i < ACTS_MAX; i++)
            free(rows[k].findings[i].detail);
    free(rows);
    return good;
}
