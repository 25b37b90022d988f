/*
 * info_dat.c - rep info --dat: data for plots
 *
 * Files of columns divided by tabs, below one line that names them.  Classes
 * that nothing falls into are left out but in lifetimes, whose axis they are.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "driver/outfile.h"
#include "tools/info/info.h"

static void put_count(FILE *out, info_wide number)
{
    char text[INFO_DECIMAL];
    fputs(info_decimal(text, number), out);
}

/* ---- The files --------------------------------------------------------- */

static void write_sizes(FILE *out, const struct info *info)
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

/* Shares of the requests, and of their bytes, for no more than that size. */
static void write_cdf(FILE *out, const struct info *info)
{
    info_wide all = info->layouts[INFO_PAYLOAD].all, bytes = 0;
    uint64_t requests = 0;
    fputs("# size_bytes\trequests\tshare_of_requests\tshare_of_bytes\n", out);
    for (size_t i = 0; i < info->size_count; i++) {
        const struct info_size *s = &info->sizes[i];
        requests += s->requests;
        bytes += (info_wide)s->size * s->requests;
        fprintf(out, "%" PRIu64 "\t%" PRIu64 "\t%.6g\t%.6g\n", s->size,
                s->requests, info_ratio(requests, info->met),
                all ? info_ratio(bytes, all) : 0);
    }
}

static void write_lifetimes(FILE *out, const struct info *info)
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
    {"sizes", write_sizes},
    {"cdf", write_cdf},
    {"lifetimes", write_lifetimes},
    {"live", write_live},
};

/* ---- Their names ------------------------------------------------------- */

/* stem_of - NAME, or with a number from 2 on NAME.NUMBER; NULL: no memory. */
static char *stem_of(const char *name, size_t number)
{
    char *stem;
    int n = number > 1 ? asprintf(&stem, "%s.%zu", name, number)
                       : asprintf(&stem, "%s", name);
    return n < 0 ? NULL : stem;
}

static bool is_among(char *const *stems, size_t count, const char *stem)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(stems[i], stem) == 0)
            return true;
    return false;
}

/* x.rep and x.rep.gz are two traces of one name. */
static char *new_stem(char *const *stems, size_t count, const char *name)
{
    size_t number = 1;
    char *stem = stem_of(name, number);
    while (stem && is_among(stems, count, stem)) {
        free(stem);
        stem = stem_of(name, ++number);
    }
    return stem;
}

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

static bool save_all(const char *dir, const struct info_set *set, char **stems,
                     char **error)
{
    for (size_t i = 0; i < set->count; i++) {
        stems[i] = new_stem(stems, i, set->infos[i].name);
        if (!stems[i])
            return no_memory(error);
        if (!save_trace(dir, stems[i], &set->infos[i], error))
            return false;
    }
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
    char **stems = calloc(set->count + 1, sizeof *stems);
    bool good = stems ? save_all(dir, set, stems, error) : no_memory(error);
    for (size_t i = 0; stems && i < set->count; i++)
        free(stems[i]);
    free(stems);
    return good;
}
