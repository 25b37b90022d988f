/*
 * rep.h - what the verbs of rep share
 *
 * A verb is a function like main: it gets its own arguments, argv[0] being
 * "rep VERB", and returns the exit status.
 */
#ifndef REP_H
#define REP_H

#include <stdbool.h>
#include <stdint.h>

enum rep_status {
    REP_OK = 0,
    REP_FAILED = 1, /* what was examined is not as it should be */
    REP_USAGE = 2,  /* bad usage, input or output */
};

/*
 * rep_fail - print "rep: " and the rest, as for printf, as one line on stderr.
 *     Returns REP_USAGE.
 */
int rep_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * rep_fail_with - the same for an error message that somebody allocated, which
 *     is freed.
 */
int rep_fail_with(char *error);

/* rep_number - whether text is a decimal number from lo to hi, and which. */
bool rep_number(const char *text, uint64_t lo, uint64_t hi, uint64_t *number);

int rep_record(int argc, char **argv);
int rep_gen(int argc, char **argv);

#endif
