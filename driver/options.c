/*
 * options.c - the flag table: parse, help text, defaults
 *
 * One table; getopt's strings, the help text and the parser all walk it.
 */
#define _GNU_SOURCE
#include "driver/options.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"

/* An option's handler; value is NULL for an option that takes none.  Returns
 * NULL, or what was expected instead. */
typedef const char *take(struct options *o, const char *value);

struct flag {
    char letter;      /* 0: it has none */
    const char *name; /* NULL: it has none */
    const char *value;
    take *take;
    const char *help;
};

/* ---- Lists that grow ---------------------------------------------------- */

static void add_input(struct options *o, const char *path, bool directory,
                      bool check_only)
{
    struct options_input in = {path, directory, check_only};
    o->inputs = reallocarray(o->inputs, o->input_count + 1, sizeof *o->inputs);
    if (o->inputs)
        o->inputs[o->input_count++] = in;
}

static const char *add_export(struct options *o, const char *format,
                              const char *path)
{
    struct options_export e = {format, path};
    o->exports =
        reallocarray(o->exports, o->export_count + 1, sizeof *o->exports);
    if (o->exports)
        o->exports[o->export_count++] = e;
    return NULL;
}

/* ---- Handlers ----------------------------------------------------------- */

static const char *take_dir(struct options *o, const char *value)
{
    add_input(o, value, true, false);
    return NULL;
}

static const char *take_file(struct options *o, const char *value)
{
    add_input(o, value, false, false);
    return NULL;
}

static const char *take_check(struct options *o, const char *value)
{
    add_input(o, value, false, true);
    return NULL;
}

static const char *take_allocator(struct options *o, const char *value)
{
    o->allocators = reallocarray(o->allocators, o->allocator_count + 1,
                                 sizeof *o->allocators);
    if (o->allocators)
        o->allocators[o->allocator_count++] = value;
    return NULL;
}

static const char *take_libc(struct options *o, const char *value)
{
    (void)value;
    o->libc = true;
    return NULL;
}

/* A whole number up to most; -1 if it is not one. */
static int small_number(const char *value, int most)
{
    char *end;
    errno = 0;
    long n = strtol(value, &end, 10);
    if (errno || end == value || *end || n < 0 || n > most)
        return -1;
    return (int)n;
}

static const char *take_verbose(struct options *o, const char *value)
{
    int n = value ? small_number(value, 9) : o->verbose + 1;
    if (n < 0)
        return "a number from 0 to 9";
    o->verbose = n;
    return NULL;
}

static const char *take_very_verbose(struct options *o, const char *value)
{
    (void)value;
    o->verbose = 2;
    return NULL;
}

static const char *take_detail(struct options *o, const char *value)
{
    int n = small_number(value, 2);
    if (n < 0)
        return "0, 1 or 2";
    o->run.detail = n;
    return NULL;
}

static const char *take_debug(struct options *o, const char *value)
{
    (void)value;
    o->run.detail = 2;
    return NULL;
}

static const char *take_seconds(struct options *o, const char *value)
{
    char *end;
    double seconds = strtod(value, &end);
    if (end == value || *end || !(seconds > 0) || seconds > 1e6)
        return "a number of seconds above 0";
    o->run.time_limit = seconds;
    return NULL;
}

static const char *take_memory(struct options *o, const char *value)
{
    int n = small_number(value, 1 << 30);
    if (n < 1)
        return "a whole number of MiB above 0";
    o->run.memory = (uint64_t)n << 20;
    return NULL;
}

static const char *take_grade(struct options *o, const char *value)
{
    (void)value;
    o->grade_line = true;
    return NULL;
}

static const char *take_autolab(struct options *o, const char *value)
{
    (void)value;
    o->autolab = true;
    return NULL;
}

static const char *take_nothing(struct options *o, const char *value)
{
    (void)o;
    (void)value;
    return NULL;
}

static const char *take_tabs(struct options *o, const char *value)
{
    (void)value;
    o->tabs = true;
    return NULL;
}

static const char *take_fixed(struct options *o, const char *value)
{
    (void)value;
    o->run.fixed = true;
    return NULL;
}

static const char *take_align(struct options *o, const char *value)
{
    int n = small_number(value, 16);
    if (n != 8 && n != 16)
        return "8 or 16";
    o->run.align = (size_t)n;
    return NULL;
}

static const char *take_json(struct options *o, const char *value)
{
    return add_export(o, "json", value);
}

static const char *take_csv(struct options *o, const char *value)
{
    return add_export(o, "csv", value);
}

static const char *take_markdown(struct options *o, const char *value)
{
    return add_export(o, "markdown", value);
}

static const char *take_gradescope(struct options *o, const char *value)
{
    return add_export(o, "gradescope", value);
}

static const char *take_curve(struct options *o, const char *value)
{
    o->run.curve_dir = value;
    return NULL;
}

static const char *take_strict(struct options *o, const char *value)
{
    (void)value;
    o->strict = true;
    return NULL;
}

static const char *take_color(struct options *o, const char *value)
{
    static const char *const names[] = {"auto", "always", "never"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(value, names[i]) == 0) {
            o->color = (enum options_color)i;
            return NULL;
        }
    return "auto, always or never";
}

static const char *take_quiet(struct options *o, const char *value)
{
    (void)value;
    o->quiet = true;
    return NULL;
}

static const char *take_list(struct options *o, const char *value)
{
    (void)value;
    o->list = true;
    return NULL;
}

static const char *take_version(struct options *o, const char *value)
{
    (void)value;
    o->version = true;
    return NULL;
}

static const char *take_help(struct options *o, const char *value)
{
    (void)value;
    o->help = true;
    return NULL;
}

/* ---- The table ---------------------------------------------------------- */

#define TEXT_(x) #x
#define TEXT(x)  TEXT_(x)

static const struct flag flags[] = {
    {0, NULL, NULL, NULL, "What to run"},
    {'t', NULL, "DIR", take_dir, "every trace of DIR; may be repeated"},
    {'f', NULL, "FILE", take_file,
     "this trace; may be repeated; - is standard input"},
    {'c', NULL, "FILE", take_check,
     "check this trace for correctness only, once"},
    {'m', NULL, "NAME", take_allocator,
     "the allocator: a name of --list, a FILE.c or a FILE.so; may\n"
     "be repeated, and they stand side by side (default: mm)"},
    {'l', NULL, NULL, take_libc, "run libc's malloc as well"},
    {0, "strict", NULL, take_strict,
     "what is untidy in a trace is an error, not a warning"},

    {0, NULL, NULL, NULL, "How to check"},
    {'d', NULL, "N", take_detail,
     "0: no payload checks; 1: at free and realloc (default);\n"
     "2: all payloads and mm_checkheap after every request"},
    {'D', NULL, NULL, take_debug, "the same as -d 2"},
    {'s', NULL, "SECONDS", take_seconds,
     "CPU time that a pass over a trace may take (default: " TEXT(
         TIME_LIMIT) ")"},
    {0, "memory", "MIB", take_memory,
     "memory that a run may touch (default: " TEXT(
         MEMORY_LIMIT_MIB) "; at most 3/4 of\nthe machine's)"},
    {0, "align", "N", take_align,
     "alignment required, 8 or 16 (default: " TEXT(
         ALIGNMENT) "; for the "
                    "classic\ndialect " TEXT(ALIGNMENT_CLASSIC) ")"},
    {'n', NULL, NULL, take_fixed,
     "heap at a fixed address (default: a random one)"},

    {0, NULL, NULL, NULL, "What to show"},
    {'v', NULL, "[N]", take_verbose,
     "more figures for each trace; N is how much, 1 or 2"},
    {'V', NULL, NULL, take_very_verbose,
     "and diagnostics as each trace runs, with what it printed"},
    {'g', NULL, NULL, take_grade, "end with a line for autograders"},
    {'A', NULL, NULL, take_autolab, "end with a line of JSON for Autolab"},
    {'T', NULL, NULL, take_tabs, "a tab-separated table"},
    {0, "json", "FILE", take_json,
     "every figure, every sample and the machine, as JSON; - is\n"
     "standard output, in place of the table"},
    {0, "csv", "FILE", take_csv, "the same, as comma-separated values"},
    {0, "markdown", "FILE", take_markdown, "the table, as Markdown"},
    {0, "gradescope", "FILE", take_gradescope, "Gradescope's results.json"},
    {0, "curve", "DIR", take_curve,
     "request by request, payload and heap: a file for each\n"
     "allocator and trace"},
    {0, "color", "WHEN", take_color,
     "auto (default), always or never; NO_COLOR is heeded"},
    {0, "quiet", NULL, take_quiet, "no progress, no warnings"},

    {0, NULL, NULL, NULL, "Other"},
    {0, "list", NULL, take_list, "the names of allocators"},
    {0, "version", NULL, take_version, "the version"},
    {'h', "help", NULL, take_help, "this text"},
    {'a', NULL, NULL, take_nothing, "nothing: the team check of labs of old"},
};

#define FLAG_COUNT (sizeof flags / sizeof *flags)

/* What getopt_long returns for a flag without a letter: beyond all letters. */
#define CODE(i) (256 + (int)(i))

static const struct flag *flag_of(int code)
{
    for (size_t i = 0; i < FLAG_COUNT; i++)
        if (flags[i].take && (code == CODE(i) || code == flags[i].letter))
            return &flags[i];
    return NULL;
}

static void make_tables(char *letters, struct option *names)
{
    *letters++ = ':'; /* we print the errors */
    for (size_t i = 0; i < FLAG_COUNT; i++) {
        /* The number of -v may stand in the next word. */
        bool takes_value = flags[i].value && flags[i].value[0] != '[';
        if (flags[i].letter) {
            *letters++ = flags[i].letter;
            if (takes_value)
                *letters++ = ':';
        }
        if (flags[i].name)
            *names++ = (struct option){
                flags[i].name, takes_value ? required_argument : no_argument,
                NULL, CODE(i)};
    }
    *letters = '\0';
    *names = (struct option){0};
}

/* ---- Parsing ------------------------------------------------------------ */

__attribute__((format(printf, 2, 3))) static bool fail(char **error,
                                                       const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    if (vasprintf(error, fmt, args) < 0)
        *error = NULL;
    va_end(args);
    return false;
}

static bool bad_option(int code, char **argv, char **error)
{
    const struct flag *f = flag_of(optopt);
    if (code == ':' && optopt < 256)
        return fail(error, "-%c: expected %s, found nothing", optopt, f->value);
    if (code == ':')
        return fail(error, "--%s: expected %s, found nothing", f->name,
                    f->value);
    if (optopt >= 256) /* a long option that takes no value was given one */
        return fail(error, "%s: expected no value, found one",
                    argv[optind - 1]);
    if (optopt)
        return fail(error,
                    "-%c: expected an option (-h lists them), found "
                    "another letter",
                    optopt);
    return fail(error,
                "%s: expected an option (-h lists them), found "
                "another word",
                argv[optind - 1]);
}

static bool all_digits(const char *s)
{
    return s && *s && s[strspn(s, "0123456789")] == '\0';
}

/* The value of an option, for -v the next word if it is a number. */
static const char *value_of(const struct flag *f, char **argv)
{
    if (f->value && f->value[0] == '[' && all_digits(argv[optind]))
        return argv[optind++];
    return optarg;
}

static bool take_option(struct options *o, int code, char **argv, char **error)
{
    const struct flag *f = flag_of(code);
    if (code == '?' || code == ':' || !f)
        return bad_option(code, argv, error);
    const char *value = value_of(f, argv);
    const char *expected = f->take(o, value);
    if (!expected)
        return true;
    if (f->letter)
        return fail(error, "-%c: expected %s, found %s", f->letter, expected,
                    *value ? value : "nothing");
    return fail(error, "--%s: expected %s, found %s", f->name, expected,
                *value ? value : "nothing");
}

static void set_defaults(struct options *o)
{
    *o = (struct options){0};
    o->run.time_limit = TIME_LIMIT;
    o->run.memory = (uint64_t)MEMORY_LIMIT_MIB << 20;
    o->run.detail = 1;
}

bool options_parse(struct options *o, int argc, char **argv, char **error)
{
    char letters[2 * FLAG_COUNT + 2];
    struct option names[FLAG_COUNT + 1];
    int code;
    make_tables(letters, names);
    set_defaults(o);
    optind = 1;
    while ((code = getopt_long(argc, argv, letters, names, NULL)) != -1)
        if (!take_option(o, code, argv, error))
            return false;
    for (; optind < argc; optind++)
        add_input(o, argv[optind], false, false);
    if (o->input_count == 0)
        add_input(o, TRACE_DIR, true, false);
    if (o->allocator_count == 0)
        take_allocator(o, "mm");
    return true;
}

void options_release(struct options *o)
{
    free(o->inputs);
    free(o->allocators);
    free(o->exports);
}

/* ---- Help --------------------------------------------------------------- */

#define HELP_COLUMN 22

static void print_flag(FILE *out, const struct flag *f)
{
    char left[64] = "  ";
    size_t n = 2;
    if (f->letter)
        n += (size_t)snprintf(left + n, sizeof left - n, "-%c", f->letter);
    if (f->letter && f->name)
        n += (size_t)snprintf(left + n, sizeof left - n, ", ");
    if (f->name)
        n += (size_t)snprintf(left + n, sizeof left - n, "--%s", f->name);
    if (f->value)
        snprintf(left + n, sizeof left - n, " %s", f->value);
    fprintf(out, "%-*s", HELP_COLUMN, left);
    for (const char *p = f->help; *p; p++) {
        putc(*p, out);
        if (*p == '\n')
            fprintf(out, "%*s", HELP_COLUMN, "");
    }
    putc('\n', out);
}

void options_help(FILE *out)
{
    fprintf(out,
            "usage: mdriver [options] [FILE.rep | DIR]...\n"
            "\n"
            "Replays request traces on an allocator, checks every answer, "
            "and reports\n"
            "memory utilization and throughput.  Without arguments: mm.c on "
            "the traces\nin " TRACE_DIR "/.\n");
    for (size_t i = 0; i < FLAG_COUNT; i++)
        if (flags[i].take)
            print_flag(out, &flags[i]);
        else
            fprintf(out, "\n%s:\n", flags[i].help);
    fprintf(out, "\n"
                 "Exit status: 0 every allocator passed every trace; 1 one "
                 "failed; 2 bad usage\nor input.\n");
}
