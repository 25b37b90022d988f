/*
 * curve.c - per-request data for plots
 */
#define _GNU_SOURCE
#include "driver/curve.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "driver/outfile.h"

struct curve {
    struct outfile *file;
    FILE *out;
    uint64_t static_bytes;
};

/* The names of this process's files: x.rep and x.rep.gz are two traces of one
 * name, and the second is not to replace the first's. */
static char **used;
static size_t used_count;

static bool is_used(const char *path)
{
    for (size_t i = 0; i < used_count; i++)
        if (strcmp(used[i], path) == 0)
            return true;
    return false;
}

static bool use(const char *path)
{
    char **longer = reallocarray(used, used_count + 1, sizeof *used);
    if (!longer)
        return false;
    used = longer;
    used[used_count] = strdup(path);
    return used[used_count] && ++used_count;
}

/* The name of an allocator may be a path: its slashes become dots. */
static char *numbered_name(const char *dir, const char *allocator,
                           const char *trace, size_t number)
{
    char *path, text[24] = "";
    allocator += strspn(allocator, "./"); /* or the file would be hidden */
    if (number > 1)
        snprintf(text, sizeof text, ".%zu", number);
    if (asprintf(&path, "%s/%s-%s%s.dat", dir, allocator, trace, text) < 0)
        return NULL;
    for (char *p = path + strlen(dir) + 1; *p; p++)
        if (*p == '/')
            *p = '.';
    return path;
}

static char *file_name(const char *dir, const char *allocator,
                       const char *trace)
{
    size_t number = 1;
    char *path = numbered_name(dir, allocator, trace, number);
    while (path && is_used(path)) {
        free(path);
        path = numbered_name(dir, allocator, trace, ++number);
    }
    if (path && use(path))
        return path;
    free(path);
    return NULL;
}

struct curve *curve_open(const char *dir, const char *allocator,
                         const char *trace, uint64_t static_bytes, char **error)
{
    struct curve *c = calloc(1, sizeof *c);
    char *path = file_name(dir, allocator, trace);
    if (mkdir(dir, 0777) != 0 && errno != EEXIST) {
        if (asprintf(error, "%s: expected a directory to write to, found: %s",
                     dir, strerror(errno)) < 0)
            *error = NULL;
    } else if (c && path)
        c->file = outfile_open(path, error);
    free(path);
    if (!c || !c->file) {
        free(c);
        return NULL;
    }
    c->out = outfile_stream(c->file);
    c->static_bytes = static_bytes;
    fprintf(c->out,
            "# request\tlive_bytes\tpeak_live_bytes\theap_bytes\toverhead\n");
    return c;
}

void curve_add(void *context, const struct replay_moment *m)
{
    struct curve *c = context;
    uint64_t heap = m->heap + c->static_bytes;
    fprintf(c->out, "%zu\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64, m->served,
            m->live, m->peak, heap);
    if (m->peak)
        fprintf(c->out, "\t%.6g\n", (double)heap / (double)m->peak - 1);
    else
        fprintf(c->out, "\tNaN\n");
}

bool curve_close(struct curve *c, bool keep, char **error)
{
    bool good = true;
    if (keep)
        good = outfile_close(c->file, error);
    else
        outfile_abandon(c->file);
    free(c);
    return good;
}
