/*
 * trace_filter.c - the system's compressors, as filters between descriptors
 *
 * A compression is known by the first bytes of the data when they are read,
 * so that a misnamed file and standard input are read as well, and by the
 * suffix when a file is written.
 */
#define _GNU_SOURCE
#include "driver/trace_filter.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static const struct trace_filter filters[] = {
    {".gz", "gzip", "\x1f\x8b", 2},
    {".xz", "xz",
     "\xfd"
     "7zXZ\0",
     6},
    {".zst", "zstd", "\x28\xb5\x2f\xfd", 4},
};

#define FILTERS (sizeof(filters) / sizeof(filters[0]))

const struct trace_filter *trace_filter_by_magic(const char *bytes, size_t n)
{
    for (const struct trace_filter *f = filters; f < filters + FILTERS; f++)
        if (n >= f->magic_length &&
            memcmp(bytes, f->magic, f->magic_length) == 0)
            return f;
    return NULL;
}

const struct trace_filter *trace_filter_by_name(const char *name)
{
    size_t length = strlen(name);
    for (const struct trace_filter *f = filters; f < filters + FILTERS; f++) {
        size_t suffix = strlen(f->suffix);
        if (length > suffix && strcmp(name + length - suffix, f->suffix) == 0)
            return f;
    }
    return NULL;
}

size_t trace_filter_stem(const char *name)
{
    const struct trace_filter *f = trace_filter_by_name(name);
    return strlen(name) - (f ? strlen(f->suffix) : 0);
}

bool trace_filter_start(const struct trace_filter *f, bool compress, int in,
                        int out, pid_t *pid)
{
    const char *const argv[] = {f->program, compress ? "-c" : "-dc", NULL};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    int why = posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    if (why == 0)
        why = posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    if (why == 0)
        why = posix_spawn_file_actions_addopen(&actions, STDERR_FILENO,
                                               "/dev/null", O_WRONLY, 0);
    if (why == 0)
        why = posix_spawnp(pid, f->program, &actions, NULL, (char *const *)argv,
                           environ);
    posix_spawn_file_actions_destroy(&actions);
    errno = why;
    return why == 0;
}

int trace_filter_wait(pid_t pid)
{
    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return errno;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
