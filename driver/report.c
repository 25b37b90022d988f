/*
 * report.c - the report for people
 *
 * Decides which tables there are and what is said below them.  The tables
 * themselves are in report_table.c.
 */
#define _GNU_SOURCE
#include "driver/report.h"

#include <math.h>
#include <string.h>

#include "driver/report_parts.h"

/* Lines of a failed run's output that are shown without -v. */
#define OUTPUT_LINES 10

/* Tabs pass; all else that could move the cursor is shown as '?'. */
static void put_clean(FILE *out, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        putc((c < ' ' && c != '\t') || c == 0x7f ? '?' : c, out);
    }
}

static size_t count_lines(const char *text)
{
    size_t lines = 0;
    while (*text) {
        lines++;
        text += strcspn(text, "\n");
        text += *text == '\n';
    }
    return lines;
}

/* Prints up to limit lines; 0: all. */
static void print_lines(FILE *out, const char *prefix, const char *text,
                        size_t limit)
{
    for (size_t i = 0; *text && (limit == 0 || i < limit); i++) {
        size_t length = strcspn(text, "\n");
        fputs(prefix, out);
        put_clean(out, text, length);
        putc('\n', out);
        text += length;
        text += *text == '\n';
    }
}

void report_print_text(FILE *out, const char *prefix, const char *text)
{
    print_lines(out, prefix, text, 0);
}

static void print_output(FILE *out, const char *text, int verbose)
{
    size_t lines = count_lines(text);
    size_t limit = verbose || lines <= OUTPUT_LINES ? 0 : OUTPUT_LINES;
    fputs("  All that it printed:\n", out);
    print_lines(out, "  | ", text, limit);
    if (limit)
        fprintf(out, "  | ... and %zu more lines (-v shows them)\n",
                lines - limit);
}

/* An explanation may quote the last line; when that is all, it is enough. */
static bool is_quoted(const struct result *r)
{
    size_t length = strcspn(r->output, "\n");
    bool one_line = r->output[length] == '\0' || r->output[length + 1] == '\0';
    return one_line && r->message &&
           memmem(r->message, strlen(r->message), r->output, length);
}

void report_print_failures(FILE *out, const struct result_set *set, int verbose)
{
    for (size_t i = 0; i < set->count; i++) {
        const struct result *r = &set->results[i];
        if (report_valid(r))
            continue;
        putc('\n', out);
        if (r->message)
            report_print_text(out, "", r->message);
        else
            fprintf(out, "%s: %s\n", r->trace->path, fault_name(r->fault));
        if (r->output && *r->output && !is_quoted(r))
            print_output(out, r->output, verbose);
    }
}

static bool passed_and_printed(const struct result *r)
{
    return report_valid(r) && r->output && *r->output;
}

/* What runs printed that passed: a student's own printf. */
static void print_remarks(FILE *out, const struct result_set *set, int verbose)
{
    size_t talkers = 0;
    for (size_t i = 0; i < set->count; i++) {
        const struct result *r = &set->results[i];
        if (!passed_and_printed(r))
            continue;
        talkers++;
        if (!verbose)
            continue;
        putc('\n', out);
        put_clean(out, r->trace->name, strlen(r->trace->name));
        fputs(" passed.\n", out);
        print_output(out, r->output, verbose);
    }
    if (talkers && !verbose)
        fprintf(out,
                "\n%zu of the traces that passed printed something "
                "(-v shows it).\n",
                talkers);
}

static void print_floor(FILE *out, const struct grade *g)
{
    if (isfinite(g->floor_ns_per_op))
        fprintf(out,
                "no-op floor: %.1f ns per request, included in all times\n",
                g->floor_ns_per_op);
}

/* What libc does is the measure, and is not measured by it. */
static void print_score(FILE *out, const struct result_set *set,
                        const struct grade *g)
{
    if (set->is_libc && !isfinite(g->floor_ns_per_op))
        return;
    putc('\n', out);
    if (!set->is_libc)
        grade_print_index(out, g);
    print_floor(out, g);
}

static void print_set(FILE *out, const struct result_set *set,
                      struct report_options options)
{
    struct report_table table = {
        .set = set,
        .grade = grade_set(set),
        .verbose = options.verbose,
    };
    fprintf(out, "Results for %s:\n", report_set_name(set));
    grid_print(out, GRID_PLAIN, options.color, report_draw_set, &table);
    report_print_failures(out, set, options.verbose);
    print_remarks(out, set, options.verbose);
    print_score(out, set, &table.grade);
}

static void print_side_by_side(FILE *out, const struct report *report,
                               struct report_options options)
{
    fputs("Results side by side:\n", out);
    grid_print(out, GRID_PLAIN, options.color, report_draw_sides, report);
    for (size_t i = 0; i < report->count && !options.verbose; i++) {
        const struct result_set *set = &report->sets[i];
        struct grade g = grade_set(set);
        if (g.valid < g.traces)
            fprintf(out, "\nFailed with %s:\n", report_set_name(set));
        report_print_failures(out, set, options.verbose);
    }
    struct grade first = grade_set(&report->sets[0]);
    if (isfinite(first.floor_ns_per_op))
        putc('\n', out);
    print_floor(out, &first);
}

void report_print(FILE *out, const struct report *report,
                  struct report_options options)
{
    bool together = report_is_side_by_side(report);
    for (size_t i = 0; i < report->count && (!together || options.verbose);
         i++) {
        if (i > 0)
            putc('\n', out);
        print_set(out, &report->sets[i], options);
    }
    if (!together)
        return;
    if (options.verbose)
        putc('\n', out);
    print_side_by_side(out, report, options);
}
