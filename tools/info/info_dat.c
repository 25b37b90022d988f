/*
 * info_dat.c - rep info --dat: data for plots
 *
 * Files of columns divided by tabs, below one line that names them.  Classes
 * that nothing falls into are left out but in lifetimes, whose axis they are.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "driver/names.h"
#include "driver/outfile.h"
#include "tools/info/info.h"

static void put_count(FILE *out, info_wide number)
{
    char text[INFO_DECIMAL];
    fputs(info_decimal(text, number), out);
}

/* ---- The files --------------------------------------------------------- */

void info_write_sizes(FILE *out, const struct info *info)
{
    fputs("# from_bytes\tto_bytes\trequests\tbytes\n", out);
    for (size_t i = 0; i < INFO_CLASSES; i++) {
        const struct info_class *c = &info->classes[i];
        if (!c->requests)
            continue;
        fprintf(out, "%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t", c->from, c->to,
                c->requests);
        put_count(out, c->bytes);
        putc('\n', out);
    }
}

/* Where the next size falls into another of so many columns of a class, what
 * is least and most in each column is in its rows. */
static bool is_drawn(const struct info *info, size_t i, unsigned columns)
{
    const struct info_size *s = &info->sizes[i];
    if (!columns || i + 1 == info->size_count)
        return true;
    return floor(columns * info_size_place(s->size)) !=
           floor(columns * info_size_place(s[1].size));
}

void info_write_cdf(FILE *out, const struct info *info, unsigned columns)
{
    info_wide all = info->layouts[INFO_PAYLOAD].all, bytes = 0;
    uint64_t requests = 0;
    fputs("# size_bytes\trequests\tshare_of_requests\tshare_of_bytes\n", out);
    if (columns) /* where the curve begins */
        fputs("0\t0\t0\t0\n", out);
    for (size_t i = 0; i < info->size_count; i++) {
        const struct info_size *s = &info->sizes[i];
        requests += s->requests;
        bytes += (info_wide)s->size * s->requests;
        if (is_drawn(info, i, columns))
            fprintf(out, "%" PRIu64 "\t%" PRIu64 "\t%.6g\t%.6g\n", s->size,
                    s->requests, info_ratio(requests, info->met),
                    all ? info_ratio(bytes, all) : 0);
    }
}

static void write_cdf(FILE *out, const struct info *info)
{
    info_write_cdf(out, info, 0);
}

void info_write_lifetimes(FILE *out, const struct info *info)
{
    size_t end = INFO_LIFETIMES;
    while (end && !info->lifetimes[end - 1])
        end--;
    fputs("# from_requests\tto_requests\tblocks\n", out);
    for (size_t i = 0; i < end; i++)
        fprintf(out, "%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\n",
                info_lifetime_from(i), info_lifetime_to(i), info->lifetimes[i]);
    fprintf(out, "# never freed: %" PRIu64 "\n", info->end.blocks);
}

static void write_moment(FILE *out, const struct info_moment *m)
{
    fprintf(out, "%" PRIu64 "\t%" PRIu64 "\t", m->request, m->blocks);
    put_count(out, m->bytes);
    putc('\n', out);
}

static void write_live(FILE *out, const struct info *info)
{
    fputs("# request\tlive_blocks\tlive_bytes\n", out);
    for (size_t i = 0; i < info->span_count; i++) {
        const struct info_span *s = &info->spans[i];
        bool rises = s->low.request < s->high.request;
        write_moment(out, rises ? &s->low : &s->high);
        if (s->low.request != s->high.request)
            write_moment(out, rises ? &s->high : &s->low);
    }
}

static const struct dat {
    const char *name;
    void (*write)(FILE *out, const struct info *info);
} dats[] = {
    {"sizes", info_write_sizes},
    {"cdf", write_cdf},
    {"lifetimes", info_write_lifetimes},
    {"live", write_live},
};

/* ---- Writing ----------------------------------------------------------- */

static bool no_memory(char **error)
{
    *error = strdup(strerror(ENOMEM));
    return false;
}

static bool save_dat(const char *dir, const char *stem, const struct dat *dat,
                     const struct info *info, char **error)
{
    char *path;
    if (asprintf(&path, "%s/%s.%s.dat", dir, stem, dat->name) < 0)
        return no_memory(error);
    struct outfile *f = outfile_open(path, error);
    free(path);
    if (!f)
        return false;
    dat->write(outfile_stream(f), info);
    return outfile_close(f, error);
}

static bool save_trace(const char *dir, const char *stem,
                       const struct info *info, char **error)
{
    for (size_t i = 0; i < sizeof dats / sizeof dats[0]; i++)
        if (!save_dat(dir, stem, &dats[i], info, error))
            return false;
    return true;
}

bool info_save_dat(const char *dir, const struct info_set *set, char **error)
{
    if (mkdir(dir, 0777) != 0 && errno != EEXIST) {
        if (asprintf(error, "%s: expected a directory to write to, found: %s",
                     dir, strerror(errno)) < 0)
            return no_memory(error);
        return false;
    }
    bool good = true;
    for (size_t i = 0; good && i < set->count; i++) {
        const char *parts[] = {set->infos[i].name, NULL};
        char *stem = names_new(dir, parts);
        good = stem ? save_trace(dir, stem, &set->infos[i], error)
                    : no_memory(error);
        free(stem);
    }
    return good;
}
