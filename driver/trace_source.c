/*
 * trace_source.c - the lines of a file, a pipe or a compressed file
 *
 * One path for all: large read()s into one buffer, the started line carried
 * to its front.  Not mmap, which would count the file into the memory in use
 * and does not work for pipes.  That a decompressor did well is known before
 * the last line is delivered.
 */
#define _GNU_SOURCE
#include "driver/trace_source.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "driver/trace_model.h"

/* Bytes asked for at once (tests make it few), and the room for them behind a
 * started line and before a newline that the file lacks. */
#ifndef BLOCK
#define BLOCK ((size_t)1 << 20)
#endif
#define BUFFER (BLOCK + TRACE_LINE_MAX + 2)

/* ---- Bytes ------------------------------------------------------------- */

static bool fail_read(struct trace_source *s)
{
    if (errno == EISDIR)
        return trace_fail(s->error, "%s: expected a trace, found a directory",
                          s->path);
    return trace_fail(s->error, "%s: cannot read: %s", s->path,
                      strerror(errno));
}

static ssize_t read_some(int fd, char *to, size_t size)
{
    ssize_t n;
    do
        n = read(fd, to, size);
    while (n < 0 && errno == EINTR);
    return n;
}

static bool fill(struct trace_source *s)
{
    ssize_t n = read_some(s->fd, s->buffer + s->filled, BLOCK);
    if (n < 0)
        return fail_read(s);
    s->filled += (size_t)n;
    s->ended = n == 0;
    return true;
}

/* ---- Decompression ----------------------------------------------------- */

/* In a process of its own: what was read of the pipe already, then the rest. */
static pid_t start_feeder(struct trace_source *s, const int pipe_ends[2])
{
    pid_t pid = fork();
    if (pid)
        return pid;
    close(pipe_ends[0]);
    ssize_t n = (ssize_t)s->filled;
    while (n > 0 && trace_write_all(pipe_ends[1], s->buffer, (size_t)n))
        n = read_some(s->fd, s->buffer, BLOCK);
    _exit(n != 0);
}

/* Make s->fd, which cannot be rewound, a pipe that begins with what was read
 * of it. */
static bool put_back(struct trace_source *s)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return fail_read(s);
    s->feeder = start_feeder(s, ends);
    close(ends[1]);
    close(s->fd);
    s->fd = ends[0];
    if (s->feeder > 0)
        return true;
    s->feeder = 0;
    return fail_read(s);
}

static bool fail_start(struct trace_source *s, const char *program)
{
    return trace_fail(s->error, "%s: cannot run %s to decompress it: %s",
                      s->path, program, strerror(errno));
}

/* Let the filter stand between s->fd and us. */
static bool unpack(struct trace_source *s, off_t begin)
{
    int ends[2];
    if ((begin < 0 || lseek(s->fd, begin, SEEK_SET) < 0) && !put_back(s))
        return false;
    if (pipe2(ends, O_CLOEXEC) < 0)
        return fail_start(s, s->filter->program);
    (void)fcntl(ends[0], F_SETPIPE_SZ, (int)BLOCK); /* fewer switches, if so */
    bool started =
        trace_filter_start(s->filter, false, s->fd, ends[1], &s->unpacker);
    int failure = errno;
    close(ends[1]);
    close(s->fd);
    s->fd = ends[0];
    s->filled = 0;
    s->ended = false;
    errno = failure;
    return started || fail_start(s, s->filter->program);
}

static bool unpacked_well(struct trace_source *s)
{
    if (!s->unpacker)
        return true;
    int status = trace_filter_wait(s->unpacker);
    s->unpacker = 0;
    errno = ENOENT;
    if (status == TRACE_FILTER_NOT_RUN)
        return fail_start(s, s->filter->program);
    return status == 0 ||
           trace_fail(s->error,
                      "%s: expected whole %s data, found them damaged or cut "
                      "short (%s -dc ended with status %d)",
                      s->path, s->filter->suffix, s->filter->program, status);
}

/* ---- Lines ------------------------------------------------------------- */

static bool begin(struct trace_source *s)
{
    off_t start = lseek(s->fd, 0, SEEK_CUR);
    while (!s->ended && s->filled < TRACE_MAGIC_MAX)
        if (!fill(s))
            return false;
    s->filter = trace_filter_by_magic(s->buffer, s->filled);
    return !s->filter || unpack(s, start);
}

bool trace_source_open(struct trace_source *s, const char *path,
                       const char *label, char **error)
{
    *s = (struct trace_source){.path = label, .error = error};
    s->fd = strcmp(path, "-") == 0 ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
                                   : open(path, O_RDONLY | O_CLOEXEC);
    if (s->fd < 0)
        return trace_fail(error, "%s: cannot open: %s", label, strerror(errno));
    s->buffer = malloc(BUFFER);
    if (s->buffer ? begin(s) : fail_read(s))
        return true;
    trace_source_close(s);
    return false;
}

/* Carry the started line to the front and read on. */
static bool more(struct trace_source *s)
{
    s->filled -= s->delivered;
    memmove(s->buffer, s->buffer + s->delivered, s->filled);
    s->delivered = 0;
    return fill(s) && (!s->ended || unpacked_well(s));
}

static bool deliver(struct trace_source *s, size_t upto, bool cut,
                    const char **lines, const char **end)
{
    *lines = s->buffer + s->delivered;
    *end = s->buffer + upto;
    s->delivered = upto;
    s->cut = cut;
    return true;
}

bool trace_source_lines(struct trace_source *s, const char **lines,
                        const char **end)
{
    for (;;) {
        size_t open = s->filled - s->delivered;
        char *newline = memrchr(s->buffer + s->delivered, '\n', open);
        if (newline)
            return deliver(s, (size_t)(newline + 1 - s->buffer), false, lines,
                           end);
        if (open > TRACE_LINE_MAX + 1 || (s->ended && open)) {
            s->buffer[s->filled++] = '\n';
            return deliver(s, s->filled, !s->ended, lines, end);
        }
        if (s->ended)
            return false;
        s->failed = !more(s);
        if (s->failed)
            return false;
    }
}

/* A process whose pipe was closed may still wait for data. */
static void end_process(pid_t pid)
{
    if (!pid)
        return;
    kill(pid, SIGKILL); /* the feeder inherits what we do about SIGTERM */
    trace_filter_wait(pid);
}

void trace_source_close(struct trace_source *s)
{
    close(s->fd);
    end_process(s->unpacker);
    end_process(s->feeder);
    free(s->buffer);
    s->buffer = NULL;
}
