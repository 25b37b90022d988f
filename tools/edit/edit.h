/*
 * edit.h - what the verbs share that make a trace from another
 */
#ifndef EDIT_H
#define EDIT_H

#include "driver/trace.h"
#include "tools/rep.h"

/* What the user wants, but for what only one verb knows. */
struct edit {
    const char *verb;
    const char *path; /* of the trace that is read */
    struct rep_output output;
    int flags; /* of trace_put_all */
    bool quiet;
};

/* getopt's letters for a verb's own options are not below this. */
enum { EDIT_OWN = 300 };

struct edit_verb {
    const char *name;
    const char *help;             /* up to the options that all have */
    const struct option *options; /* its own, the last all zero */
    /* Take one of them, or, as letter 0, an argument before FILE in optarg.
     * Returns -1 to go on, or an exit status. */
    int (*take)(void *own, int letter);
    int arguments; /* before FILE */
};

/* Enough for the options of any verb. */
#define EDIT_OWN_MAX 10

/* edit_parse - read the command line.  Returns -1 to go on, or an exit
 *     status. */
int edit_parse(struct edit *e, const struct edit_verb *verb, void *own,
               int argc, char **argv);

/* edit_read - read the trace, and say what is untidy.  As edit_parse. */
int edit_read(const struct edit *e, struct trace *t);

/* edit_write - write a trace that was made from one of `before` requests, and
 *     say how many were kept.  Returns the exit status. */
int edit_write(const struct edit *e, const struct trace *t, size_t before);

/* edit_write_kept - write the requests of from that keep, by number, is not 0
 *     for.  Frees keep, which may be NULL for want of memory. */
int edit_write_kept(const struct edit *e, const struct trace *from,
                    uint8_t *keep);

#endif
