/*
 * options.c - from the words of the command to struct options
 *
 * The options themselves are in options_table.c.
 */
#define _GNU_SOURCE
#include "driver/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "driver/options_parts.h"
#include "driver/place.h"
#include "driver/plot.h"
#include "driver/terminal.h"

/* What getopt_long returns for a flag without a letter: beyond all letters. */
#define CODE(i) (256 + (int)(i))

static const struct flag *flag_of(int code)
{
    for (const struct flag *f = options_flags; f->help; f++)
        if (!options_is_heading(f) &&
            (code == CODE(f - options_flags) || code == f->letter))
            return f;
    return NULL;
}

static void make_tables(char *letters, struct option *names)
{
    *letters++ = ':'; /* we print the errors */
    for (const struct flag *f = options_flags; f->help; f++) {
        /* The number of -v may stand in the next word. */
        bool takes_value = f->value && f->value[0] != '[';
        if (f->letter) {
            *letters++ = f->letter;
            if (takes_value)
                *letters++ = ':';
        }
        if (f->name)
            *names++ = (struct option){
                f->name, takes_value ? required_argument : no_argument, NULL,
                CODE(f - options_flags)};
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
    if (expected == options_no_memory)
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
        expected = options_add_export(o, f->name, value);
    return !expected || bad_value(f, expected, value, error);
}

static bool take_options(struct options *o, int argc, char **argv, char **error)
{
    char letters[2 * OPTIONS_FLAGS_MAX + 2];
    struct option names[OPTIONS_FLAGS_MAX + 1];
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

bool options_examines(const struct options *o)
{
    return o->conform || o->oom || o->abuse || o->grade_checker ||
           o->run.break_at;
}

bool options_times(const struct options *o)
{
    bool draws = o->plots || o->map;
    return !draws || plot_needs(o->plots).timed || o->export_count ||
           o->compare || o->grade_line || o->autolab;
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
    o->run.plot_dir = PLOT_DIR;
}

/* What pictures need of the runs. */
static void ask_for_pictures(struct options *o)
{
    struct plot_needs needs = plot_needs(o->plots);
    o->run.data = needs.data;
    o->bound |= needs.bound;
    if (!o->map)
        return;
    size_t width = terminal_width();
    o->run.map_columns = width ? width : 80;
    o->run.map_utf8 = terminal_utf8();
    o->run.map_color =
        o->color == COLOR_AUTO ? terminal_color() : o->color == COLOR_ALWAYS;
}

/* What was not named.  Without traces here, those beside the program (two
 * floors up for one in build/debug), or where `make install` puts them. */
static const char *add_defaults(struct options *o)
{
    static const char *const places[] = {TRACE_DIR, "../../" TRACE_DIR,
                                         "../share/mdriver/" TRACE_DIR, NULL};
    const char *lacking = NULL;
    if (o->input_count == 0 && !options_examines(o)) {
        if (access(TRACE_DIR, F_OK) != 0)
            o->trace_dir = place_find(places, "");
        lacking = options_add_input(o, o->trace_dir ? o->trace_dir : TRACE_DIR,
                                    true, false);
    }
    if (!lacking && o->allocator_count == 0)
        lacking = options_add_allocator(o, "mm");
    return lacking;
}

/* The first option that is for another report than an examination's; "" for
 * none. */
static struct claim claim_besides(const struct options *o)
{
    struct claim c = {""};
    if (o->export_count)
        c = claim_of(&o->exports[0]);
    else if (o->compare)
        c = (struct claim){"--compare"};
    else if (o->bound)
        c = (struct claim){"--bound"};
    else if (o->run.curve_dir)
        c = (struct claim){"--curve"};
    else if (o->plots)
        c = (struct claim){"--plot"};
    else if (o->map)
        c = (struct claim){"--map"};
    else if (o->grade_line)
        c = (struct claim){"-g"};
    else if (o->autolab)
        c = (struct claim){"-A"};
    return c;
}

/* An examination has questions and a report of its own. */
static bool examinations_possible(const struct options *o, char **error)
{
    const char *flag = o->conform         ? "--conform"
                       : o->oom           ? "--oom"
                       : o->abuse         ? "--abuse"
                       : o->grade_checker ? "--grade-checker"
                       : o->run.break_at  ? "--break-at"
                                          : NULL;
    if (flag && o->input_count && !o->oom && !o->grade_checker &&
        !o->run.break_at)
        return fail(error, "%s: expected no trace, found %s", flag,
                    o->inputs[0].path);
    struct claim other = claim_besides(o);
    if (flag && *other.flag)
        return fail(error, "%s: expected no other report, found %.*s", flag,
                    (int)strcspn(other.flag, " "), other.flag);
    return true;
}

bool options_parse(struct options *o, int argc, char **argv, char **error)
{
    const char *lacking = NULL;
    *error = NULL;
    set_defaults(o);
    if (!take_options(o, argc, argv, error) || !share_stdout(o, error))
        return false;
    for (; optind < argc && !lacking; optind++)
        lacking = options_add_input(o, argv[optind], false, false);
    if (!lacking && !examinations_possible(o, error))
        return false;
    if (!lacking)
        lacking = add_defaults(o);
    ask_for_pictures(o);
    return !lacking;
}

void options_release(struct options *o)
{
    free(o->inputs);
    free(o->allocators);
    for (size_t i = 0; o->names && o->names[i]; i++)
        free(o->names[i]);
    free(o->names);
    free(o->exports);
    free(o->trace_dir);
}
