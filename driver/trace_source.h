/*
 * trace_source.h - the lines of a file, a pipe or a compressed file
 */
#ifndef TRACE_SOURCE_H
#define TRACE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "driver/trace_filter.h"

/* Characters that a line may have, its end left out. */
#define TRACE_LINE_MAX 4096

struct trace_source {
    const char *path;
    char **error;
    char *buffer;
    size_t delivered; /* bytes that the reader has had */
    size_t filled;    /* bytes that are there */
    const struct trace_filter *filter;
    pid_t unpacker, feeder; /* 0: not running */
    int fd;
    bool ended;
    bool failed; /* *error tells why, if there was memory for it */
    bool cut;    /* the last line delivered goes on in what comes next */
};

/*
 * trace_source_open - open path, "-" for standard input, and the decompressor
 *     that its first bytes ask for.  label names it in messages; it and error
 *     outlive the source.  False on error, with *error set and nothing to
 *     close.
 */
bool trace_source_open(struct trace_source *s, const char *path,
                       const char *label, char **error);

/*
 * trace_source_lines - the next lines, many at a time: [*lines, *end), whose
 *     last byte is a newline.  A line of more than TRACE_LINE_MAX characters
 *     may come in pieces of more than that.  False at the end, and, with
 *     s->failed and *error set, when there is no going on.
 */
bool trace_source_lines(struct trace_source *s, const char **lines,
                        const char **end);

/* trace_source_close - close it, wherever the reading stopped. */
void trace_source_close(struct trace_source *s);

#endif
