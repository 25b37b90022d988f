/*
 * report_markdown.c - the tables as Markdown, for an issue or a README
 *
 * The same tables as for people, then the machine and, folded away, every
 * sample.
 */
#include <math.h>

#include "config.h"
#include "driver/report_parts.h"

static bool any_failure(const struct result_set *set)
{
    for (size_t i = 0; i < set->count; i++)
        if (!report_valid(&set->results[i]))
            return true;
    return false;
}

/* Indented by four, so that no output can end the block. */
static void write_failures(FILE *out, const struct result_set *set)
{
    if (!any_failure(set))
        return;
    for (size_t i = 0; i < (set->unusable ? 1 : set->count); i++) {
        const struct result *r = &set->results[i];
        if (report_valid(r))
            continue;
        fputs("\n", out);
        report_print_text(out, "    ",
                          r->message ? r->message : fault_name(r->fault));
        if (r->output)
            report_print_start(out, "    | ", r->output);
    }
}

static void write_set(FILE *out, const struct result_set *set)
{
    struct report_table table = {.set = set, .grade = grade_set(set)};
    report_print_name(out, "## Results for ", report_set_name(set), "\n\n");
    grid_print(out, GRID_MARKDOWN, false, report_draw_set, &table);
    write_failures(out, set);
    putc('\n', out);
    if (set->is_libc)
        return;
    grade_print_index(out, &table.grade);
    putc('\n', out);
}

static void write_samples(FILE *out, const struct result_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        const struct result *r = &set->results[i];
        if (!r->timed || r->sample_count == 0)
            continue;
        report_print_name(out, "    ", report_set_name(set), " ");
        report_print_name(out, "", r->trace->name, "");
        for (size_t k = 0; k < r->sample_count; k++)
            if (isfinite(r->samples_ns[k]))
                fprintf(out, " %.0f", r->samples_ns[k]);
        putc('\n', out);
    }
}

static void write_machine(FILE *out, const struct report_machine *m)
{
    fprintf(out, "mdriver %s; %s, %ld cores; %s; %s; %s\n", MDRIVER_VERSION,
            m->cpu, m->cores, m->kernel, m->compiler, m->libc);
}

static void write_pair(FILE *out, const struct report_pair *pair)
{
    if (!pair)
        return;
    report_print_name(out, "### Speed of ", report_set_name(pair->set), "");
    report_print_name(out, " against ", pair->rival, ", timed in turns\n\n");
    grid_print(out, GRID_MARKDOWN, false, report_draw_pair, pair);
    putc('\n', out);
}

void report_write_markdown(FILE *out, const struct report *report)
{
    if (report->compare) {
        fputs("## Results compared\n\n", out);
        grid_print(out, GRID_MARKDOWN, false, report_draw_comparison, report);
        putc('\n', out);
        write_pair(out, report->pair);
    } else if (report_is_side_by_side(report)) {
        fputs("## Results side by side\n\n", out);
        grid_print(out, GRID_MARKDOWN, false, report_draw_sides, report);
        putc('\n', out);
    }
    for (size_t i = 0; i < report->count; i++)
        write_set(out, &report->sets[i]);
    if (report_any_resident(report))
        fprintf(out, "%s\n\n", report_legend);
    write_machine(out, report->machine);
    fputs("\n<details><summary>CPU time of every replay, ns</summary>\n\n",
          out);
    for (size_t i = 0; i < report->count; i++)
        write_samples(out, &report->sets[i]);
    fputs("\n</details>\n", out);
}
