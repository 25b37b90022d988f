/*
 * inputs.h - the traces that a command line names
 *
 * Whatever goes wrong is told on standard error as it is found.
 */
#ifndef INPUTS_H
#define INPUTS_H

#include <stdbool.h>
#include <stddef.h>

#include "driver/trace.h"

struct inputs {
    char **paths; /* directories opened */
    size_t count;
};

/*
 * inputs_list - the paths that arguments (ended by NULL) stand for, for
 *     inputs_free.  A directory is all traces in it, "-" is standard input.
 *     REP_USAGE if one of them cannot be had; the others are in the list.
 */
int inputs_list(struct inputs *in, char **arguments);
void inputs_free(struct inputs *in);

/* inputs_read - trace_read, with its warnings told unless quiet.  REP_OK, or
 *     REP_USAGE, and *t is then empty. */
int inputs_read(struct trace *t, const char *path, bool quiet);

#endif
