/*
 * report_compare.c - one table with a column for each allocator
 *
 * First every trace's utilization, then every trace's ratio to libc: figures
 * that are to be compared stand in one row, with '*' before the best.  Where
 * the table is wider than the terminal it goes on below with the next columns;
 * the best is still the best of all.
 */
#define _GNU_SOURCE
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "driver/report_parts.h"

/* Names are broken where they may be to become no longer than this. */
#define NAME_WIDTH 10

/* ---- The figures --------------------------------------------------------- */

/* The number of no trace: the figure is of all of them. */
#define ALL SIZE_MAX

/* Rows that show one kind of figure, and how it is written. */
struct block {
    const char *title, *total;
    struct stats_interval (*of_trace)(const struct result *r);
    struct stats_interval (*of_all)(const struct grade *g);
    void (*write)(char *text, size_t size, struct stats_interval figure);
    bool low;    /* the lowest is the best */
    bool memory; /* depends on how memory is measured */
};

static struct stats_interval exactly(double figure)
{
    return (struct stats_interval){figure, figure, figure, true};
}

static struct stats_interval util_of_trace(const struct result *r)
{
    return exactly(report_figure(r, r->util));
}

static struct stats_interval util_of_all(const struct grade *g)
{
    return exactly(g->util);
}

static struct stats_interval above_of_trace(const struct result *r)
{
    return exactly(result_above_bound(r));
}

static struct stats_interval above_of_all(const struct grade *g)
{
    return exactly(g->above_bound);
}

static struct stats_interval ratio_of_all(const struct grade *g)
{
    return g->ratio;
}

static struct stats_interval index_of_all(const struct grade *g)
{
    return exactly(g->gap == GRADE_COMPLETE ? g->index : NAN);
}

static void write_percent(char *text, size_t size, struct stats_interval figure)
{
    snprintf(text, size, "%.1f%%", 100 * figure.mid);
}

static void write_index(char *text, size_t size, struct stats_interval figure)
{
    snprintf(text, size, "%.1f", figure.mid);
}

static const struct block util_block = {
    "utilization", "mean", util_of_trace, util_of_all,
    write_percent, false,  true};
static const struct block above_block = {"above the bound",
                                         "mean",
                                         above_of_trace,
                                         above_of_all,
                                         write_percent,
                                         true,
                                         true};
static const struct block ratio_block = {
    "x libc",     "geometric mean",   report_ratio,
    ratio_of_all, report_write_ratio, false,
    false};
static const struct block index_row = {
    NULL, "perf index", NULL, index_of_all, write_index, false, true};

/* ---- The best ------------------------------------------------------------ */

/* A row of the table. */
struct line {
    const struct report *report;
    const struct block *block;
    size_t trace;
};

/* NULL: the driver had to stop before. */
static const struct result *result_of(const struct line *l, size_t set)
{
    const struct result_set *s = &l->report->sets[set];
    return l->trace < s->count ? &s->results[l->trace] : NULL;
}

static struct stats_interval figure_of(const struct line *l, size_t set)
{
    const struct result_set *s = &l->report->sets[set];
    const struct result *r = result_of(l, set);
    if (l->trace == ALL) {
        struct grade g = grade_set(s);
        if (s->is_libc)
            g.gap = GRADE_SPEED_UNKNOWN;
        return l->block->of_all(&g);
    }
    return r ? l->block->of_trace(r) : exactly(NAN);
}

static bool all_resident(const struct report *report)
{
    bool all = true;
    for (size_t i = 0; i < report->count; i++)
        all &= report_is_resident(&report->sets[i]);
    return all;
}

/* Memory that became resident is another measure than the simulated heap. */
static bool is_measured_alike(const struct line *l, size_t set)
{
    return !l->block->memory || !report_is_resident(&l->report->sets[set]) ||
           all_resident(l->report);
}

/* A mean over the easy traces alone is none. */
static bool competes(const struct line *l, size_t set)
{
    struct grade g = grade_set(&l->report->sets[set]);
    bool complete = g.failed == 0 && l->report->sets[set].missing == 0;
    return is_measured_alike(l, set) && (complete || l->trace != ALL);
}

static bool has_rivals(const struct line *l)
{
    size_t alike = 0;
    for (size_t i = 0; i < l->report->count; i++)
        alike += is_measured_alike(l, i);
    return alike > 1;
}

/* NAN where there is none, or it is alone. */
static double best_of(const struct line *l)
{
    double best = NAN;
    for (size_t i = 0; i < l->report->count && has_rivals(l); i++) {
        double figure = competes(l, i) ? figure_of(l, i).mid : NAN;
        if (isfinite(figure) &&
            !(l->block->low ? figure >= best : figure <= best))
            best = figure;
    }
    return best;
}

/* ---- Cells --------------------------------------------------------------- */

#define TEXT_SIZE 48

/* Figures that read the same are as good as each other. */
static bool reads_as(const struct line *l, const char *text, double best)
{
    char other[TEXT_SIZE];
    l->block->write(other, sizeof other, exactly(best));
    return strncmp(text, other, strcspn(other, "~ ")) == 0 &&
           strcspn(text, "~ ") == strcspn(other, "~ ");
}

/* "*98.1%", in Markdown "**98.1%**". */
static void put_best(struct grid *g, const char *text, const char *suffix)
{
    char marked[TEXT_SIZE + 8];
    if (g->mode == GRID_MARKDOWN)
        snprintf(marked, sizeof marked, "**%.*s**%s", (int)strcspn(text, " "),
                 text, suffix);
    else
        snprintf(marked, sizeof marked, "*%s%s", text, suffix);
    grid_good(g, marked);
}

/* What follows the figures of a column. */
static const char *suffix_of(const struct line *l, size_t set)
{
    if (!l->block->memory || !report_any_resident(l->report))
        return "";
    return report_is_resident(&l->report->sets[set]) ? "r" : " ";
}

static void put_figure(struct grid *g, const struct line *l, size_t set,
                       double best)
{
    char text[TEXT_SIZE];
    const char *suffix = suffix_of(l, set);
    struct stats_interval figure = figure_of(l, set);
    if (!isfinite(figure.mid)) {
        grid_cell(g, "-%s", *suffix || l->block == &ratio_block ? " " : "");
        return;
    }
    l->block->write(text, sizeof text, figure);
    if (isfinite(best) && competes(l, set) && reads_as(l, text, best))
        put_best(g, text, suffix);
    else
        grid_cell(g, "%s%s", text, suffix);
}

/* A failed trace has no utilization: its place is for the kind of fault. */
static void put_cell(struct grid *g, const struct line *l, size_t set,
                     double best)
{
    char text[TEXT_SIZE];
    const struct result *r = result_of(l, set);
    if (r && !report_valid(r) && l->block == &util_block) {
        snprintf(text, sizeof text, "%s%s", fault_name(r->fault),
                 *suffix_of(l, set) ? " " : "");
        grid_bad(g, text);
    } else {
        put_figure(g, l, set, best);
    }
}

/* ---- Rows ---------------------------------------------------------------- */

/* The columns that stand beside each other. */
struct part {
    const struct report *report;
    size_t first, count;
};

static void draw_line(struct grid *g, const struct part *p,
                      const struct line *l, const char *name)
{
    double best = best_of(l);
    grid_begin_row(g, false);
    grid_cell(g, "%s", name);
    for (size_t i = 0; i < p->count; i++)
        put_cell(g, l, p->first + i, best);
    grid_end_row(g);
}

static void draw_block(struct grid *g, const struct part *p,
                       const struct block *block)
{
    const struct result_set *first = &p->report->sets[0];
    struct line l = {p->report, block, 0};
    grid_title(g, block->title, 1 + p->count);
    for (; l.trace < first->count; l.trace++)
        draw_line(g, p, &l, first->results[l.trace].trace->name);
    l.trace = ALL;
    draw_line(g, p, &l, block->total);
    grid_line(g, "%s", "");
}

static void draw_valid(struct grid *g, const struct part *p)
{
    grid_begin_row(g, false);
    grid_cell(g, "valid");
    for (size_t i = 0; i < p->count; i++) {
        struct grade grade = grade_set(&p->report->sets[p->first + i]);
        grid_cell(g, "%zu/%zu ", grade.valid, grade.traces);
    }
    grid_end_row(g);
}

/* ---- Names --------------------------------------------------------------- */

/* Bytes of the next line of a name: up to a hyphen, slash or blank, as long as
 * it fits. */
static size_t next_line(const char *name)
{
    size_t length = strlen(name), line = 0;
    while (line < length) {
        size_t word = strcspn(name + line, "-/ ");
        word += name[line + word] != '\0';
        if (line && line + word > NAME_WIDTH)
            break;
        line += word;
    }
    return line;
}

static size_t line_count(const char *name)
{
    size_t lines = 0;
    for (; *name; name += next_line(name))
        lines++;
    return lines;
}

/* Line k of them from below, the last being 0. */
static void put_name(struct grid *g, const char *name, size_t k)
{
    size_t lines = line_count(name);
    if (k >= lines) {
        grid_cell(g, "%s", "");
        return;
    }
    while (--lines > k)
        name += next_line(name);
    grid_cell(g, "%.*s ", (int)next_line(name), name);
}

static const char *name_of(const struct part *p, size_t column)
{
    return report_set_name(&p->report->sets[p->first + column]);
}

static void draw_heading(struct grid *g, const struct part *p)
{
    size_t lines = 1;
    for (size_t i = 0; i < p->count && !grid_is_markup(g); i++)
        if (line_count(name_of(p, i)) > lines)
            lines = line_count(name_of(p, i));
    while (lines-- > 0) {
        grid_begin_row(g, false);
        grid_cell(g, "%s", lines ? "" : "trace");
        for (size_t i = 0; i < p->count; i++)
            if (grid_is_markup(g))
                grid_cell(g, "%s", name_of(p, i));
            else
                put_name(g, name_of(p, i), lines);
        if (lines)
            grid_end_row(g);
        else
            grid_heading_done(g);
    }
}

/* ---- The table ----------------------------------------------------------- */

/* Where traces were only checked there is nothing to say of speed. */
static bool any_timed(const struct report *report)
{
    bool any = false;
    for (size_t i = 0; i < report->count; i++)
        for (size_t j = 0; j < report->sets[i].count; j++)
            any |= report->sets[i].results[j].timed;
    return any;
}

static void draw_part(struct grid *g, const void *data)
{
    const struct part *p = data;
    draw_heading(g, p);
    draw_block(g, p, &util_block);
    if (report_has_bound(&p->report->sets[0]))
        draw_block(g, p, &above_block);
    if (any_timed(p->report))
        draw_block(g, p, &ratio_block);
    draw_valid(g, p);
    if (any_timed(p->report))
        draw_line(g, p, &(struct line){p->report, &index_row, ALL},
                  index_row.total);
}

void report_draw_comparison(struct grid *g, const void *data)
{
    const struct report *report = data;
    draw_part(g, &(struct part){report, 0, report->count});
}

/* Columns of the screen that the widest line takes; without memory none. */
static size_t width_of(const struct part *p)
{
    char *text = NULL;
    size_t size, widest = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return 0;
    grid_print(out, GRID_PLAIN, false, draw_part, p);
    fclose(out);
    for (const char *line = text; line && *line; line += *line == '\n') {
        size_t length = 0;
        for (; *line && *line != '\n'; line++)
            length += ((unsigned char)*line & 0xc0) != 0x80;
        widest = length > widest ? length : widest;
    }
    free(text);
    return widest;
}

void report_print_comparison(FILE *out, const struct report *report, bool color,
                             size_t width)
{
    struct part p = {report, 0, 0};
    for (; p.first < report->count; p.first += p.count) {
        p.count = report->count - p.first;
        while (width && p.count > 1 && width_of(&p) > width)
            p.count--;
        if (p.first)
            putc('\n', out);
        grid_print(out, GRID_PLAIN, color, draw_part, &p);
    }
}

/* ---- Two, timed against each other --------------------------------------- */

static void draw_pair_row(struct grid *g, const char *name,
                          struct stats_interval ratio)
{
    grid_begin_row(g, false);
    grid_cell(g, "%s", name);
    report_put_ratio(g, ratio);
    report_put_interval(g, ratio);
    grid_end_row(g);
}

void report_draw_pair(struct grid *g, const void *data)
{
    const struct report_pair *pair = data;
    struct grade total = grade_set(pair->set);
    grid_begin_row(g, false);
    grid_cell(g, "trace");
    grid_cell(g, "x %s ", pair->rival);
    grid_cell(g, "interval");
    grid_heading_done(g);
    for (size_t i = 0; i < pair->set->count; i++) {
        const struct result *r = &pair->set->results[i];
        draw_pair_row(g, r->trace->name, report_ratio(r));
    }
    draw_pair_row(g, "geometric mean", total.ratio);
}
