/*
 * report_sides.c - several allocators side by side, all figures of each
 * together
 */
#include <math.h>

#include "driver/report_parts.h"

bool report_is_side_by_side(const struct report *report)
{
    size_t own = 0;
    for (size_t i = 0; i < report->count; i++)
        own += !report->sets[i].is_libc;
    return own > 1;
}

/* The bound is of the traces: where one allocator has it, all have. */
static bool sides_have_bound(const struct report *report)
{
    return report_has_bound(&report->sets[0]);
}

static void draw_side_names(struct grid *g, const struct report *report)
{
    size_t wide = sides_have_bound(report) ? 3 : 2;
    grid_begin_row(g, false);
    for (size_t i = 0; i < report->count; i++)
        grid_group(g, report_set_name(&report->sets[i]), 1 + wide * i,
                   wide + wide * i);
    if (g->mode == GRID_PLAIN)
        grid_end_row(g);
}

/* In Markdown, which has one heading, the name stands in every column. */
static void draw_side_headings(struct grid *g, const struct report *report)
{
    draw_side_names(g, report);
    grid_begin_row(g, false);
    grid_cell(g, "trace");
    for (size_t i = 0; i < report->count; i++) {
        bool named = g->mode == GRID_MARKDOWN;
        const char *name = named ? report_set_name(&report->sets[i]) : "";
        grid_cell(g, "%s%sutil%s", name, named ? " " : "",
                  report_is_resident(&report->sets[i]) ? " " : "");
        if (sides_have_bound(report))
            grid_cell(g, "%s%sabove", name, named ? " " : "");
        grid_cell(g, "%s%sx libc ", name, named ? " " : "");
    }
    grid_heading_done(g);
}

/* NULL: the driver had to stop before. */
static const struct result *result_of(const struct result_set *set,
                                      size_t trace)
{
    return trace < set->count ? &set->results[trace] : NULL;
}

static bool any_failed(const struct report *report, size_t trace)
{
    bool failed = false;
    for (size_t i = 0; i < report->count; i++) {
        const struct result *r = result_of(&report->sets[i], trace);
        failed |= r && !report_valid(r);
    }
    return failed;
}

/* A failed trace has no utilization: its place is for the kind of fault. */
static void draw_side(struct grid *g, const struct result *r, bool bound)
{
    if (r && !report_valid(r))
        grid_cell(g, "%s", fault_name(r->fault));
    else
        report_put_util(g, r ? r->util : NAN, r && r->resident);
    if (bound)
        report_put_above(g, r ? result_above_bound(r) : NAN);
    if (r)
        report_put_ratio(g, report_ratio(r));
    else
        grid_cell(g, "- ");
}

static void draw_side_row(struct grid *g, const struct report *report,
                          size_t trace)
{
    grid_begin_row(g, any_failed(report, trace));
    grid_cell(g, "%s", report->sets[0].results[trace].trace->name);
    for (size_t i = 0; i < report->count; i++)
        draw_side(g, result_of(&report->sets[i], trace),
                  sides_have_bound(report));
    grid_end_row(g);
}

static void side_mean(struct grid *g, const struct grade *grade, bool bound,
                      bool resident)
{
    report_put_util(g, grade->util, resident);
    if (bound)
        report_put_above(g, grade->above_bound);
    report_put_ratio(g, grade->ratio);
}

static void put_nothing(struct grid *g, bool bound)
{
    if (bound)
        grid_cell(g, "%s", "");
    grid_cell(g, "%s", "");
}

static void side_valid(struct grid *g, const struct grade *grade, bool bound,
                       bool resident)
{
    grid_cell(g, resident ? "%zu/%zu " : "%zu/%zu", grade->valid,
              grade->traces);
    put_nothing(g, bound);
}

static void side_index(struct grid *g, const struct grade *grade, bool bound,
                       bool resident)
{
    grid_real(g, resident ? "%.1f " : "%.1f",
              grade->gap == GRADE_COMPLETE ? grade->index : NAN);
    put_nothing(g, bound);
}

typedef void side_total(struct grid *g, const struct grade *grade, bool bound,
                        bool resident);

static void draw_side_total(struct grid *g, const struct report *report,
                            const char *name, side_total *draw)
{
    grid_begin_row(g, false);
    grid_cell(g, "%s", name);
    for (size_t i = 0; i < report->count; i++) {
        struct grade grade = grade_set(&report->sets[i]);
        if (report->sets[i].is_libc)
            grade.gap = GRADE_SPEED_UNKNOWN;
        draw(g, &grade, sides_have_bound(report),
             report_is_resident(&report->sets[i]));
    }
    grid_end_row(g);
}

void report_draw_sides(struct grid *g, const void *data)
{
    const struct report *report = data;
    draw_side_headings(g, report);
    for (size_t i = 0; i < report->sets[0].count; i++)
        draw_side_row(g, report, i);
    draw_side_total(g, report, "mean", side_mean);
    draw_side_total(g, report, "valid", side_valid);
    draw_side_total(g, report, "perf index", side_index);
}
