/*
 * report_gradescope.c - results.json for Gradescope's autograder
 *
 * The score is the performance index, 0 when a trace failed; each trace is a
 * test of one point, for the reader's eyes, since a score on top overrides
 * the sum.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "driver/report_parts.h"

/* json_printed - as JSON text what print says into a stream. */
static void json_printed(FILE *out, void (*print)(FILE *, const void *),
                         const void *data)
{
    char *text = NULL;
    size_t size;
    FILE *memory = open_memstream(&text, &size);
    if (memory) {
        print(memory, data);
        fclose(memory);
    }
    json_text(out, text);
    free(text);
}

static void print_summary(FILE *out, const void *data)
{
    const struct grade *g = data;
    fprintf(out, "Traces passed: %zu of %zu.\n", g->valid, g->traces);
    grade_print_index(out, g);
}

static void print_test(FILE *out, const void *data)
{
    const struct result *r = data;
    double util = report_figure(r, r->util);
    struct stats_interval ratio = report_ratio(r);
    if (isfinite(util))
        fprintf(out, "utilization %.1f%%\n", 100 * util);
    if (isfinite(ratio.mid))
        fprintf(out, "%.*f times as fast as libc%s\n",
                grade_ratio_digits(ratio.mid), ratio.mid,
                stats_separates(ratio) ? "" : ", which is within the noise");
    if (!report_valid(r))
        fprintf(out, "%s\n", r->message ? r->message : fault_name(r->fault));
    if (r->output && *r->output) {
        fputs("It printed:\n", out);
        report_print_start(out, "| ", r->output);
    }
}

static void write_test(FILE *out, const struct result *r)
{
    bool valid = report_valid(r);
    fputs("    {\"name\": ", out);
    json_text(out, r->trace->name);
    fprintf(out, ", \"score\": %d, \"max_score\": 1, \"status\": \"%s\"", valid,
            valid ? "passed" : "failed");
    fputs(", \"visibility\": \"visible\", \"output\": ", out);
    json_printed(out, print_test, r);
    putc('}', out);
}

void report_write_gradescope(FILE *out, const struct report *report)
{
    static const struct result_set none = {0};
    const struct result_set *set = grade_choose(report->sets, report->count);
    if (!set)
        set = &none;
    struct grade g = grade_set(set);
    fprintf(out, "{\n  \"score\": %.1f,\n  \"output\": ",
            g.gap == GRADE_COMPLETE ? g.index : 0);
    json_printed(out, print_summary, &g);
    fputs(",\n  \"tests\": [", out);
    for (size_t i = 0; i < set->count; i++) {
        fputs(i ? ",\n" : "\n", out);
        write_test(out, &set->results[i]);
    }
    fputs("\n  ]\n}\n", out);
}
