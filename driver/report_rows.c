/*
 * report_rows.c - tables for programs: tab-separated and CSV
 *
 * One heading, then one row per allocator and trace.  What is not known is
 * empty.  CSV is quoted as RFC 4180 says and has every sample and the machine
 * in each row; the tab-separated table has the figures people cut and sort,
 * and no quoting: a control character in a name becomes a blank.
 */
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "driver/report_parts.h"

typedef void put_text(FILE *out, const char *text);

static void put_tsv_text(FILE *out, const char *text)
{
    for (; *text; text++)
        putc(iscntrl((unsigned char)*text) ? ' ' : *text, out);
}

static void put_samples(FILE *out, const struct result *r)
{
    const char *separator = "";
    for (size_t i = 0; r->timed && i < r->sample_count; i++) {
        if (!isfinite(r->samples_ns[i]))
            continue;
        fprintf(out, "%s%.10g", separator, r->samples_ns[i]);
        separator = " ";
    }
}

static void put_value(FILE *out, struct value v, const struct result *r,
                      put_text *put)
{
    switch (v.kind) {
    case VALUE_TEXT:
        put(out, v.text);
        break;
    case VALUE_COUNT:
        fprintf(out, "%llu", v.count);
        break;
    case VALUE_REAL:
        fprintf(out, "%.10g", v.real);
        break;
    case VALUE_BOOL:
        fputs(v.count ? "true" : "false", out);
        break;
    case VALUE_SAMPLES:
        put_samples(out, r);
        break;
    case VALUE_NONE:
    case VALUE_ERROR:
        break;
    }
}

static void csv_row(FILE *out, const struct report *report,
                    const struct result_set *set, const struct result *r)
{
    const struct report_machine *m = report->machine;
    csv_text(out, set->allocator);
    for (const struct field *f = report_fields; f->name; f++) {
        if (f->formats == IN_JSON)
            continue;
        putc(',', out);
        put_value(out, f->get(r), r, csv_text);
    }
    putc(',', out);
    csv_text(out, m->cpu);
    fprintf(out, ",%ld,", m->cores);
    csv_text(out, m->kernel);
    putc(',', out);
    csv_text(out, m->compiler);
    putc(',', out);
    csv_text(out, m->libc);
    putc('\n', out);
}

void report_write_csv(FILE *out, const struct report *report)
{
    fputs("allocator", out);
    for (const struct field *f = report_fields; f->name; f++)
        if (f->formats != IN_JSON)
            fprintf(out, ",%s", f->name);
    fputs(",cpu,cores,kernel,compiler,libc\n", out);
    for (size_t i = 0; i < report->count; i++)
        for (size_t k = 0; k < report->sets[i].count; k++)
            csv_row(out, report, &report->sets[i], &report->sets[i].results[k]);
}

static const char *const tsv_columns[] = {
    "trace",         "valid",      "util",       "ops",
    "secs",          "kops",       "libc_ratio", "libc_ratio_lo",
    "libc_ratio_hi", "ns_per_op",  "heap_bytes", "peak_payload",
    "init_ns",       "error_kind", "error_line", "bound_bytes",
    "above_bound",   NULL,
};

static struct value get_by_name(const char *name, const struct result *r)
{
    const struct field *f = report_fields;
    while (strcmp(f->name, name) != 0)
        f++;
    return f->get(r);
}

static void tsv_row(FILE *out, const struct result_set *set,
                    const struct result *r)
{
    put_tsv_text(out, set->allocator);
    for (const char *const *name = tsv_columns; *name; name++) {
        putc('\t', out);
        put_value(out, get_by_name(*name, r), r, put_tsv_text);
    }
    putc('\n', out);
}

void report_write_tsv(FILE *out, const struct report *report)
{
    fputs("allocator", out);
    for (const char *const *name = tsv_columns; *name; name++)
        fprintf(out, "\t%s", *name);
    putc('\n', out);
    for (size_t i = 0; i < report->count; i++)
        for (size_t k = 0; k < report->sets[i].count; k++)
            tsv_row(out, &report->sets[i], &report->sets[i].results[k]);
}
