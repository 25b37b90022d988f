/*
 * options.h - the flag table: parse, help text, defaults
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "driver/run.h"

enum options_color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* -t, -f, -c and plain arguments, in their order. */
struct options_input {
    const char *path;
    bool directory; /* it must be one; else it is what it is */
    bool check_only;
};

/* --json FILE and its like; -T is "tsv" to "-". */
struct options_export {
    const char *format;
    const char *path;
};

struct options {
    struct run_options run; /* first: no flag's bool is at offset 0 */
    struct options_input *inputs;
    size_t input_count;
    const char **allocators;
    size_t allocator_count;
    char **names; /* of them, those that -m all brought; ends with NULL */
    struct options_export *exports;
    size_t export_count;
    bool libc;
    int verbose; /* 1: every figure; 2: diagnostics as each trace runs too */
    bool strict;
    bool unconfined; /* system calls are not filtered */
    bool bound, compare;
    unsigned plots; /* kinds of pictures, see plot.h */
    bool map;
    /* Examinations, in place of the report. */
    bool conform, oom, abuse, grade_checker;
    bool grade_line, autolab, quiet;
    enum options_color color;
    bool help, version, list; /* do that and nothing else */
    char *trace_dir;          /* found, where no input was named */
};

/*
 * options_parse - fill *o from the command line; what is not given has its
 *     default.  False on error: *error is one line for the caller to free, NULL
 *     without memory.  options_release frees what the lists hold.
 */
bool options_parse(struct options *o, int argc, char **argv, char **error);
void options_release(struct options *o);

/* options_examines - whether an examination was asked for. */
bool options_examines(const struct options *o);

/* options_times - whether runs are to be timed: what was asked for may do
 *     without. */
bool options_times(const struct options *o);

/* options_stdout_taken - whether an export has standard output for itself. */
bool options_stdout_taken(const struct options *o);

/* options_help - the text of -h, made from the table. */
void options_help(FILE *out);

#endif
