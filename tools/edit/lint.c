/*
 * lint.c - rep lint: everything that is wrong with a trace's file, line by
 *     line, and its mending
 *
 * The reader tells of the header last, so what is told is collected and sorted;
 * of each kind no more is kept than will be shown.
 */
#define _GNU_SOURCE
#include "tools/edit/lint.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "driver/trace_edit.h"
#include "driver/trace_model.h"
#include "tools/inputs.h"
#include "tools/rep.h"

enum severity { ERROR, WARNING, NOTE, SEVERITIES };

static const char *const severity_names[SEVERITIES] = {"error", "warning",
                                                       "note"};

/* Something is lost with an error; all is mended after a warning. */
static enum severity severity_of(int kind)
{
    switch (kind) {
    case TRACE_UNREADABLE:
    case TRACE_NO_WEIGHT:
    case TRACE_NO_REQUEST:
        return ERROR;
    case TRACE_OLD_FLAG:
        return NOTE;
    default:
        return kind < TRACE_UNTIDY_KINDS ? WARNING : NOTE;
    }
}

struct options {
    const char *output; /* NULL: in place */
    uint64_t max;       /* findings of a kind to show; 0: all */
    bool fix, quiet;
    FILE *out;
};

/* ---- Findings ---------------------------------------------------------- */

void lint_add(struct lint *l, int kind, size_t line, const char *format, ...)
{
    if (l->times[kind]++ >= l->max || l->failed)
        return;
    struct lint_finding f = {.line = line, .number = l->count, .kind = kind};
    va_list args;
    va_start(args, format);
    l->failed = vasprintf(&f.text, format, args) < 0;
    va_end(args);
    if (l->failed)
        return;
    l->failed = !trace_array_grow(&l->list, &l->room, l->count, sizeof f);
    if (l->failed)
        free(f.text);
    else
        l->list[l->count++] = f;
}

static void hear(void *context, const struct trace_remark *r)
{
    lint_add(context, (int)r->kind, r->line, "%s: %s", r->fact, r->mend);
}

static void forget(struct lint *l)
{
    for (size_t i = 0; i < l->count; i++)
        free(l->list[i].text);
    free(l->list);
}

static size_t times_of(const struct lint *l, enum severity severity)
{
    size_t times = 0;
    for (int kind = 0; kind < LINT_KINDS; kind++)
        times += severity_of(kind) == severity ? l->times[kind] : 0;
    return times;
}

/* ---- The report -------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
    const struct lint_finding *x = a, *y = b;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

static void show(FILE *out, const struct lint *l, const char *label)
{
    size_t shown[LINT_KINDS] = {0};
    if (l->count)
        qsort(l->list, l->count, sizeof *l->list, compare);
    for (size_t i = 0; i < l->count; i++) {
        const struct lint_finding *f = &l->list[i];
        rep_say(out, "%s:%zu: %s: %s\n", label, f->line,
                severity_names[severity_of(f->kind)], f->text);
        if (++shown[f->kind] == l->max && l->times[f->kind] > l->max)
            rep_say(out, "%s: ... and %zu more\n", label,
                    l->times[f->kind] - l->max);
    }
}

static void sum_up(FILE *out, const struct lint *l, const char *label,
                   bool mended)
{
    rep_say(out, "%s:", label);
    for (enum severity s = 0; s < SEVERITIES; s++) {
        size_t times = times_of(l, s);
        rep_say(out, "%s %zu %s%s", s ? "," : "", times, severity_names[s],
                times == 1 ? "" : "s");
    }
    fputs(mended ? "; mended\n" : "\n", out);
}

/* ---- One file ---------------------------------------------------------- */

static bool write_mended(const struct options *o, const struct trace *t,
                         const char *path, char **error)
{
    struct trace_form form = {t->dialect, t->weight, false};
    struct stat st;
    if (!o->output && stat(path, &st) == 0 && !S_ISREG(st.st_mode))
        return trace_fail(error,
                          "lint: %s: expected a regular file to mend in place, "
                          "or -o",
                          path);
    return trace_write(t, o->output ? o->output : path, form, 0, error);
}

/* What was read, if it was.  A file that has no more than notes is mended as
 * it is.  Returns the exit status. */
static int report(const struct options *o, struct lint *l,
                  const struct trace *t, const char *path, bool read)
{
    const char *label = strcmp(path, "-") ? path : "<stdin>";
    char *error = NULL;
    bool wrong = times_of(l, ERROR) || times_of(l, WARNING);
    bool write = o->fix && read && (wrong || o->output);
    if (l->failed)
        return rep_fail("%s: %s", label, strerror(ENOMEM));
    if (!o->quiet)
        show(o->out, l, label);
    if (write && !write_mended(o, t, path, &error))
        return rep_fail_with(error);
    sum_up(o->out, l, label, write && wrong);
    return wrong && !write ? REP_FAILED : REP_OK;
}

static int lint(const struct options *o, const char *path)
{
    struct lint l = {.max = o->max ? o->max : SIZE_MAX};
    struct trace_listener listener = {hear, &l};
    struct trace t;
    char *error;
    int status = REP_USAGE;
    bool read = trace_study(&t, path, &listener, &error);
    if (read)
        lint_notes(&l, &t);
    if (read || (!error && l.times[TRACE_NO_REQUEST]))
        status = report(o, &l, &t, path, read);
    else
        rep_fail_with(error);
    trace_free(&t);
    forget(&l);
    return status;
}

/* ---- The command line -------------------------------------------------- */

static const char help[] =
    "usage: rep lint [options] FILE|DIR...\n"
    "\n"
    "Say everything that is wrong with traces (- is standard input): what\n"
    "cannot be read (errors), what other drivers read in other ways or not at\n"
    "all, or is not as the header says (warnings), and what they may not\n"
    "expect (notes).  The last line for a FILE counts them.  DIR stands for\n"
    "the traces (*.rep and compressed ones) in it.\n"
    "\n"
    "    --fix               write the trace as it was read, without what was\n"
    "                        wrong, over FILE, if there was something wrong;\n"
    "                        what could not be read is lost, and so are "
    "comments\n"
    "    -o, --output FILE   with --fix: there instead; if that is standard\n"
    "                        output, all else goes to standard error\n"
    "    --max N             lines to show of each kind (default 20; 0: all)\n"
    "    -q, --quiet         only the last line\n"
    "    -h, --help          this text\n"
    "\n"
    "Exit status: 0 nothing but notes, or it is mended; 1 errors or warnings;\n"
    "2 bad usage, or a file that cannot be read or written.\n";

enum { FIX = 256, MAX };

static int take_option(struct options *o, int letter)
{
    switch (letter) {
    case 'h':
        fputs(help, stdout);
        return REP_OK;
    case 'o':
        o->output = optarg;
        return -1;
    case 'q':
        o->quiet = true;
        return -1;
    case FIX:
        o->fix = true;
        return -1;
    case MAX:
        if (rep_number(optarg, 0, SIZE_MAX, &o->max))
            return -1;
        return rep_fail("lint: --max: expected a number, found \"%s\"", optarg);
    default:
        return REP_USAGE;
    }
}

/* What only makes sense together; files are the first of `count`. */
static int check_options(struct options *o, char **files, int count)
{
    bool from_stdin = false;
    for (int i = 0; i < count; i++)
        from_stdin |= !strcmp(files[i], "-");
    if (!count)
        return rep_fail("lint: expected FILE, found none (rep lint -h)");
    if (o->output && !o->fix)
        return rep_fail("lint: expected --fix with -o");
    if (o->fix && from_stdin && !o->output)
        return rep_fail("lint: expected -o with --fix of standard input");
    if (o->output && !strcmp(o->output, "-"))
        o->out = stderr;
    return -1;
}

/* Returns the worst exit status of all. */
static int lint_all(const struct options *o, char **arguments)
{
    struct inputs in;
    int status = inputs_list(&in, arguments);
    if (o->output && in.count > 1)
        status =
            rep_fail("lint: expected one FILE with -o, found %zu", in.count);
    else
        for (size_t i = 0; i < in.count; i++) {
            int s = lint(o, in.paths[i]);
            status = s > status ? s : status;
        }
    inputs_free(&in);
    return status;
}

int rep_lint(int argc, char **argv)
{
    static const struct option list[] = {
        {"fix", no_argument, NULL, FIX},
        {"max", required_argument, NULL, MAX},
        {"output", required_argument, NULL, 'o'},
        {"quiet", no_argument, NULL, 'q'},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    struct options o = {.max = 20, .out = stdout};
    int letter, status = -1;
    while (status < 0 &&
           (letter = getopt_long(argc, argv, "o:qh", list, NULL)) != -1)
        status = take_option(&o, letter);
    if (status < 0)
        status = check_options(&o, argv + optind, argc - optind);
    if (status >= 0)
        return status;
    return lint_all(&o, argv + optind);
}
