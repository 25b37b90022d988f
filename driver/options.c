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
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "driver/place.h"

/* An option's handler; value is NULL for an option that takes none.  Returns
 * NULL, or what was expected instead. */
typedef const char *take(struct options *o, const char *value);

struct flag {
    char letter;      /* 0: it has none */
    const char *name; /* NULL: it has none; without both it is a heading */
    const char *value;
    take *take;    /* NULL: it sets a bool, or has the name of a format */
    size_t offset; /* of that bool in struct options; 0: a format */
    const char *help;
};

/* ---- Lists that grow ---------------------------------------------------- */

/* What a handler says when it has no memory: no sentence of its own. */
static const char no_memory[] = "memory";

/* A list with room for one more, and *count raised; NULL, with all as it was,
 * without memory. */
static void *grow(void *list, size_t *count, size_t size)
{
    void *longer = reallocarray(list, *count + 1, size);
    if (longer)
        ++*count;
    return longer;
}

static const char *add_input(struct options *o, const char *path,
                             bool directory, bool check_only)
{
    struct options_input in = {path, directory, check_only};
    void *longer = grow(o->inputs, &o->input_count, sizeof in);
    if (!longer)
        return no_memory;
    o->inputs = longer;
    o->inputs[o->input_count - 1] = in;
    return NULL;
}

static const char *add_export(struct options *o, const char *format,
                              const char *path)
{
    struct options_export e = {format, path};
    void *longer = grow(o->exports, &o->export_count, sizeof e);
    if (!longer)
        return no_memory;
    o->exports = longer;
    o->exports[o->export_count - 1] = e;
    return NULL;
}

/* ---- Handlers ----------------------------------------------------------- */

static const char *take_dir(struct options *o, const char *value)
{
    return add_input(o, value, true, false);
}

static const char *take_file(struct options *o, const char *value)
{
    return add_input(o, value, false, false);
}

static const char *take_check(struct options *o, const char *value)
{
    return add_input(o, value, false, true);
}

static const char *take_allocator(struct options *o, const char *value)
{
    void *longer =
        grow(o->allocators, &o->allocator_count, sizeof *o->allocators);
    if (!longer)
        return no_memory;
    o->allocators = longer;
    o->allocators[o->allocator_count - 1] = value;
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

static const char *take_nothing(struct options *o, const char *value)
{
    (void)o;
    (void)value;
    return NULL;
}

static const char *take_tabs(struct options *o, const char *value)
{
    (void)value;
    for (size_t i = 0; i < o->export_count; i++)
        if (strcmp(o->exports[i].format, "tsv") == 0)
            return NULL;
    return add_export(o, "tsv", "-");
}

static const char *take_align(struct options *o, const char *value)
{
    int n = small_number(value, 16);
    if (n != 8 && n != 16)
        return "8 or 16";
    o->run.align = (size_t)n;
    return NULL;
}

static const char *take_curve(struct options *o, const char *value)
{
    o->run.curve_dir = value;
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

/* ---- The table ---------------------------------------------------------- */

#define TEXT_(x) #x
#define TEXT(x)  TEXT_(x)

#define HEADING(text) 0, NULL, NULL, NULL, 0, text
#define DOES(take)    take, 0
#define SETS(field)   NULL, offsetof(struct options, field)
#define EXPORTS       NULL, 0

static const struct flag flags[] = {
    {HEADING("What to run")},
    {'t', NULL, "DIR", DOES(take_dir), "every trace of DIR; may be repeated"},
    {'f', NULL, "FILE", DOES(take_file),
     "this trace; may be repeated; - is standard input"},
    {'c', NULL, "FILE", DOES(take_check),
     "check this trace for correctness only, once"},
    {'m', NULL, "NAME", DOES(take_allocator),
     "the allocator: a name of --list, a FILE.c or a FILE.so; may\n"
     "be repeated, and they stand side by side (default: mm)"},
    {'l', NULL, NULL, SETS(libc), "run libc's malloc as well"},
    {0, "strict", NULL, SETS(strict),
     "what is untidy in a trace is an error, not a warning"},

    {HEADING("How to check")},
    {'d', NULL, "N", DOES(take_detail),
     "0: no payload checks; 1: at free and realloc (default);\n"
     "2: all payloads and mm_checkheap after every request"},
    {'D', NULL, NULL, DOES(take_debug), "the same as -d 2"},
    {'s', NULL, "SECONDS", DOES(take_seconds),
     "CPU time that a pass over a trace may take (default: " TEXT(
         TIME_LIMIT) ")"},
    {0, "memory", "MIB", DOES(take_memory),
     "memory that a run may touch (default: " TEXT(
         MEMORY_LIMIT_MIB) "; at most 3/4 of\nthe machine's)"},
    {0, "align", "N", DOES(take_align),
     "alignment required, 8 or 16 (default: " TEXT(
         ALIGNMENT) "; for the "
                    "classic\ndialect " TEXT(ALIGNMENT_CLASSIC) ")"},
    {'n', NULL, NULL, SETS(run.fixed),
     "heap at a fixed address (default: a random one)"},

    {HEADING("What to show")},
    {'v', NULL, "[N]", DOES(take_verbose),
     "more figures for each trace; N is how much, 1 or 2"},
    {'V', NULL, NULL, DOES(take_very_verbose),
     "and diagnostics as each trace runs, with what it printed"},
    {'g', NULL, NULL, SETS(grade_line),
     "end with a line for autograders, each after its name where\n"
     "there are several allocators; on standard error where an\n"
     "export has standard output"},
    {'A', NULL, NULL, SETS(autolab),
     "end with a line of JSON for Autolab; likewise"},
    {'T', NULL, NULL, DOES(take_tabs), "a tab-separated table"},
    {0, "json", "FILE", EXPORTS,
     "every figure, every sample and the machine, as JSON; - is\n"
     "standard output, in place of the table, for one of these"},
    {0, "csv", "FILE", EXPORTS, "the same, as comma-separated values"},
    {0, "markdown", "FILE", EXPORTS, "the table, as Markdown"},
    {0, "gradescope", "FILE", EXPORTS, "Gradescope's results.json"},
    {0, "bound", NULL, SETS(bound),
     "how far the heap is above the smallest that is found by who\n"
     "knows the whole trace (see rep bound)"},
    {0, "curve", "DIR", DOES(take_curve),
     "request by request, payload and heap: a file for each\n"
     "allocator and trace, DIR/mm-x.dat; where two have one name\n"
     "DIR/mm-x.2.dat is the second"},
    {0, "color", "WHEN", DOES(take_color),
     "auto (default), always or never; NO_COLOR is heeded"},
    {0, "quiet", NULL, SETS(quiet), "no progress, no warnings"},

    {HEADING("Other")},
    {0, "list", NULL, SETS(list), "the names of allocators"},
    {0, "version", NULL, SETS(version), "the version"},
    {'h', "help", NULL, SETS(help), "this text"},
    {'a', NULL, NULL, DOES(take_nothing),
     "nothing: the team check of labs of old"},
};

#define FLAG_COUNT (sizeof flags / sizeof *flags)

/* What getopt_long returns for a flag without a letter: beyond all letters. */
#define CODE(i) (256 + (int)(i))

static bool is_heading(const struct flag *f)
{
    return !f->letter && !f->name;
}

static const struct flag *flag_of(int code)
{
    for (size_t i = 0; i < FLAG_COUNT; i++)
        if (!is_heading(&flags[i]) &&
            (code == CODE(i) || code == flags[i].letter))
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
        return fail(error, "-%c: no such option (-h lists them)", optopt);
    const char *word = argv[optind - 1];
    return fail(error, "%.*s: no such option (-h lists them)",
                (int)strcspn(word, "="), word);
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

static bool bad_value(const struct flag *f, const char *expected,
                      const char *value, char **error)
{
    const char *found = value && *value ? value : "nothing";
    if (expected == no_memory)
        *error = NULL;
    else if (f->letter)
        fail(error, "-%c: expected %s, found %s", f->letter, expected, found);
    else
        fail(error, "--%s: expected %s, found %s", f->name, expected, found);
    return false;
}

static bool take_option(struct options *o, int code, char **argv, char **error)
{
    const struct flag *f = flag_of(code);
    if (code == '?' || code == ':' || !f)
        return bad_option(code, argv, error);
    const char *value = value_of(f, argv);
    const char *expected = NULL;
    if (f->take)
        expected = f->take(o, value);
    else if (f->offset)
        *(bool *)((char *)o + f->offset) = true;
    else
        expected = add_export(o, f->name, value);
    return !expected || bad_value(f, expected, value, error);
}

static bool take_options(struct options *o, int argc, char **argv, char **error)
{
    char letters[2 * FLAG_COUNT + 2];
    struct option names[FLAG_COUNT + 1];
    int code;
    make_tables(letters, names);
    optind = 1;
    while ((code = getopt_long(argc, argv, letters, names, NULL)) != -1)
        if (!take_option(o, code, argv, error))
            return false;
    return true;
}

struct claim {
    char flag[32];
};

/* How the command line asked for an export. */
static struct claim claim_of(const struct options_export *e)
{
    struct claim c = {"-T"};
    if (strcmp(e->format, "tsv") != 0)
        snprintf(c.flag, sizeof c.flag, "--%s -", e->format);
    return c;
}

/* Two exports in one stream are none. */
static bool share_stdout(const struct options *o, char **error)
{
    const struct options_export *holder = NULL;
    for (size_t i = 0; i < o->export_count; i++) {
        const struct options_export *e = &o->exports[i];
        if (strcmp(e->path, "-") != 0)
            continue;
        if (holder)
            return fail(error, "%s: standard output is taken by %.*s",
                        claim_of(e).flag,
                        (int)strcspn(claim_of(holder).flag, " "),
                        claim_of(holder).flag);
        holder = e;
    }
    return true;
}

bool options_stdout_taken(const struct options *o)
{
    for (size_t i = 0; i < o->export_count; i++)
        if (strcmp(o->exports[i].path, "-") == 0)
            return true;
    return false;
}

static void set_defaults(struct options *o)
{
    *o = (struct options){0};
    o->run.time_limit = TIME_LIMIT;
    o->run.memory = (uint64_t)MEMORY_LIMIT_MIB << 20;
    o->run.detail = 1;
}

/* What was not named.  Without traces here, those beside the program (two
 * floors up for one in build/debug), or where `make install` puts them. */
static const char *add_defaults(struct options *o)
{
    static const char *const places[] = {TRACE_DIR, "../../" TRACE_DIR,
                                         "../share/mdriver/" TRACE_DIR, NULL};
    const char *lacking = NULL;
    if (o->input_count == 0) {
        if (access(TRACE_DIR, F_OK) != 0)
            o->trace_dir = place_find(places, "");
        lacking =
            add_input(o, o->trace_dir ? o->trace_dir : TRACE_DIR, true, false);
    }
    if (!lacking && o->allocator_count == 0)
        lacking = take_allocator(o, "mm");
    return lacking;
}

bool options_parse(struct options *o, int argc, char **argv, char **error)
{
    const char *lacking = NULL;
    *error = NULL;
    set_defaults(o);
    if (!take_options(o, argc, argv, error) || !share_stdout(o, error))
        return false;
    for (; optind < argc && !lacking; optind++)
        lacking = add_input(o, argv[optind], false, false);
    if (!lacking)
        lacking = add_defaults(o);
    return !lacking;
}

void options_release(struct options *o)
{
    free(o->inputs);
    free(o->allocators);
    free(o->exports);
    free(o->trace_dir);
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
            "the traces\nin " TRACE_DIR "/, here or else where mdriver is or "
            "was installed.\n");
    for (size_t i = 0; i < FLAG_COUNT; i++)
        if (!is_heading(&flags[i]))
            print_flag(out, &flags[i]);
        else
            fprintf(out, "\n%s:\n", flags[i].help);
    fprintf(out, "\n"
                 "Exit status: 0 every allocator passed every trace; 1 one "
                 "failed; 2 bad usage\nor input.\n");
}
