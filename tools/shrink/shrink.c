/*
 * shrink.c - rep shrink: the smallest trace on which an allocator still fails
 * as it does on a given one
 */
#define _GNU_SOURCE
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "driver/clock.h"
#include "driver/grid.h"
#include "driver/interrupt.h"
#include "driver/outfile.h"
#include "driver/place.h"
#include "driver/trace_edit.h"
#include "driver/words.h"
#include "tools/rep.h"
#include "tools/shrink/shrink.h"

/* What tries may take more than before where they were too short. */
#define MORE_SLACK 8

struct command {
    const char *input, *output; /* output NULL: named after the trace */
    const char *allocator;
    double seconds; /* for the search */
    bool quiet;
    struct shrink_ask ask;
    struct trace trace;
    char *path;    /* of what is written */
    bool replaced; /* there was a file of that name, and nobody named it */
    uint64_t begin;
    char *message; /* what the driver says of the witness */
};

/* ---- Options ----------------------------------------------------------- */

static const char help_text[] =
    "usage: rep shrink FILE [-m ALLOCATOR] [-o FILE] [options]\n"
    "\n"
    "Find the smallest trace on which the allocator still fails as it does on\n"
    "FILE: leave out what comes after the failure, then blocks, then single\n"
    "requests; make the others plainer and their sizes smaller; until nothing\n"
    "can go.  Each try runs in a process of its own, with the heap at a fixed\n"
    "address.  A failure is the same if it is of the same kind: overlap, "
    "crash,\n"
    "timeout, ...\n"
    "\n"
    "    -m, --allocator NAME a name of ./mdriver --list, a FILE.c or a "
    "FILE.so\n"
    "                        (default mm)\n"
    "    -o, --output FILE   the witness (default: NAME.min.rep, here); - is\n"
    "                        standard output\n"
    "    --same-message      the first line of the explanation must be the "
    "same,\n"
    "                        but for its numbers\n"
    "    -d N, -D            checks, as for ./mdriver: 0, 1 (default), 2 = -D\n"
    "    -s SECONDS          CPU time of a pass, beyond which it is a "
    "time-out\n"
    "                        (default: 0.5, and more for long traces or slow\n"
    "                        allocators)\n"
    "    --align N           alignment required, 8 or 16\n"
    "    --memory MIB        memory that a run may touch\n"
    "    --seconds N         time for the search (default 60); what was found "
    "by\n"
    "                        then is written, and so it is after Ctrl-C\n"
    "    -q, --quiet         no progress, no table\n"
    "    -h, --help          this text\n"
    "\n"
    "Exit status: 0 a witness was written; 1 there is none, the allocator "
    "passes;\n"
    "2 bad usage, input or output.\n";

enum { OPTION_ALIGN = 256, OPTION_MEMORY, OPTION_SECONDS, OPTION_SAME };

static const struct option options[] = {
    {"allocator", required_argument, NULL, 'm'},
    {"output", required_argument, NULL, 'o'},
    {"same-message", no_argument, NULL, OPTION_SAME},
    {"align", required_argument, NULL, OPTION_ALIGN},
    {"memory", required_argument, NULL, OPTION_MEMORY},
    {"seconds", required_argument, NULL, OPTION_SECONDS},
    {"quiet", no_argument, NULL, 'q'},
    {"help", no_argument, NULL, 'h'},
    {0},
};

static int bad_value(const char *name, const char *expected)
{
    return rep_fail("shrink: %s: expected %s, found \"%s\"", name, expected,
                    optarg);
}

static int take_seconds(const char *name, double *seconds)
{
    char *end;
    *seconds = strtod(optarg, &end);
    if (end == optarg || *end || !(*seconds > 0) || *seconds > 1e6)
        return bad_value(name, "a number of seconds above 0");
    return -1;
}

static int take_detail(struct run_options *o)
{
    uint64_t n;
    if (!rep_number(optarg, 0, 2, &n))
        return bad_value("-d", "0, 1 or 2");
    o->detail = (int)n;
    return -1;
}

static int take_align(struct run_options *o)
{
    uint64_t n;
    if (!rep_number(optarg, 8, 16, &n) || (n != 8 && n != 16))
        return bad_value("--align", "8 or 16");
    o->align = (size_t)n;
    return -1;
}

static int take_memory(struct run_options *o)
{
    uint64_t n;
    if (!rep_number(optarg, 1, 1 << 30, &n))
        return bad_value("--memory", "a whole number of MiB above 0");
    o->memory = n << 20;
    return -1;
}

/* Returns -1 to go on, or an exit status. */
static int take_option(struct command *c, int letter)
{
    switch (letter) {
    case 'm':
        c->allocator = optarg;
        return -1;
    case 'o':
        c->output = optarg;
        return -1;
    case 'd':
        return take_detail(&c->ask.run);
    case 'D':
        c->ask.run.detail = 2;
        return -1;
    case 's':
        return take_seconds("-s", &c->ask.seconds);
    case OPTION_ALIGN:
        return take_align(&c->ask.run);
    case OPTION_MEMORY:
        return take_memory(&c->ask.run);
    case OPTION_SECONDS:
        return take_seconds("--seconds", &c->seconds);
    case OPTION_SAME:
        c->ask.same_message = true;
        return -1;
    case 'q':
        c->quiet = true;
        return -1;
    case 'h':
        fputs(help_text, stdout);
        return REP_OK;
    default:
        return REP_USAGE;
    }
}

static int parse(struct command *c, int argc, char **argv)
{
    int letter, status = -1;
    while (status < 0 && (letter = getopt_long(argc, argv, "m:o:d:Ds:qh",
                                               options, NULL)) != -1)
        status = take_option(c, letter);
    if (status >= 0)
        return status;
    if (optind == argc)
        return rep_fail("shrink: expected a trace, found none");
    if (optind + 1 < argc)
        return rep_fail("shrink: expected one trace, found \"%s\" as well",
                        argv[optind + 1]);
    c->input = argv[optind];
    return -1;
}

/* ---- What is printed --------------------------------------------------- */

static bool to_stdout(const struct command *c)
{
    return strcmp(c->path, "-") == 0;
}

static void draw(struct grid *g, const void *data)
{
    const struct shrink *s = data;
    grid_begin_row(g, false);
    grid_cell(g, "what is left");
    grid_cell(g, "requests");
    grid_cell(g, "tries");
    grid_heading_done(g);
    for (size_t i = 0; i < s->row_count; i++) {
        grid_begin_row(g, false);
        grid_cell(g, "%s", s->rows[i].name);
        grid_cell(g, "%zu", s->rows[i].requests);
        grid_cell(g, "%zu", s->rows[i].tries);
        grid_end_row(g);
    }
}

/* Why the search ended before there was nothing left to try. */
static const char *early(const struct command *c)
{
    if (!c->ask.stopped)
        return "";
    if (interrupt_signal())
        return "; interrupted, there may be a smaller one";
    return c->ask.error
               ? "; a run could not be made, there may be a smaller one"
               : "; out of time (--seconds), there may be a smaller "
                 "one";
}

/* The command that shows the witness. */
static void print_command(FILE *out, const struct command *c,
                          const struct trace *best)
{
    const struct run_options *o = &c->ask.run;
    fputs("  ", out);
    place_command(out, "mdriver");
    fprintf(out, " -n %s ", c->ask.timed ? "-f" : "-c");
    shell_text(out, c->path);
    fputs(" -m ", out);
    shell_text(out, c->allocator);
    if (o->detail != 1)
        fputs(o->detail > 1 ? " -D" : " -d 0", out);
    if (o->align)
        fprintf(out, " --align %zu", o->align);
    if (c->ask.kind == FAULT_TIMEOUT)
        fprintf(out, " -s %g", shrink_limit(&c->ask, best));
    fputs(" shows it again\n", out);
}

/* What the explanation advises is what was done. */
static void drop_shrink_hint(char *message)
{
    char *end = strstr(message, " finds the fewest requests");
    char *line = end ? memrchr(message, '\n', (size_t)(end - message)) : NULL;
    if (line)
        *line = '\0';
}

static void report(const struct command *c, const struct shrink *s)
{
    FILE *out = to_stdout(c) ? stderr : stdout;
    double seconds = (double)(clock_wall_ns() - c->begin) / 1e9;
    if (!c->quiet) {
        grid_print(out, GRID_PLAIN, false, draw, s);
        fputc('\n', out);
    }
    fprintf(out, "%s: %zu of %zu requests, %zu tries, %.1f s%s%s\n",
            to_stdout(c) ? "<stdout>" : c->path, s->best.op_count,
            c->trace.op_count, c->ask.tries, seconds,
            c->replaced ? "; it replaces an older one" : "", early(c));
    if (c->ask.fickle)
        fprintf(out,
                "%s does not fail in every run alike: each try was "
                "made several times\n",
                c->allocator);
    if (!c->message) {
        if (!interrupt_signal())
            fprintf(out, "it did not fail so in the last run\n");
        return;
    }
    drop_shrink_hint(c->message);
    fprintf(out, "\n%s\n", c->message);
    if (!to_stdout(c))
        print_command(out, c, &s->best);
}

/* ---- The work ---------------------------------------------------------- */

/* NAME.min.rep, or as -o says; it is told now if it cannot be written. */
static bool choose_output(struct command *c, char **error)
{
    const char *name = strcmp(c->input, "-") ? c->trace.name : "stdin";
    *error = NULL;
    if (c->output)
        c->path = strdup(c->output);
    else if (asprintf(&c->path, "%s.min.rep", name) < 0)
        c->path = NULL;
    if (!c->path)
        return false;
    c->replaced = !c->output && access(c->path, F_OK) == 0;
    struct outfile *f = outfile_plan(c->path, error);
    bool good = f && (!outfile_path(f) || outfile_begin(f, error));
    if (f)
        outfile_abandon(f);
    return good;
}

static bool write_witness(const struct command *c, const struct trace *t,
                          char **error)
{
    struct trace_form form = {c->trace.dialect, c->trace.weight, false};
    return trace_write(t, c->path, form, TRACE_RENUMBER, error);
}

/* Whether the witness fails with all the time in the world, told by the file
 * that was written if it can be read again. */
static bool confirm(struct command *c, const struct trace *best)
{
    char *error = NULL;
    struct trace t;
    free(c->message);
    c->message = NULL;
    if (to_stdout(c) || !trace_read(&t, c->path, true, &error)) {
        free(error);
        return shrink_confirm(&c->ask, best, &c->message);
    }
    bool good = shrink_confirm(&c->ask, &t, &c->message);
    trace_free(&t);
    return good;
}

/* Start from the trace as it was read. */
static bool begin(struct shrink *s, const struct trace *t, size_t op,
                  char **error)
{
    s->op = op;
    return trace_select(&s->best, t, (struct trace_selection){0}, error);
}

/* Search until what was found, and written, is confirmed: where tries were
 * given too little time, with more of it. */
static int search(struct command *c, struct shrink *s, size_t op)
{
    char *error;
    for (;;) {
        if (!begin(s, &c->trace, op, &error))
            return rep_fail_with(error);
        shrink_search(s);
        bool hurried = shrink_hurried(&c->ask, &s->best);
        if (!to_stdout(c) && !write_witness(c, &s->best, &error))
            return rep_fail_with(error);
        if (interrupt_signal() || confirm(c, &s->best) || c->ask.stopped ||
            !hurried)
            break;
        trace_free(&s->best);
        c->ask.slack *= MORE_SLACK;
    }
    if (to_stdout(c) && !write_witness(c, &s->best, &error))
        return rep_fail_with(error);
    return REP_OK;
}

static int fails(struct command *c, size_t op)
{
    struct shrink s = {.ask = &c->ask};
    int status = search(c, &s, op);
    if (c->ask.doing)
        fputs("\r\033[K", stderr);
    if (status == REP_OK)
        report(c, &s);
    trace_free(&s.best);
    return status;
}

static int passes(const struct command *c)
{
    printf("%s: %s passes, also in timed passes and with the heap at other "
           "addresses: nothing to shrink\n",
           c->trace.path, c->allocator);
    return REP_FAILED;
}

static int stopped(struct command *c)
{
    if (interrupt_signal())
        return rep_fail("shrink: interrupted before it was known how %s fails",
                        c->trace.path);
    char *error = c->ask.error;
    c->ask.error = NULL;
    return error ? rep_fail_with(error) : rep_fail("out of memory");
}

static int examine(struct command *c)
{
    size_t op;
    switch (shrink_settle(&c->ask, &c->trace, &op)) {
    case SHRINK_PASSES:
        return passes(c);
    case SHRINK_FAILS:
        return fails(c, op);
    default:
        return stopped(c);
    }
}

static int shrink_with(struct command *c)
{
    char *error;
    struct allocator a;
    if (!choose_output(c, &error) || !allocator_find(&a, c->allocator, &error))
        return error ? rep_fail_with(error) : rep_fail("out of memory");
    c->ask.allocator = &a;
    c->begin = clock_wall_ns();
    c->ask.deadline = c->begin + (uint64_t)(c->seconds * 1e9);
    if (!c->quiet && isatty(STDERR_FILENO))
        c->ask.doing = c->trace.name;
    int status = examine(c);
    allocator_release(&a);
    return status;
}

static int shrink_file(struct command *c)
{
    char *error;
    if (!trace_read(&c->trace, c->input, false, &error))
        return rep_fail_with(error);
    interrupt_catch();
    int status = shrink_with(c);
    free(c->path);
    free(c->message);
    free(c->ask.sentence);
    free(c->ask.error);
    trace_free(&c->trace);
    return status;
}

int rep_shrink(int argc, char **argv)
{
    struct command c = {
        .allocator = "mm",
        .seconds = 60,
        .ask.run = {.memory = (uint64_t)MEMORY_LIMIT_MIB << 20, .detail = 1},
    };
    int status = parse(&c, argc, argv);
    if (status < 0)
        status = shrink_file(&c);
    int signo = interrupt_signal();
    if (signo) { /* all is given back: the signal does its work */
        fflush(stdout);
        signal(signo, SIG_DFL);
        raise(signo);
    }
    return status;
}
