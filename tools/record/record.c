/*
 * record.c - rep record: run a program with the recorder inside, then turn the
 * log into a trace, or the logs of all its processes into one each
 *
 * The program keeps its standard streams; rep itself only speaks on stderr,
 * when the program has ended.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "driver/trace.h"
#include "tools/record/record_convert.h"
#include "tools/record/record_logs.h"
#include "tools/record/record_run.h"
#include "tools/rep.h"

struct recording {
    struct rep_output output; /* its path NULL: named after the program */
    char **argv;              /* of the program */
    struct record_logs logs;
    pid_t pid;  /* of the program */
    int status; /* its wait status */
};

static const char help_text[] =
    "usage: rep record [options] [--] PROGRAM [ARGUMENT]...\n"
    "\n"
    "Run PROGRAM and write the requests that it made to its allocator as a\n"
    "trace.  Its children are not recorded, unless --pid-pattern wants them.\n"
    "\n"
    "    -o, --output FILE   the trace (default: PROGRAM.rep; - is standard\n"
    "                        output)\n"
    "    --pid-pattern       children too, forked and executed ones: each\n"
    "                        process writes a trace of its own, for FILE.rep\n"
    "                        FILE.PID.rep, and FILE.PID.2.rep when it has\n"
    "                        executed a second program.  rep waits for "
    "PROGRAM\n"
    "                        alone: of children that still run then, the "
    "trace\n"
    "                        has what they did so far\n"
    "    --log FILE          keep the recorder's log, which is whole even if "
    "rep\n"
    "                        is killed; rep import reads it.  16 to 48 bytes "
    "a\n"
    "                        request, no more disk space than that, though "
    "its\n"
    "                        size is 64 GB before the end.  With "
    "--pid-pattern\n"
    "                        FILE is a directory, made for the logs PID.1 "
    "...\n" REP_OUTPUT_HELP "    -h, --help          this text\n"
    "\n"
    "Not recorded are static and setuid programs, and programs that bring an\n"
    "allocator of their own or get an environment without LD_PRELOAD.  "
    "SIGTERM\n"
    "and SIGHUP are passed on to PROGRAM; the trace is written however it "
    "ends.\n";

/* ---- The name of a trace ----------------------------------------------- */

/* suffix_of - where ".rep" or ".rep.gz" begins in a path, or its end. */
static size_t suffix_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    const char *found = NULL;
    for (const char *at = name; (at = strstr(at, ".rep")); at++)
        if (at > name && (at[4] == '\0' || at[4] == '.'))
            found = at;
    return found ? (size_t)(found - path) : strlen(path);
}

/* name_trace - the path of the trace of a process, to be freed. */
static char *name_trace(const struct recording *r, unsigned pid, unsigned image)
{
    const char *path = r->output.path;
    int stem = (int)suffix_of(path);
    char *name, again[16] = "";
    if (!r->logs.every)
        return strdup(path);
    if (image > 1)
        snprintf(again, sizeof again, ".%u", image);
    if (asprintf(&name, "%.*s.%u%s%s", stem, path, pid, again, path + stem) < 0)
        return NULL;
    return name;
}

/* ---- A trace ----------------------------------------------------------- */

/* print_end - what became of the program of a log. */
static void print_end(const struct recording *r, const struct record_log *log)
{
    if ((pid_t)log->pid != r->pid)
        rep_say(stderr, "%.*s %s\n", (int)sizeof log->header->name,
                log->header->name,
                log->running ? "still runs"
                : log->last  ? "ended"
                             : "executed another program");
    else if (!log->last)
        rep_say(stderr, "%s executed another program\n", r->argv[0]);
    else if (WIFSIGNALED(r->status))
        rep_say(stderr, "%s was killed by signal %d\n", r->argv[0],
                WTERMSIG(r->status));
    else
        rep_say(stderr, "%s exited with status %d\n", r->argv[0],
                WEXITSTATUS(r->status));
}

static void print_summary(const struct recording *r,
                          const struct record_log *log, const char *path,
                          const struct blocks_tally *tally,
                          struct trace_written written)
{
    blocks_print_summary(path, tally, &written);
    fputs(written.requests ? "; " : ", not written; ", stderr);
    print_end(r, log);
}

/* finish_trace - a trace without requests is none.  Returns an exit status. */
static int finish_trace(const struct recording *r, const struct record_log *log,
                        struct trace_writer *w,
                        const struct blocks_tally *tally, const char *path)
{
    struct trace_written written = trace_written(w);
    char *error;
    if (!written.requests)
        trace_writer_abandon(w);
    else if (!trace_writer_close(w, &error))
        return rep_fail_with(error);
    if (written.requests || r->logs.every)
        print_summary(r, log, path, tally, written);
    return written.requests ? REP_OK : REP_FAILED;
}

/* convert - the log into a trace.  Returns an exit status, REP_FAILED where
 *     there was no request. */
static int convert(const struct recording *r, struct record_log *log,
                   const char *path)
{
    char *error;
    struct trace_writer *w =
        trace_writer_open(path, rep_output_form(&r->output), &error);
    if (!w)
        return rep_fail_with(error);
    struct blocks b = {.w = w};
    if (record_convert(log->header, log->room, &b))
        return finish_trace(r, log, w, &b.tally, path);
    trace_writer_abandon(w);
    return rep_fail("%s: %s", path, strerror(ENOMEM));
}

/* convert_all - returns an exit status. */
static int convert_all(const struct recording *r, struct record_log *logs,
                       int count)
{
    int traces = 0, status = REP_OK;
    for (int i = 0; i < count && status != REP_USAGE; i++) {
        char *path = name_trace(r, logs[i].pid, logs[i].image);
        status = path ? convert(r, &logs[i], path)
                      : rep_fail("%s", strerror(ENOMEM));
        traces += status == REP_OK;
        free(path);
    }
    if (traces || status == REP_USAGE)
        return status == REP_USAGE ? REP_USAGE : REP_OK;
    if (r->logs.every)
        return rep_fail("%s: expected requests, found none: its processes do "
                        "not load the recorder, do not use libc's allocator or "
                        "had no room for logs",
                        r->argv[0]);
    if (count)
        return rep_fail("%s: expected requests, found none: it does not use "
                        "libc's allocator",
                        r->argv[0]);
    return rep_fail("%s: expected a program that loads the recorder, found one "
                    "that is static, setuid or of another architecture",
                    r->argv[0]);
}

/* ---- A recording ------------------------------------------------------- */

/* try_output - find out now that the trace could not be written. */
static bool try_output(const struct recording *r)
{
    char *error, *path = name_trace(r, (unsigned)getpid(), 1);
    struct trace_writer *w = NULL;
    if (!path)
        rep_fail("%s", strerror(ENOMEM));
    else if (!(w = trace_writer_open(path, rep_output_form(&r->output),
                                     &error)))
        rep_fail_with(error);
    else
        trace_writer_abandon(w);
    free(path);
    return w != NULL;
}

/* run - the program; then take its logs.  Their number, -1 on failure. */
static int run(struct recording *r, struct record_log **taken)
{
    int n = -1;
    record_run_guard();
    if (record_logs_open(&r->logs) &&
        record_run(r->argv, &r->logs, &r->pid, &r->status))
        n = record_logs_take(&r->logs, taken);
    record_logs_close(&r->logs, n > 0);
    record_run_unguard();
    return n;
}

static int record(struct recording *r)
{
    struct record_log *logs = NULL;
    if (!try_output(r))
        return REP_USAGE;
    int n = run(r, &logs);
    int status = n >= 0 ? convert_all(r, logs, n) : REP_USAGE;
    for (int i = 0; i < n; i++)
        record_log_release(&logs[i]);
    free(logs);
    return status;
}

/* ---- The command line -------------------------------------------------- */

enum { PID_PATTERN = 1, LOG };

static const struct option options[] = {
    REP_OUTPUT_OPTIONS,
    {"pid-pattern", no_argument, NULL, PID_PATTERN},
    {"log", required_argument, NULL, LOG},
    {"help", no_argument, NULL, 'h'},
    {0},
};

/* take_option - returns -1 to go on, or an exit status. */
static int take_option(struct recording *r, int letter)
{
    int status = -1;
    if (letter == PID_PATTERN)
        r->logs.every = true;
    else if (letter == LOG)
        r->logs.keep = optarg;
    else if (letter == 'h')
        status = fputs(help_text, stdout) < 0 ? REP_USAGE : REP_OK;
    else if (!rep_output_option(&r->output, letter, &status))
        status = REP_USAGE;
    return status;
}

/* parse - returns -1 to go on, or an exit status. */
static int parse(struct recording *r, int argc, char **argv)
{
    int letter, status = -1;
    while (status < 0 &&
           (letter = getopt_long(argc, argv, "+o:h", options, NULL)) != -1)
        status = take_option(r, letter);
    if (status >= 0)
        return status;
    r->argv = argv + optind;
    if (!r->argv[0])
        return rep_fail("record: expected a program to run, found none");
    if (r->logs.keep && r->output.path && !strcmp(r->logs.keep, r->output.path))
        return rep_fail("record: expected different files for --log and -o, "
                        "found \"%s\"",
                        r->output.path);
    if (r->logs.every && r->output.path && !strcmp(r->output.path, "-"))
        return rep_fail("record: --pid-pattern: expected the name of a file, "
                        "found \"-\"");
    return -1;
}

int rep_record(int argc, char **argv)
{
    struct recording r = {.output.weight = 1};
    int status = parse(&r, argc, argv);
    if (status >= 0)
        return status;
    char *name = NULL;
    if (!r.output.path) {
        const char *slash = strrchr(r.argv[0], '/');
        if (asprintf(&name, "%s.rep", slash ? slash + 1 : r.argv[0]) < 0)
            return rep_fail("%s", strerror(ENOMEM));
        r.output.path = name;
    }
    status = record(&r);
    free(name);
    return status;
}
