/*
 * curve.c - per-request data for plots
 */
#define _GNU_SOURCE
#include "driver/curve.h"

#include <inttypes.h>
#include <stdlib.h>

#include "driver/names.h"
#include "driver/outfile.h"

struct curve {
    struct outfile *file;
    FILE *out;
    uint64_t static_bytes;
};

static char *file_name(const char *dir, const char *allocator,
                       const char *trace)
{
    char *name = names_new(dir, (const char *[]){allocator, trace, NULL});
    char *path = NULL;
    if (name && asprintf(&path, "%s/%s.dat", dir, name) < 0)
        path = NULL;
    free(name);
    return path;
}

struct curve *curve_open(const char *dir, const char *allocator,
                         const char *trace, uint64_t static_bytes, char **error)
{
    struct curve *c = calloc(1, sizeof *c);
    char *path = file_name(dir, allocator, trace);
    if (c && path && outfile_directory(dir, error))
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
