/*
 * rep.h - what the verbs of rep share
 *
 * A verb is a function like main: it gets its own arguments, argv[0] being
 * "rep VERB", and returns the exit status.
 */
#ifndef REP_H
#define REP_H

#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "driver/trace.h"

enum rep_status {
    REP_OK = 0,
    REP_FAILED = 1, /* what was examined is not as it should be */
    REP_USAGE = 2,  /* bad usage, input or output */
};

/*
 * rep_say - print to out, as for printf.  Control characters in names and the
 *     like are shown as '?'; tabs and ends of lines pass.
 */
void rep_say(FILE *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * rep_fail - print "rep: " and the rest, as for printf, as one line on stderr.
 *     Returns REP_USAGE.
 */
int rep_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * rep_fail_with - the same for an error message that somebody allocated, which
 *     is freed; NULL: there was no memory for it.
 */
int rep_fail_with(char *error);

/* rep_choose_format - the option --name of a verb chooses an output format, of
 *     which there is one.  Returns -1 to go on, or an exit status. */
int rep_choose_format(const char **chosen, const char *verb, const char *name);

/* rep_number - whether text is a decimal number from lo to hi, and which. */
bool rep_number(const char *text, uint64_t lo, uint64_t hi, uint64_t *number);

/*
 * What every verb that writes a trace understands.  Its own options for
 * getopt_long have values below REP_OPTIONS or letters.
 */
struct rep_output {
    const char *path;
    bool classic;
    uint64_t weight; /* REP_WEIGHT_OWN: none was given */
};

#define REP_WEIGHT_OWN UINT64_MAX

enum { REP_OPTIONS = 1000, REP_CLASSIC, REP_WEIGHT };

#define REP_OUTPUT_OPTIONS                                                     \
    {"output", required_argument, NULL, 'o'},                                  \
        {"classic", no_argument, NULL, REP_CLASSIC},                           \
    {                                                                          \
        "weight", required_argument, NULL, REP_WEIGHT                          \
    }

/* After the line of --output, whose default differs; that of --weight does
 * where a trace is made from another. */
#define REP_CLASSIC_HELP                                                       \
    "    --classic           for old drivers: the classic header; calloc "     \
    "and\n"                                                                    \
    "                        memalign as malloc, no free(NULL), no size 0\n"

#define REP_OUTPUT_HELP                                                        \
    REP_CLASSIC_HELP                                                           \
    "    --weight N          weight of the trace, 0 to 3 (default 1)\n"

/* rep_output_option - whether getopt's letter is one of these options; it is
 *     taken, and *status is -1 to go on, or an exit status. */
bool rep_output_option(struct rep_output *o, int letter, int *status);

/* rep_output_form - how the options want the trace written. */
struct trace_form rep_output_form(const struct rep_output *o);

int rep_record(int argc, char **argv);
int rep_import(int argc, char **argv);
int rep_gen(int argc, char **argv);
int rep_cut(int argc, char **argv);
int rep_filter(int argc, char **argv);
int rep_balance(int argc, char **argv);
int rep_convert(int argc, char **argv);
int rep_lint(int argc, char **argv);
int rep_info(int argc, char **argv);
int rep_bound(int argc, char **argv);
int rep_shrink(int argc, char **argv);

#endif
