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

/* Of a run's output, lines that are shown without -v, and bytes of each. */
#define OUTPUT_LINES  10
#define OUTPUT_LENGTH 400

/* Failures of an allocator that are told in full without -v: a bug that breaks
 * one trace breaks most of them, and three screens hide the table. */
#define FULL_FAILURES 5

/* Tabs pass; all else that could move the cursor is shown as '?'. */
static void put_clean(FILE *out, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        putc((c < ' ' && c != '\t') || c == 0x7f ? '?' : c, out);
    }
}

void report_print_name(FILE *out, const char *before, const char *name,
                       const char *after)
{
    fputs(before, out);
    put_clean(out, name, strlen(name));
    fputs(after, out);
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

/* Prints up to `lines` lines, of each up to `most` bytes. */
static void print_lines(FILE *out, const char *prefix, const char *text,
                        size_t lines, size_t most)
{
    for (size_t i = 0; *text && i < lines; i++) {
        size_t length = strcspn(text, "\n");
        fputs(prefix, out);
        put_clean(out, text, length < most ? length : most);
        fputs(length > most ? "...\n" : "\n", out);
        text += length;
        text += *text == '\n';
    }
}

void report_print_text(FILE *out, const char *prefix, const char *text)
{
    print_lines(out, prefix, text, SIZE_MAX, SIZE_MAX);
}

static void print_start(FILE *out, const char *prefix, const char *text,
                        const char *remark)
{
    size_t lines = count_lines(text);
    print_lines(out, prefix, text, OUTPUT_LINES, OUTPUT_LENGTH);
    if (lines > OUTPUT_LINES)
        fprintf(out, "%s... and %zu more line%s%s\n", prefix,
                lines - OUTPUT_LINES, lines - OUTPUT_LINES == 1 ? "" : "s",
                remark);
}

void report_print_start(FILE *out, const char *prefix, const char *text)
{
    print_start(out, prefix, text, "");
}

static void print_output(FILE *out, const char *text, int verbose)
{
    fputs("  All that it printed:\n", out);
    if (verbose)
        report_print_text(out, "  | ", text);
    else
        print_start(out, "  | ", text, " (-v shows all)");
}

/* An explanation may quote the last line; when that is all, it is enough. */
static bool is_quoted(const struct result *r)
{
    size_t length = strcspn(r->output, "\n");
    bool one_line = r->output[length] == '\0' || r->output[length + 1] == '\0';
    return one_line && r->message &&
           memmem(r->message, strlen(r->message), r->output, length);
}

static void print_message(FILE *out, const struct result *r, size_t lines)
{
    if (r->message)
        print_lines(out, "", r->message, lines, SIZE_MAX);
    else
        fprintf(out, "%s: %s\n", r->trace->path, fault_name(r->fault));
}

/* Under -V the output was printed as the trace ran. */
static void print_failure(FILE *out, const struct result *r, int verbose)
{
    putc('\n', out);
    print_message(out, r, SIZE_MAX);
    if (verbose < 2 && r->output && *r->output && !is_quoted(r))
        print_output(out, r->output, verbose);
}

static void print_failures(FILE *out, const struct result_set *set, int verbose)
{
    size_t failures = 0, full = verbose ? SIZE_MAX : FULL_FAILURES;
    for (size_t i = 0; i < set->count; i++) {
        const struct result *r = &set->results[i];
        if (report_valid(r))
            continue;
        if (failures == full)
            fputs("\nOf the other failures the first line (-v shows all):\n",
                  out);
        if (failures++ < full)
            print_failure(out, r, verbose);
        else
            print_message(out, r, 1);
    }
}

/* What could not be run at all has one reason for all traces. */
void report_print_failures(FILE *out, const struct result_set *set, int verbose)
{
    if (set->unusable && set->count)
        print_failure(out, &set->results[0], verbose);
    else
        print_failures(out, set, verbose);
}

static bool passed_and_printed(const struct result *r)
{
    return report_valid(r) && r->output && *r->output;
}

/* Nothing can be told of the hygiene of an allocator that tosses coins. */
static void print_unsteady(FILE *out, const struct result_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        const struct result *r = &set->results[i];
        if (!r->parted_line)
            continue;
        putc('\n', out);
        put_clean(out, r->trace->path, strlen(r->trace->path));
        fprintf(out,
                ":%zu: answered differently in two runs that differ in "
                "nothing: the allocator is not deterministic\n",
                r->parted_line);
    }
}

/* What runs printed that passed: a student's own printf. */
static void print_remarks(FILE *out, const struct result_set *set, int verbose)
{
    size_t talkers = 0;
    if (verbose >= 2) /* it was printed as the trace ran */
        return;
    for (size_t i = 0; i < set->count; i++) {
        const struct result *r = &set->results[i];
        if (!passed_and_printed(r))
            continue;
        talkers++;
        if (!verbose)
            continue;
        report_print_name(out, "\n", r->trace->name, " passed.\n");
        print_output(out, r->output, verbose);
    }
    if (verbose)
        print_unsteady(out, set);
    if (talkers && !verbose)
        fprintf(out,
                "\n%zu of the traces that passed printed something "
                "(-v shows it).\n",
                talkers);
}

void report_print_run(FILE *out, const char *allocator, const struct result *r)
{
    report_print_name(out, "", allocator, ": ");
    report_print_name(out, "", r->trace->path, ": ");
    fprintf(out, "%zu requests, peak payload %llu bytes", r->trace->op_count,
            (unsigned long long)r->trace->peak_payload);
    if (r->fault)
        fprintf(out, ": %s\n", fault_name(r->fault));
    else
        fprintf(out, ", heap %llu bytes: valid\n",
                (unsigned long long)r->heap_bytes);
    print_lines(out, "    | ", r->output ? r->output : "", SIZE_MAX, SIZE_MAX);
    fflush(out);
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
    report_print_name(out, "Results for ", report_set_name(set), ":\n");
    grid_print(out, GRID_PLAIN, options.color, report_draw_set, &table);
    report_print_failures(out, set, options.verbose);
    print_remarks(out, set, options.verbose);
    print_score(out, set, &table.grade);
}

/* What the marks in the tables mean. */
static void print_legend(FILE *out, const struct report *report)
{
    if (report_any_resident(report))
        fprintf(out, "%s\n", report_legend);
}

static void print_pair(FILE *out, const struct report_pair *pair, bool color)
{
    report_print_name(out, "\nSpeed of ", report_set_name(pair->set), "");
    report_print_name(out, " against ", pair->rival, ", timed in turns:\n");
    grid_print(out, GRID_PLAIN, color, report_draw_pair, pair);
}

static void print_tables(FILE *out, const struct report *report,
                         struct report_options options)
{
    if (report->compare) {
        fputs("Results compared, * before the best:\n", out);
        report_print_comparison(out, report, options.color, options.width);
    } else {
        fputs("Results side by side:\n", out);
        grid_print(out, GRID_PLAIN, options.color, report_draw_sides, report);
    }
    if (report->pair)
        print_pair(out, report->pair, options.color);
}

static void print_together(FILE *out, const struct report *report,
                           struct report_options options)
{
    print_tables(out, report, options);
    for (size_t i = 0; i < report->count && !options.verbose; i++) {
        const struct result_set *set = &report->sets[i];
        struct grade g = grade_set(set);
        if (g.failed)
            report_print_name(out, "\nFailed with ", report_set_name(set),
                              ":\n");
        report_print_failures(out, set, options.verbose);
    }
    struct grade first = grade_set(&report->sets[0]);
    if (isfinite(first.floor_ns_per_op))
        putc('\n', out);
    print_floor(out, &first);
}

/* The heap, as --map has it drawn; what is one line stands behind the name. */
static void print_maps(FILE *out, const struct result_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        const struct result *r = &set->results[i];
        if (!report_valid(r) || !r->map)
            continue;
        report_print_name(out, "Heap map of ", report_set_name(set), "");
        bool is_line = strcspn(r->map, "\n") + 1 >= strlen(r->map);
        report_print_name(out, " on ", r->trace->name, is_line ? ": " : ":\n");
        fprintf(out, "%s\n", r->map);
    }
}

void report_print(FILE *out, const struct report *report,
                  struct report_options options)
{
    for (size_t i = 0; i < report->count; i++)
        print_maps(out, &report->sets[i]);
    bool together = report->compare || report_is_side_by_side(report);
    for (size_t i = 0; i < report->count && (!together || options.verbose);
         i++) {
        if (i > 0)
            putc('\n', out);
        print_set(out, &report->sets[i], options);
    }
    if (together && options.verbose)
        putc('\n', out);
    if (together)
        print_together(out, report, options);
    print_legend(out, report);
}
