/*
 * import.c - rep import: logs of other tools, and our recorder's, as a trace
 *
 * The formats stand in a table, from which the help is printed.  Lines are
 * shown to all of them until one recognises its own; those before that hold no
 * request, so a log is read once and may come through a pipe.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "driver/trace_model.h"
#include "driver/trace_source.h"
#include "tools/import/import.h"
#include "tools/rep.h"

/* In the order in which they are asked: ltrace's lines are the least
 * particular. */
static const struct import_format *const formats[] = {
    &import_mtrace,
    &import_valgrind,
    &import_heaptrack,
    &import_ltrace,
};

#define FORMAT_COUNT (sizeof formats / sizeof formats[0])

/* Lines after which nobody will recognise the log. */
#define FIRST_LINES 1000

#define RECORDER "rep record"
#define A_LOG    "a log of mtrace, valgrind, ltrace, heaptrack or " RECORDER

struct request {
    struct rep_output output;
    const char *path;
    const struct import_format *format; /* NULL: by the first lines */
    bool recorded;                      /* it is the recorder's log */
    char beginning[41];                 /* of the log */
    struct import in;
};

/* ---- Help -------------------------------------------------------------- */

static const char help_text[] =
    "usage: rep import [options] FILE\n"
    "\n"
    "Turn the log of a tool into a trace.  FILE may be compressed (gz, xz,\n"
    "zst); - is standard input.  Its format is known from its first lines.\n"
    "One line on standard error tells the events read, the requests kept, the\n"
    "events dropped and why, and the peak payload.\n"
    "\n"
    "    -o, --output FILE   the trace (default: standard "
    "output)\n" REP_OUTPUT_HELP
    "    --from FORMAT       read it as that, whatever it looks like\n"
    "    --pid N             valgrind: of this process (default: the first\n"
    "                        that makes a request); ltrace: of this thread\n"
    "                        (default: all that are of the first process)\n"
    "    -h, --help          this text\n"
    "\n"
    "Formats, and how to make them:\n"
    "\n";

static const char log_help[] = "rep record --log FILE PROGRAM; a plain file, "
                               "not compressed";

static void print_format(const char *name, const char *help)
{
    while (*help) {
        int length = (int)strcspn(help, "\n");
        printf("    %-10s %.*s\n", name, length, help);
        help += length + (help[length] == '\n');
        name = "";
    }
}

static void print_help(void)
{
    fputs(help_text, stdout);
    for (size_t i = 0; i < FORMAT_COUNT; i++)
        print_format(formats[i]->name, formats[i]->help);
    print_format(RECORDER, log_help);
}

/* ---- Lines ------------------------------------------------------------- */

static const struct import_format *find_format(const char *name)
{
    for (size_t i = 0; i < FORMAT_COUNT; i++)
        if (!strcmp(formats[i]->name, name))
            return formats[i];
    return NULL;
}

static const struct import_format *recognise(const char *line, const char *end)
{
    for (size_t i = 0; i < FORMAT_COUNT; i++)
        if (formats[i]->recognise(line, end))
            return formats[i];
    return NULL;
}

/* note_beginning - keep what the log begins with, fit to be shown. */
static void note_beginning(struct request *r, const char *from, const char *end)
{
    size_t n = 0;
    for (; from < end && n < sizeof r->beginning - 1; from++)
        r->beginning[n++] = isprint((unsigned char)*from) ? *from : '.';
    r->beginning[n] = '\0';
}

static bool fail_process(struct request *r, const char *format)
{
    return trace_fail(&r->in.error,
                      "%s: --pid: expected a log of valgrind or ltrace, found "
                      "one of %s",
                      r->in.name, format);
}

static bool use_format(struct request *r, const struct import_format *format)
{
    r->format = format;
    r->in.state = calloc(1, format->state_size + 1);
    if (r->in.process && !format->tells_processes)
        fail_process(r, format->name);
    r->in.blocks.out_of_memory |= !r->in.state;
    return r->in.state && !r->in.error;
}

/* read_line - false: there is no use in more. */
static bool read_line(struct request *r, const char *line, const char *end)
{
    struct import *in = &r->in;
    if (++in->line == 1)
        note_beginning(r, line, end);
    if (!r->format) {
        const struct import_format *format = recognise(line, end);
        if (!format)
            return in->line < FIRST_LINES;
        if (!use_format(r, format))
            return false;
    }
    r->format->read(in, line, end);
    return !in->error && !in->blocks.out_of_memory;
}

static bool read_batch(struct request *r, const char *at, const char *end)
{
    while (at < end) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        if (!read_line(r, at, line_end))
            return false;
        at = line_end + 1;
    }
    return true;
}

/* read_source - of a line that comes in pieces only the first is read: none of
 *     ours is that long. */
static void read_source(struct request *r, struct trace_source *s)
{
    const char *at, *end;
    bool more = true, goes_on = false;
    while (more && trace_source_lines(s, &at, &end)) {
        if (goes_on)
            at = (const char *)memchr(at, '\n', (size_t)(end - at)) + 1;
        goes_on = s->cut;
        more = read_batch(r, at, end);
    }
}

static bool fail_unknown(struct request *r)
{
    struct import *in = &r->in;
    if (!in->line)
        return trace_fail(&in->error, "%s: expected " A_LOG ", found nothing",
                          in->name);
    if (import_log_magic(r->beginning))
        return trace_fail(&in->error,
                          "%s: expected the log of rep record as a plain file, "
                          "found it compressed or in a pipe",
                          in->name);
    return trace_fail(&in->error, "%s: expected " A_LOG ", found \"%s\"",
                      in->name, r->beginning);
}

static bool import_lines(struct request *r)
{
    struct import *in = &r->in;
    struct trace_source source;
    if (!trace_source_open(&source, r->path, in->name, &in->error))
        return false;
    if (!r->format || use_format(r, r->format))
        read_source(r, &source);
    bool whole = !source.failed;
    trace_source_close(&source);
    if (r->format && r->format->finish && in->state)
        r->format->finish(in);
    free(in->state);
    whole &= blocks_finish(&in->blocks);
    if (in->error)
        return false;
    if (!whole)
        return trace_fail(&in->error, "%s: %s", in->name, strerror(ENOMEM));
    return r->format || fail_unknown(r);
}

/* ---- Files ------------------------------------------------------------- */

static int open_file(const char *path)
{
    return strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC)
                             : dup(STDIN_FILENO);
}

/* open_recorded - the descriptor of a log of the recorder, or -1: it is none.
 *     Only of a file: what is read of a pipe is gone. */
static int open_recorded(const char *path)
{
    int fd = open_file(path);
    if (fd >= 0 && !import_log_found(fd)) {
        close(fd);
        fd = -1;
    }
    return fd;
}

static bool import_recorded(struct request *r, int fd)
{
    r->recorded = true;
    if (r->in.process)
        return fail_process(r, RECORDER);
    return import_log(&r->in, fd);
}

static bool import_file(struct request *r)
{
    struct import *in = &r->in;
    struct stat st = {0};
    if (strcmp(r->path, "-") ? stat(r->path, &st) : fstat(STDIN_FILENO, &st))
        return import_lines(r); /* which says why */
    if (S_ISDIR(st.st_mode))
        return trace_fail(&in->error, "%s: expected a log, found a directory",
                          in->name);
    int fd = r->format || !S_ISREG(st.st_mode) ? -1 : open_recorded(r->path);
    if (fd < 0)
        return import_lines(r);
    bool good = import_recorded(r, fd);
    close(fd);
    return good;
}

/* check_requests - a trace has one at least. */
static bool check_requests(struct request *r)
{
    struct import *in = &r->in;
    if (trace_written(in->blocks.w).requests)
        return true;
    return trace_fail(&in->error,
                      "%s: expected requests in this log of %s, found none",
                      in->name, r->recorded ? RECORDER : r->format->name);
}

static int import_request(struct request *r)
{
    struct import *in = &r->in;
    struct trace_writer *w = trace_writer_open(
        r->output.path, rep_output_form(&r->output), &in->error);
    if (!w)
        return rep_fail_with(in->error);
    in->blocks.w = w;
    in->name = strcmp(r->path, "-") ? r->path : "<stdin>";
    if (!import_file(r) || !check_requests(r)) {
        trace_writer_abandon(w);
        return rep_fail_with(in->error);
    }
    struct trace_written written = trace_written(w);
    if (!trace_writer_close(w, &in->error))
        return rep_fail_with(in->error);
    blocks_print_summary(in->name, &in->blocks.tally, &written);
    fprintf(stderr, "; a log of %s\n",
            r->recorded ? RECORDER : r->format->name);
    return REP_OK;
}

/* ---- The command line -------------------------------------------------- */

enum { OPTION_FROM = 256, OPTION_PID };

static const struct option options[] = {
    REP_OUTPUT_OPTIONS,
    {"from", required_argument, NULL, OPTION_FROM},
    {"pid", required_argument, NULL, OPTION_PID},
    {"help", no_argument, NULL, 'h'},
    {0},
};

/* parse_option - returns -1 to go on, or an exit status. */
static int parse_option(struct request *r, int letter)
{
    int status;
    if (rep_output_option(&r->output, letter, &status))
        return status;
    switch (letter) {
    case 'h':
        print_help();
        return REP_OK;
    case OPTION_FROM:
        r->format = find_format(optarg);
        return r->format ? -1
                         : rep_fail("import: --from: expected mtrace, "
                                    "valgrind, ltrace or heaptrack, found "
                                    "\"%s\"",
                                    optarg);
    case OPTION_PID:
        if (rep_number(optarg, 1, UINT32_MAX, &r->in.process))
            return -1;
        return rep_fail("import: --pid: expected a number from 1 to %u, found "
                        "\"%s\"",
                        UINT32_MAX, optarg);
    default:
        return REP_USAGE;
    }
}

static int parse(struct request *r, int argc, char **argv)
{
    int letter, status;
    while ((letter = getopt_long(argc, argv, "o:h", options, NULL)) != -1)
        if ((status = parse_option(r, letter)) >= 0)
            return status;
    if (argc - optind != 1)
        return rep_fail("import: expected one log, found %d", argc - optind);
    r->path = argv[optind];
    return -1;
}

int rep_import(int argc, char **argv)
{
    struct request r = {.output = {.path = "-", .weight = 1}};
    int status = parse(&r, argc, argv);
    return status < 0 ? import_request(&r) : status;
}
