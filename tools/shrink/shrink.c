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
#include "driver/confine.h"
#include "driver/interrupt.h"
#include "driver/outfile.h"
#include "driver/trace_edit.h"
#include "tools/rep.h"
#include "tools/shrink/shrink.h"

/* What tries may take more than before where they were too short. */
#define MORE_SLACK 8

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
    "    --unconfined        let the allocator call the kernel as it likes\n"
    "    --seconds N         time for all of it (default 60), and one more "
    "try;\n"
    "                        what was found by then is written, and so it is\n"
    "                        after Ctrl-C\n"
    "    -q, --quiet         no progress, no table\n"
    "    -h, --help          this text\n"
    "\n"
    "An allocator that is slow with every request is said to be so, and the\n"
    "witness is as much of the trace as exceeds the time limit.\n"
    "\n"
    "Exit status: 0 a witness was written, and fails; 1 there is none: the\n"
    "allocator passes, or does not fail reliably; 2 bad usage, input or "
    "output.\n";

enum {
    OPTION_ALIGN = 256,
    OPTION_MEMORY,
    OPTION_SECONDS,
    OPTION_SAME,
    OPTION_UNCONFINED
};

static const struct option options[] = {
    {"allocator", required_argument, NULL, 'm'},
    {"output", required_argument, NULL, 'o'},
    {"same-message", no_argument, NULL, OPTION_SAME},
    {"align", required_argument, NULL, OPTION_ALIGN},
    {"memory", required_argument, NULL, OPTION_MEMORY},
    {"seconds", required_argument, NULL, OPTION_SECONDS},
    {"unconfined", no_argument, NULL, OPTION_UNCONFINED},
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
static int take_option(struct shrink_command *c, int letter)
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
    case OPTION_UNCONFINED:
        confine_switch(false);
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

static int parse(struct shrink_command *c, int argc, char **argv)
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

/* ---- The work ---------------------------------------------------------- */

/* NAME.min.rep, or as -o says; it is told now if it cannot be written. */
static bool choose_output(struct shrink_command *c, char **error)
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

static bool write_witness(const struct shrink_command *c, const struct trace *t,
                          const char *path, char **error)
{
    struct trace_form form = {c->trace.dialect, c->trace.weight, false};
    return trace_write(t, path, form, TRACE_RENUMBER, error);
}

static int passes(const struct shrink_command *c)
{
    printf("%s: %s passes, ", c->trace.path, c->allocator);
    if (c->ask.unsure)
        printf("but --seconds %g left no time for timed passes and other "
               "addresses: nothing to shrink so far\n",
               c->seconds);
    else
        printf("also in timed passes and with the heap at other addresses: "
               "nothing to shrink\n");
    return REP_FAILED;
}

/* Its passes would take longer than the search may. */
static int late(const struct shrink_command *c)
{
    printf("%s: %s was not done within --seconds %g: %zu of %zu requests were "
           "served%s\n",
           c->trace.path, c->allocator, c->seconds, c->ask.served,
           c->trace.op_count,
           c->ask.seconds > 0 ? "; a smaller -s takes less" : "");
    return REP_FAILED;
}

static int stopped(struct shrink_command *c)
{
    if (interrupt_signal())
        return rep_fail("shrink: interrupted before it was known how %s fails",
                        c->trace.path);
    if (c->ask.late)
        return late(c);
    char *error = c->ask.error;
    c->ask.error = NULL;
    return error ? rep_fail_with(error) : rep_fail("out of memory");
}

/* The witness as it will read in its file; false if that cannot be told. */
static bool read_back(const struct shrink_command *c, const struct trace *best,
                      struct trace *back)
{
    const char *dir = getenv("TMPDIR");
    char *name, *error = NULL;
    if (asprintf(&name, "%s/rep-XXXXXX", dir && *dir ? dir : "/tmp") < 0)
        return false;
    int fd = mkstemp(name);
    bool good = fd >= 0 && write_witness(c, best, name, &error) &&
                trace_read(back, name, true, &error);
    if (fd >= 0) {
        close(fd);
        unlink(name);
    }
    free(name);
    free(error);
    char *path = good ? strdup(c->path) : NULL;
    if (path) {
        free(back->path);
        back->path = path;
    }
    return good;
}

/* Whether the witness fails with all the time in the world, told by the file
 * that is to be written. */
static bool confirm(struct shrink_command *c, const struct trace *best)
{
    struct trace t;
    if (shrink_to_stdout(c) || !read_back(c, best, &t))
        return shrink_confirm(&c->ask, best, &c->message);
    bool good = shrink_confirm(&c->ask, &t, &c->message);
    trace_free(&t);
    return good;
}

/* Start from the trace as it was read. */
static bool begin(struct shrink *s, const struct trace *t, size_t op)
{
    char *error;
    trace_free(&s->best);
    s->op = op;
    if (s->ask->error || s->ask->without_memory)
        return false;
    if (trace_select(&s->best, t, (struct trace_selection){0}, &error))
        return true;
    shrink_give_up(s->ask, error);
    return false;
}

/* What is left after the failure alone. */
static bool truncated_fails(struct shrink_command *c, struct shrink *s,
                            size_t op)
{
    if (interrupt_signal() || !begin(s, &c->trace, op))
        return false;
    shrink_truncate(s);
    return confirm(c, &s->best) || interrupt_signal();
}

/* Search until what was found is confirmed: where tries were given too little
 * time, with more of it. */
static bool search(struct shrink_command *c, struct shrink *s, size_t op)
{
    while (begin(s, &c->trace, op)) {
        shrink_search(s);
        bool hurried =
            c->ask.kind == FAULT_TIMEOUT && shrink_hurried(&c->ask, &s->best);
        if (interrupt_signal() || confirm(c, &s->best) || interrupt_signal())
            return true;
        if (c->ask.stopped || !hurried)
            return false;
        c->ask.slack *= MORE_SLACK;
    }
    return false;
}

static int unreliable(struct shrink_command *c, const struct shrink *s)
{
    if (interrupt_signal() || c->ask.error || c->ask.without_memory)
        return stopped(c);
    printf("%s: %s does not fail reliably: the %zu requests that were left "
           "passed in the last run; nothing is written\n",
           c->trace.path, c->allocator, s->best.op_count);
    return REP_FAILED;
}

static int fails(struct shrink_command *c, size_t op)
{
    char *error;
    struct shrink s = {.ask = &c->ask};
    bool good =
        (!c->ask.slow && search(c, &s, op)) || truncated_fails(c, &s, op);
    bool written = good && write_witness(c, &s.best, c->path, &error);
    if (c->ask.doing)
        fputs("\r\033[K", stderr);
    if (written)
        shrink_report(c, &s);
    int status = written ? REP_OK
                 : good  ? rep_fail_with(error)
                         : unreliable(c, &s);
    trace_free(&s.best);
    return status;
}

static int examine(struct shrink_command *c)
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

static int shrink_with(struct shrink_command *c)
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

static int shrink_file(struct shrink_command *c)
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
    struct shrink_command c = {
        .allocator = "mm",
        .seconds = 60,
        .ask.run = {.memory = (uint64_t)MEMORY_LIMIT_MIB << 20,
                    .detail = 1,
                    .hasty = true},
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
