/*
 * report_table.c - the table of one allocator for people, and cells for all
 *
 * A column is a heading and two ways to fill a cell: for a trace, and for the
 * row of totals.  What failed, or was not measured, is "-".
 */
#include <inttypes.h>
#include <math.h>

#include "driver/report_parts.h"

const char *report_set_name(const struct result_set *set)
{
    return set->is_libc ? "libc malloc" : set->allocator;
}

bool report_valid(const struct result *r)
{
    return r->fault == FAULT_NONE;
}

double report_figure(const struct result *r, double figure)
{
    return report_valid(r) ? figure : NAN;
}

double report_time(const struct result *r, double figure)
{
    return r->timed ? report_figure(r, figure) : NAN;
}

struct stats_interval report_ratio(const struct result *r)
{
    struct stats_interval ratio = r->ratio;
    ratio.mid = report_time(r, ratio.mid);
    return ratio;
}

/* ---- The cells of a trace (r), or of the totals (r is NULL) ------------- */

void report_write_ratio(char *text, size_t size, struct stats_interval ratio)
{
    /* libc against itself is 1 by definition, which nothing can blur. */
    bool exact = ratio.certain && ratio.lo == ratio.hi;
    snprintf(text, size, "%.*f%c", grade_ratio_digits(ratio.mid), ratio.mid,
             exact || stats_separates(ratio) ? ' ' : '~');
}

void report_put_ratio(struct grid *g, struct stats_interval ratio)
{
    char text[64] = "- ";
    if (isfinite(ratio.mid))
        report_write_ratio(text, sizeof text, ratio);
    grid_cell(g, "%s", text);
}

void report_put_interval(struct grid *g, struct stats_interval i)
{
    if (isfinite(i.mid) && isfinite(i.lo) && isfinite(i.hi))
        grid_cell(g, "%.*f-%.*f", grade_ratio_digits(i.lo), i.lo,
                  grade_ratio_digits(i.hi), i.hi);
    else
        grid_cell(g, "-");
}

/* ---- Resident memory ---------------------------------------------------- */

const char report_legend[] =
    "r: not a simulated heap, but by how much the process's resident set grew, "
    "every\n   page of the payloads touched";

bool report_is_resident(const struct result_set *set)
{
    bool resident = false;
    for (size_t i = 0; i < set->count; i++) {
        const struct result *r = &set->results[i];
        resident |= r->resident && isfinite(report_figure(r, r->util));
    }
    return resident;
}

bool report_any_resident(const struct report *report)
{
    bool any = false;
    for (size_t i = 0; i < report->count; i++)
        any |= report_is_resident(&report->sets[i]);
    return any;
}

void report_put_util(struct grid *g, double util, bool resident)
{
    if (isfinite(util))
        grid_cell(g, "%.1f%%%s", 100 * util, resident ? "r" : "");
    else
        grid_cell(g, resident ? "- " : "-");
}

/* ---- The cells of a trace (r), or of the totals (r is NULL) ------------- */

struct row {
    const struct result *r;
    const struct grade *total;
    bool resident;
};

static void cell_trace(struct grid *g, const struct row *row)
{
    grid_cell(g, "%s", row->r ? row->r->trace->name : "total");
}

static void cell_valid(struct grid *g, const struct row *row)
{
    if (!row->r)
        grid_cell(g, "%zu/%zu", row->total->valid, row->total->traces);
    else if (report_valid(row->r))
        grid_good(g, "yes");
    else
        grid_cell(g, "no");
}

static void cell_util(struct grid *g, const struct row *row)
{
    double util =
        row->r ? report_figure(row->r, row->r->util) : row->total->util;
    report_put_util(g, util, row->resident);
}

void report_put_above(struct grid *g, double above)
{
    grid_real(g, "%.1f%%", 100 * above);
}

static void cell_above(struct grid *g, const struct row *row)
{
    report_put_above(g, row->r ? result_above_bound(row->r)
                               : row->total->above_bound);
}

static void cell_ops(struct grid *g, const struct row *row)
{
    grid_cell(g, "%zu", row->r ? row->r->trace->op_count : row->total->ops);
}

static void cell_secs(struct grid *g, const struct row *row)
{
    double secs = row->r ? report_time(row->r, row->r->secs) : row->total->secs;
    grid_real(g, "%.6f", secs);
}

static void cell_kops(struct grid *g, const struct row *row)
{
    double kops = row->r ? report_time(row->r, row->r->kops) : row->total->kops;
    grid_real(g, "%.0f", kops);
}

static void cell_ratio(struct grid *g, const struct row *row)
{
    report_put_ratio(g, row->r ? report_ratio(row->r) : row->total->ratio);
}

static void cell_interval(struct grid *g, const struct row *row)
{
    report_put_interval(g, row->r ? report_ratio(row->r) : row->total->ratio);
}

/* Bytes mean nothing where the utilization is not known; nor does a sum. */
static void put_bytes(struct grid *g, const struct row *row, uint64_t bytes)
{
    if (isfinite(report_figure(row->r, row->r->util)))
        grid_cell(g, "%" PRIu64, bytes);
    else
        grid_cell(g, "-");
}

static void cell_heap(struct grid *g, const struct row *row)
{
    if (row->r)
        put_bytes(g, row, result_memory(row->r));
    else
        grid_cell(g, "%s", "");
}

static void cell_payload(struct grid *g, const struct row *row)
{
    if (row->r)
        put_bytes(g, row, row->r->peak_payload);
    else
        grid_cell(g, "%s", "");
}

static void cell_bound(struct grid *g, const struct row *row)
{
    if (!row->r)
        grid_cell(g, "%s", "");
    else if (row->r->bound_bytes)
        grid_cell(g, "%" PRIu64, row->r->bound_bytes);
    else
        grid_cell(g, "-");
}

static void cell_ns(struct grid *g, const struct row *row)
{
    double ns = row->r ? report_time(row->r, row->r->ns_per_op)
                       : 1e6 / row->total->kops;
    grid_real(g, "%.1f", ns);
}

static void cell_instructions(struct grid *g, const struct row *row)
{
    if (row->r)
        grid_real(g, "%.1f", report_time(row->r, row->r->instructions_per_op));
    else
        grid_cell(g, "%s", "");
}

static void cell_init(struct grid *g, const struct row *row)
{
    if (row->r)
        grid_real(g, "%.0f", report_time(row->r, row->r->init_ns));
    else
        grid_cell(g, "%s", "");
}

static void put_measure(struct grid *g, const struct row *row, double measure)
{
    if (row->r)
        grid_real(g, "%.3f", report_figure(row->r, measure));
    else
        grid_cell(g, "%s", "");
}

static void cell_mean_frag(struct grid *g, const struct row *row)
{
    put_measure(g, row, row->r ? row->r->heap_over_live_mean : NAN);
}

static void cell_frag_at_live(struct grid *g, const struct row *row)
{
    put_measure(g, row, row->r ? row->r->heap_over_live_at_live : NAN);
}

static void cell_frag_at_heap(struct grid *g, const struct row *row)
{
    put_measure(g, row, row->r ? row->r->heap_over_live_at_heap : NAN);
}

static void cell_frag_peaks(struct grid *g, const struct row *row)
{
    put_measure(g, row, row->r ? row->r->heap_max_over_live_max : NAN);
}

/* What the weight keeps out of the means. */
static void cell_note(struct grid *g, const struct row *row)
{
    static const char *const notes[2][2] = {{"not scored", "speed only"},
                                            {"util only", ""}};
    const char *note = "";
    if (row->r)
        note = notes[trace_scores_util(row->r->trace)]
                    [trace_scores_speed(row->r->trace)];
    grid_cell(g, "%s", note);
}

/* ---- The table of one allocator ------------------------------------------ */

static bool always(const struct report_table *t)
{
    (void)t;
    return true;
}

static bool when_verbose(const struct report_table *t)
{
    return t->verbose > 0;
}

static bool when_wide(const struct report_table *t)
{
    return t->wide;
}

bool report_has_bound(const struct result_set *set)
{
    bool bound = false;
    for (size_t i = 0; i < set->count; i++)
        bound |= set->results[i].bound_bytes > 0;
    return bound;
}

static bool when_bound(const struct report_table *t)
{
    return report_has_bound(t->set);
}

static bool when_bound_verbose(const struct report_table *t)
{
    return t->verbose && report_has_bound(t->set);
}

static bool when_counted(const struct report_table *t)
{
    bool counted = false;
    for (size_t i = 0; i < t->set->count; i++) {
        const struct result *r = &t->set->results[i];
        counted |= isfinite(report_time(r, r->instructions_per_op));
    }
    return t->verbose && counted;
}

static bool when_weighted(const struct report_table *t)
{
    bool weighted = false;
    for (size_t i = 0; i < t->set->count; i++)
        weighted |= t->set->results[i].trace->weight != 1;
    return weighted;
}

static const struct column {
    const char *heading;
    bool (*shown)(const struct report_table *t);
    void (*cell)(struct grid *g, const struct row *row);
} columns[] = {
    {"trace", always, cell_trace},
    {"valid", always, cell_valid},
    {"util", always, cell_util},
    {"above", when_bound, cell_above},
    {"heap", when_verbose, cell_heap},
    {"payload", when_verbose, cell_payload},
    {"bound", when_bound_verbose, cell_bound},
    {"H/P mean", when_wide, cell_mean_frag},
    {"H/P at max P", when_wide, cell_frag_at_live},
    {"H/P at max H", when_wide, cell_frag_at_heap},
    {"max H/max P", when_wide, cell_frag_peaks},
    {"ops", always, cell_ops},
    {"secs", always, cell_secs},
    {"Kops", always, cell_kops},
    {"ns/req", when_verbose, cell_ns},
    {"instr/req", when_counted, cell_instructions},
    {"x libc ", always, cell_ratio},
    {"interval", when_verbose, cell_interval},
    {"init ns", when_verbose, cell_init},
    {"", when_weighted, cell_note},
};

#define COLUMNS (sizeof columns / sizeof *columns)

static void draw_heading(struct grid *g, const struct report_table *t)
{
    grid_begin_row(g, false);
    for (size_t i = 0; i < COLUMNS; i++) {
        if (!columns[i].shown(t))
            continue;
        if (columns[i].cell == cell_note)
            g->left_end = g->column;
        bool marked =
            columns[i].cell == cell_util && report_is_resident(t->set);
        grid_cell(g, "%s%s", columns[i].heading, marked ? " " : "");
    }
    grid_heading_done(g);
}

static void draw_row(struct grid *g, const struct report_table *t,
                     const struct result *r)
{
    struct row row = {
        .r = r, .total = &t->grade, .resident = report_is_resident(t->set)};
    grid_begin_row(g, r && !report_valid(r));
    for (size_t i = 0; i < COLUMNS; i++)
        if (columns[i].shown(t))
            columns[i].cell(g, &row);
    grid_end_row(g);
}

/* Johnstone & Wilson, "The Memory Fragmentation Problem: Solved?", 1998. */
static void draw_fragmentation(struct grid *g, const struct result *r)
{
    if (!isfinite(report_figure(r, r->heap_over_live_mean)))
        return;
    grid_line(g,
              "      heap over live: %.3f on average, %.3f at the peak of "
              "live, %.3f at the peak of the heap, %.3f peak over peak",
              r->heap_over_live_mean, r->heap_over_live_at_live,
              r->heap_over_live_at_heap, r->heap_max_over_live_max);
}

void report_draw_set(struct grid *g, const void *data)
{
    const struct report_table *t = data;
    draw_heading(g, t);
    for (size_t i = 0; i < t->set->count; i++) {
        draw_row(g, t, &t->set->results[i]);
        if (t->verbose)
            draw_fragmentation(g, &t->set->results[i]);
    }
    draw_row(g, t, NULL);
}
