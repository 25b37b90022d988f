/*
 * trace_filter.h - the system's compressors, as filters between descriptors
 */
#ifndef TRACE_FILTER_H
#define TRACE_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* One row of the table of compressions. */
struct trace_filter {
    const char *suffix;  /* of file names */
    const char *program; /* found through PATH; -c writes to standard output */
    const char *magic;   /* how compressed data begin */
    size_t magic_length;
};

/* Enough first bytes to tell any compression. */
#define TRACE_MAGIC_MAX 6

/* trace_filter_by_magic, trace_filter_by_name - how the data that begin with
 *     these n bytes, or the file of that name, are compressed; NULL: they are
 *     not. */
const struct trace_filter *trace_filter_by_magic(const char *bytes, size_t n);
const struct trace_filter *trace_filter_by_name(const char *name);

/* trace_filter_stem - length of a name without the suffix of a compression. */
size_t trace_filter_stem(const char *name);

/*
 * trace_filter_start - run the filter, compressing or not, from the descriptor
 *     `in` to `out`; what it says on stderr is dropped.  False, with errno
 *     set, when the program cannot be run.
 */
bool trace_filter_start(const struct trace_filter *f, bool compress, int in,
                        int out, pid_t *pid);

/* What a filter ends with if it could not be run where that is not known at
 * once, as under valgrind. */
#define TRACE_FILTER_NOT_RUN 127

/*
 * trace_filter_wait - wait for the end of a filter.  Returns 0 when it did
 *     well, else what is wrong with it: the exit status, or 128 plus the
 *     signal that ended it.
 */
int trace_filter_wait(pid_t pid);

#endif
