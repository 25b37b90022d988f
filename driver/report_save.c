/*
 * report_save.c - the formats by name, and how they get into files
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>

#include "driver/outfile.h"
#include "driver/report_parts.h"

const struct report_exporter report_exporters[] = {
    {"json", report_write_json, "every figure and sample, and the machine"},
    {"csv", report_write_csv, "the same as comma-separated values"},
    {"markdown", report_write_markdown, "the tables, for an issue or a README"},
    {"html", report_write_html, "a page with tables and pictures"},
    {"tsv", report_write_tsv, "one tab-separated row a trace"},
    {"gradescope", report_write_gradescope, "Gradescope's results.json"},
    {NULL, NULL, NULL},
};

const struct report_exporter *report_find_exporter(const char *name)
{
    for (const struct report_exporter *e = report_exporters; e->name; e++)
        if (strcmp(e->name, name) == 0)
            return e;
    return NULL;
}

bool report_save(const char *path, report_writer *write,
                 const struct report *report, char **error)
{
    *error = NULL;
    struct outfile *f = outfile_open(path, error);
    if (!f)
        return false;
    write(outfile_stream(f), report);
    return outfile_close(f, error);
}

/* Of earlier writes stdio remembers that one failed, but not why. */
bool report_flush(FILE *out, const char *name, char **error)
{
    errno = 0;
    if (fflush(out) == 0 && !ferror(out))
        return true;
    if (asprintf(error, "%s: expected to write it, found: %s", name,
                 strerror(errno ? errno : EIO)) < 0)
        *error = NULL;
    return false;
}
