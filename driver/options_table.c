/*
 * options_table.c - every option: its handler, its help
 *
 * One table; getopt's strings, the help text and the parser all walk it.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "driver/allocator.h"
#include "driver/options_parts.h"
#include "driver/plot.h"

/* ---- Lists that grow ---------------------------------------------------- */

const char options_no_memory[] = "memory";

/* A list with room for one more, and *count raised; NULL, with all as it was,
 * without memory. */
static void *grow(void *list, size_t *count, size_t size)
{
    void *longer = reallocarray(list, *count + 1, size);
    if (longer)
        ++*count;
    return longer;
}

const char *options_add_input(struct options *o, const char *path,
                              bool directory, bool check_only)
{
    struct options_input in = {path, directory, check_only};
    void *longer = grow(o->inputs, &o->input_count, sizeof in);
    if (!longer)
        return options_no_memory;
    o->inputs = longer;
    o->inputs[o->input_count - 1] = in;
    return NULL;
}

const char *options_add_export(struct options *o, const char *format,
                               const char *path)
{
    struct options_export e = {format, path};
    void *longer = grow(o->exports, &o->export_count, sizeof e);
    if (!longer)
        return options_no_memory;
    o->exports = longer;
    o->exports[o->export_count - 1] = e;
    return NULL;
}

const char *options_add_allocator(struct options *o, const char *name)
{
    void *longer =
        grow(o->allocators, &o->allocator_count, sizeof *o->allocators);
    if (!longer)
        return options_no_memory;
    o->allocators = longer;
    o->allocators[o->allocator_count - 1] = name;
    return NULL;
}

/* ---- Handlers ----------------------------------------------------------- */

static const char *take_dir(struct options *o, const char *value)
{
    return options_add_input(o, value, true, false);
}

static const char *take_file(struct options *o, const char *value)
{
    return options_add_input(o, value, false, false);
}

static const char *take_check(struct options *o, const char *value)
{
    return options_add_input(o, value, false, true);
}

/* All that --list prints: the names of the house, and libc as -l runs it. */
static const char *take_all(struct options *o)
{
    const char *lacking = NULL;
    if (o->names) /* said before */
        return NULL;
    o->libc = true;
    o->names = allocator_names();
    if (!o->names)
        return options_no_memory;
    for (size_t i = 0; o->names[i] && !lacking; i++)
        lacking = options_add_allocator(o, o->names[i]);
    return o->names[0] ? lacking : "allocators beside mdriver, as make leaves";
}

static const char *take_allocator(struct options *o, const char *value)
{
    return strcmp(value, "all") == 0 ? take_all(o)
                                     : options_add_allocator(o, value);
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

static const char *take_break(struct options *o, const char *value)
{
    int n = small_number(value, INT_MAX);
    if (n < 1)
        return "the number of a line";
    o->run.break_at = (size_t)n;
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
    return options_add_export(o, "tsv", "-");
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

static const char *take_plot(struct options *o, const char *value)
{
    unsigned kinds = plot_find(value);
    o->plots |= kinds;
    return kinds ? NULL : "one of those that -h names, or all";
}

static const char *take_plot_dir(struct options *o, const char *value)
{
    o->run.plot_dir = value;
    return *value ? NULL : "a directory";
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

const struct flag options_flags[] = {
    {HEADING("What to run")},
    {'t', NULL, "DIR", DOES(take_dir), "every trace of DIR; may be repeated"},
    {'f', NULL, "FILE", DOES(take_file),
     "this trace; may be repeated; - is standard input"},
    {'c', NULL, "FILE", DOES(take_check),
     "check this trace for correctness only, once"},
    {'m', NULL, "NAME", DOES(take_allocator),
     "the allocator: a name of --list, a FILE.c, a FILE.so, or a\n"
     "library with malloc (libjemalloc.so.2); all is every name\n"
     "of --list; may be repeated: side by side (default: mm)"},
    {'l', NULL, NULL, SETS(libc), "run libc's malloc as well"},
    {0, "strict", NULL, SETS(strict),
     "what is untidy in a trace is an error, not a warning"},

    {HEADING("How to check")},
    {'d', NULL, "N", DOES(take_detail),
     "0: no payload checks; 1: at free and realloc (default);\n"
     "2: all payloads and mm_checkheap after every request"},
    {'D', NULL, NULL, DOES(take_debug), "the same as -d 2, and --hygiene"},
    {0, "hygiene", NULL, SETS(run.hygiene),
     "more passes: fresh memory and freed payloads hold a pattern;\n"
     "the end of the heap faults"},
    {'s', NULL, "SECONDS", DOES(take_seconds),
     "CPU time that a pass over a trace may take (default: " TEXT(
         TIME_LIMIT) ")"},
    {0, "memory", "MIB", DOES(take_memory),
     "memory that a run may touch (default: " TEXT(
         MEMORY_LIMIT_MIB) "; at most 3/4 of\nthe machine's)"},
    {0, "unconfined", NULL, SETS(unconfined),
     "let the allocator call the kernel as it likes: files, threads\n"
     "(default: only what an allocator needs)"},
    {0, "align", "N", DOES(take_align),
     "alignment required, 8 or 16 (default: " TEXT(
         ALIGNMENT) "; for the "
                    "classic\ndialect " TEXT(ALIGNMENT_CLASSIC) ")"},
    {'n', NULL, NULL, SETS(run.fixed),
     "heap at a fixed address (default: a random one)"},

    {HEADING("What else to find out, in place of the report")},
    {0, "conform", NULL, SETS(conform),
     "whether an allocator does what mm.h says: some forty\n"
     "questions, each a tiny trace; -v shows those it fails"},
    {0, "oom", NULL, SETS(oom),
     "how it takes it when memory runs out: mem_sbrk fails at\n"
     "its first, second, third ... call, once and for ever, on\n"
     "the traces named, or else on small ones of its own"},
    {0, "abuse", NULL, SETS(abuse),
     "what becomes of a double free, a write past a block ..."},
    {0, "break-at", "LINE", DOES(take_break),
     "under gdb: run the trace in this process, heap at a fixed\n"
     "address, and stop before the request on that line; failure\n"
     "reports name the line"},
    {0, "grade-checker", NULL, SETS(grade_checker),
     "how much mm_checkheap notices of a heap damaged on purpose,\n"
     "bit by bit, on the traces named, or else on small ones of\n"
     "its own; -v shows what it missed"},

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
     "end with a line of JSON for Autolab, of the first allocator;\n"
     "likewise"},
    {'T', NULL, NULL, DOES(take_tabs), "a tab-separated table"},
    {0, "json", "FILE", EXPORTS,
     "every figure, every sample and the machine, as JSON; - is\n"
     "standard output, in place of the table, for one of these"},
    {0, "csv", "FILE", EXPORTS, "the same, as comma-separated values"},
    {0, "markdown", "FILE", EXPORTS, "the table, as Markdown"},
    {0, "html", "FILE", EXPORTS,
     "one page with the tables, what failed and why, and the\n"
     "pictures of --plot; nothing is loaded from elsewhere"},
    {0, "gradescope", "FILE", EXPORTS,
     "Gradescope's results.json, of the first allocator"},
    {0, "bound", NULL, SETS(bound),
     "how far the heap is above the smallest that one finds who\n"
     "knows the whole trace (see rep bound)"},
    {0, "compare", NULL, SETS(compare),
     "one table with a column for each allocator, the best of\n"
     "each row marked; two are timed against each other as well"},
    {0, "curve", "DIR", DOES(take_curve),
     "request by request, payload and heap: a file for each\n"
     "allocator and trace, DIR/mm-x.dat; where two have one name\n"
     "DIR/mm-x.2.dat is the second"},
    {0, "plot", "WHAT", DOES(take_plot),
     "draw, with gnuplot if it is there: overhead, latency (of each\n"
     "trace), heapmap, fragmentation (and each allocator),\n"
     "utilization, pareto, scaling (of all), or all; may be\n"
     "repeated; runs are timed only where one, or an export, asks\n"
     "for it; see docs/pictures.md"},
    {0, "plot-dir", "DIR", DOES(take_plot_dir),
     "where pictures go, with data and scripts (default:\n" PLOT_DIR ")"},
    {0, "map", NULL, SETS(map),
     "draw the heap, request by request, in the terminal; runs are\n"
     "timed only if an export needs it"},
    {0, "color", "WHEN", DOES(take_color),
     "auto (default), always or never; NO_COLOR is heeded"},
    {0, "quiet", NULL, SETS(quiet), "no progress, no warnings"},

    {HEADING("Other")},
    {0, "list", NULL, SETS(list), "the names of allocators"},
    {0, "version", NULL, SETS(version), "the version"},
    {'h', "help", NULL, SETS(help), "this text"},
    {'a', NULL, NULL, DOES(take_nothing),
     "nothing: the team check of labs of old"},
    {0, NULL, NULL, NULL, 0, NULL},
};

static_assert(sizeof options_flags / sizeof *options_flags <= OPTIONS_FLAGS_MAX,
              "the parser's tables hold every option");
