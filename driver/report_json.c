/*
 * report_json.c - JSON: every figure and sample, and Gradescope's results.json
 *
 * The output is valid JSON (RFC 8259) whatever the names of files and the
 * output of programs contain.  One result a line, so that two files can be
 * compared with diff.
 */
#include <math.h>
#include <string.h>

#include "config.h"
#include "driver/report_parts.h"

/* ---- Results ----------------------------------------------------------------
 */

static void json_error(FILE *out, const struct result *r)
{
    fputs("{\"kind\": ", out);
    json_text(out, fault_name(r->fault));
    if (r->fault_line > 0)
        fprintf(out, ", \"line\": %zu, \"op\": %zu", r->fault_line,
                r->fault_op + 1);
    else
        fputs(", \"line\": null, \"op\": null", out);
    fputs(", \"message\": ", out);
    json_text(out, r->message);
    putc('}', out);
}

static void json_samples(FILE *out, const struct result *r)
{
    putc('[', out);
    for (size_t i = 0; r->timed && i < r->sample_count; i++) {
        if (i > 0)
            fputs(", ", out);
        json_real(out, r->samples_ns[i]);
    }
    putc(']', out);
}

static void json_value(FILE *out, struct value v, const struct result *r)
{
    switch (v.kind) {
    case VALUE_NONE:
        fputs("null", out);
        break;
    case VALUE_TEXT:
        json_text(out, v.text);
        break;
    case VALUE_COUNT:
        fprintf(out, "%llu", v.count);
        break;
    case VALUE_REAL:
        json_real(out, v.real);
        break;
    case VALUE_BOOL:
        fputs(v.count ? "true" : "false", out);
        break;
    case VALUE_ERROR:
        json_error(out, r);
        break;
    case VALUE_SAMPLES:
        json_samples(out, r);
        break;
    }
}

static void json_result(FILE *out, const struct result_set *set,
                        const struct result *r)
{
    fputs("    {\"allocator\": ", out);
    json_text(out, set->allocator);
    for (const struct field *f = report_fields; f->name; f++) {
        if (f->formats == IN_CSV)
            continue;
        fprintf(out, ", \"%s\": ", f->name);
        json_value(out, f->get(r), r);
    }
    putc('}', out);
}

static void json_results(FILE *out, const struct report *report)
{
    const char *separator = "";
    fputs("  \"results\": [", out);
    for (size_t i = 0; i < report->count; i++)
        for (size_t k = 0; k < report->sets[i].count; k++) {
            fprintf(out, "%s\n", separator);
            json_result(out, &report->sets[i], &report->sets[i].results[k]);
            separator = ",";
        }
    fputs("\n  ],\n", out);
}

static void json_pair(FILE *out, const char *name, double number)
{
    fprintf(out, ", \"%s\": ", name);
    json_real(out, number);
}

static void json_summary_of(FILE *out, const struct result_set *set)
{
    struct grade g = grade_set(set);
    fputs("    {\"allocator\": ", out);
    json_text(out, set->allocator);
    fprintf(out, ", \"traces\": %zu, \"valid\": %zu", g.traces, g.valid);
    json_pair(out, "util", g.util);
    json_pair(out, "kops", g.kops);
    json_pair(out, "libc_ratio", g.ratio.mid);
    json_pair(out, "perf_index", set->is_libc ? NAN : g.index);
    json_pair(out, "libc_ratio_lo", g.ratio.lo);
    json_pair(out, "libc_ratio_hi", g.ratio.hi);
    json_pair(out, "floor_ns_per_op", g.floor_ns_per_op);
    json_pair(out, "above_bound", g.above_bound);
    putc('}', out);
}

static void json_summary(FILE *out, const struct report *report)
{
    fputs("  \"summary\": [", out);
    for (size_t i = 0; i < report->count; i++) {
        fputs(i ? ",\n" : "\n", out);
        json_summary_of(out, &report->sets[i]);
    }
    fputs("\n  ]\n", out);
}

static void json_pair_of(FILE *out, const struct report_pair *pair,
                         const struct result *r)
{
    struct stats_interval ratio = report_ratio(r);
    fputs("    {\"allocator\": ", out);
    json_text(out, pair->set->allocator);
    fputs(", \"rival\": ", out);
    json_text(out, pair->rival);
    fputs(", \"trace\": ", out);
    json_text(out, r->trace->name);
    json_pair(out, "ratio", ratio.mid);
    json_pair(out, "ratio_lo", ratio.lo);
    json_pair(out, "ratio_hi", ratio.hi);
    putc('}', out);
}

/* Two that were timed against each other. */
static void json_pairs(FILE *out, const struct report_pair *pair)
{
    fputs("  \"pairs\": [", out);
    for (size_t i = 0; i < pair->set->count; i++) {
        fputs(i ? ",\n" : "\n", out);
        json_pair_of(out, pair, &pair->set->results[i]);
    }
    fputs("\n  ],\n", out);
}

static void json_machine(FILE *out, const struct report_machine *m)
{
    fputs("  \"machine\": {\"cpu\": ", out);
    json_text(out, m->cpu);
    fprintf(out, ", \"cores\": %ld, \"kernel\": ", m->cores);
    json_text(out, m->kernel);
    fputs(", \"compiler\": ", out);
    json_text(out, m->compiler);
    fputs(", \"libc\": ", out);
    json_text(out, m->libc);
    fputs("},\n", out);
}

/* The thresholds of config.h belong to the run like its options. */
static void json_config(FILE *out, const struct report *report)
{
    fputs("  \"config\": {\"util_weight\": ", out);
    json_real(out, UTIL_WEIGHT);
    json_pair(out, "util_min", UTIL_MIN);
    json_pair(out, "util_max", UTIL_MAX);
    json_pair(out, "ratio_min", RATIO_MIN);
    json_pair(out, "ratio_max", RATIO_MAX);
    for (size_t i = 0; i < report->setting_count; i++)
        json_pair(out, report->settings[i].name, report->settings[i].value);
    fputs("},\n", out);
}

void report_write_json(FILE *out, const struct report *report)
{
    fputs("{\n  \"mdriver\": ", out);
    json_text(out, MDRIVER_VERSION);
    fputs(",\n", out);
    json_machine(out, report->machine);
    json_config(out, report);
    json_results(out, report);
    if (report->pair)
        json_pairs(out, report->pair);
    json_summary(out, report);
    fputs("}\n", out);
}
