/*
 * plot_pareto.c - utilization against speed, a point for each allocator
 *
 * Who failed a trace, and who was measured otherwise than the rest (see
 * plot_is_resident), is shown and does not compete.  Where labels stand is
 * found here, and so the axes are, too.
 */
#define _GNU_SOURCE
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "driver/grade.h"
#include "driver/labels.h"
#include "driver/pareto.h"
#include "driver/plot_parts.h"

/* Pixels of the area that is drawn on, of a text's line, and of a letter in the
 * wider of the fonts. */
#define WIDE   780.0
#define HIGH   460.0
#define LINE   16.0
#define LETTER 7.8

/* Beyond this ratio of its ends an axis of ratios is logarithmic. */
#define RANGE_LINEAR 4

/* The room left beside the outermost points, as a part of the axis. */
#define ROOM 0.08

enum kind { BEATEN, FRONT, FAILED, OTHERWISE };

struct dot {
    const struct result_set *set;
    struct grade grade;
    struct stats_interval ratio;
    enum kind kind;
    char *text;
};

struct axis {
    double from, to;
    bool log;
};

struct scene {
    const struct plot_view *view;
    struct dot *dots;
    struct pareto_point *points;
    struct label *labels;
    size_t count;
    struct pareto_point *front;
    size_t front_count;
    struct axis x, y;
};

/* ---- Who is drawn -------------------------------------------------------- */

/* Against itself libc is what it is. */
static struct stats_interval ratio_of(const struct result_set *set,
                                      const struct grade *g)
{
    if (set->is_libc)
        return (struct stats_interval){1, 1, 1, true};
    return g->ratio;
}

static bool is_drawn(const struct result_set *set)
{
    struct grade g = grade_set(set);
    double ratio = ratio_of(set, &g).mid;
    return isfinite(g.util) && isfinite(ratio) && ratio > 0;
}

bool plot_has_pareto(const struct plot_view *v)
{
    for (size_t s = 0; s < v->set_count; s++)
        if (is_drawn(&v->sets[s]) && !v->sets[s].is_libc)
            return true;
    return false;
}

static bool all_resident(const struct plot_view *v)
{
    bool all = true;
    for (size_t s = 0; s < v->set_count; s++)
        all &= plot_is_resident(&v->sets[s]);
    return all;
}

static bool make_text(struct dot *d)
{
    size_t size;
    FILE *out = open_memstream(&d->text, &size);
    if (!out)
        return false;
    plot_put_short(out, d->set->allocator);
    if (plot_is_resident(d->set))
        fputs(" (r)", out);
    if (d->kind == FAILED)
        fprintf(out, " (%zu of %zu)", d->grade.valid, d->grade.traces);
    return fclose(out) == 0;
}

static double count_letters(const char *text)
{
    size_t letters = 0;
    for (; *text; text++)
        letters += (*text & 0xc0) != 0x80;
    return (double)letters;
}

static bool add_dot(struct scene *s, const struct result_set *set, bool alike)
{
    struct dot *d = &s->dots[s->count];
    *d = (struct dot){.set = set, .grade = grade_set(set)};
    d->ratio = ratio_of(set, &d->grade);
    if (d->grade.valid < d->grade.traces)
        d->kind = FAILED;
    else if (plot_is_resident(set) && !alike)
        d->kind = OTHERWISE;
    s->points[s->count++] = (struct pareto_point){d->ratio.mid, d->grade.util,
                                                  d->kind == BEATEN, false};
    return make_text(d);
}

static bool add_dots(struct scene *s)
{
    bool alike = all_resident(s->view), good = true;
    for (size_t i = 0; good && i < s->view->set_count; i++)
        if (is_drawn(&s->view->sets[i]))
            good = add_dot(s, &s->view->sets[i], alike);
    return good;
}

static void find_front(struct scene *s)
{
    pareto_front(s->points, s->count);
    for (size_t i = 0; i < s->count; i++)
        if (s->points[i].front)
            s->dots[i].kind = FRONT;
    s->front_count = pareto_sort(s->points, s->count, s->front);
}

/* ---- Axes ---------------------------------------------------------------- */

static double scale(const struct axis *a, double value)
{
    if (a->log)
        return log(value / a->from) / log(a->to / a->from);
    return (value - a->from) / (a->to - a->from);
}

static double value_at(const struct axis *a, double share)
{
    if (a->log)
        return a->from * pow(a->to / a->from, share);
    return a->from + (a->to - a->from) * share;
}

/* Error bars whole; libc, at 1, and the corner of full marks in sight. */
static struct axis find_x(const struct scene *s)
{
    struct axis a = {fmin(1, RATIO_MAX), fmax(1, RATIO_MAX), false};
    for (size_t i = 0; i < s->count; i++) {
        struct stats_interval r = s->dots[i].ratio;
        a.from = fmin(a.from, r.lo > 0 ? r.lo : r.mid);
        a.to = fmax(a.to, isfinite(r.hi) ? r.hi : r.mid);
    }
    a.log = a.to > RANGE_LINEAR * a.from;
    if (!a.log && a.to < a.from + 0.1)
        a = (struct axis){a.from - 0.05, a.to + 0.05, false};
    return (struct axis){value_at(&a, -ROOM), value_at(&a, 1 + ROOM), a.log};
}

static struct axis find_y(const struct scene *s)
{
    struct axis a = {UTIL_MAX, 1, false};
    for (size_t i = 0; i < s->count; i++) {
        a.from = fmin(a.from, s->dots[i].grade.util);
        a.to = fmax(a.to, s->dots[i].grade.util);
    }
    a.from = fmax(0, floor(10 * value_at(&a, -ROOM)) / 10);
    a.to = a.to > 1 ? value_at(&a, 1 + ROOM / 2) : 1;
    return a;
}

/* ---- Labels -------------------------------------------------------------- */

static double pixel_x(const struct scene *s, double value)
{
    return WIDE * scale(&s->x, value);
}

static double pixel_y(const struct scene *s, double value)
{
    return HIGH * scale(&s->y, value);
}

static struct labels_box error_bar(const struct scene *s, const struct dot *d)
{
    double y = pixel_y(s, d->grade.util);
    return (struct labels_box){pixel_x(s, d->ratio.lo) - 3, y - 3,
                               pixel_x(s, d->ratio.hi) + 3, y + 3};
}

/* The two lines that lead from a point of the front to the next one. */
static void add_step(const struct scene *s, size_t i, struct labels_box *out)
{
    const struct pareto_point *p = &s->front[i];
    double from = i ? pixel_x(s, p[-1].x) : 0;
    double to = i + 1 < s->front_count ? pixel_y(s, p[1].y) : 0;
    double x = pixel_x(s, p->x), y = pixel_y(s, p->y);
    out[0] = (struct labels_box){from, y - 1, x, y + 1};
    out[1] = (struct labels_box){x - 1, to, x + 1, y};
}

static bool place_labels(struct scene *s)
{
    size_t count = s->count + 2 * s->front_count;
    struct labels_box *obstacles = calloc(count, sizeof *obstacles);
    if (!obstacles)
        return false;
    for (size_t i = 0; i < s->count; i++) {
        const struct dot *d = &s->dots[i];
        obstacles[i] = error_bar(s, d);
        s->labels[i] = (struct label){
            .x = pixel_x(s, d->ratio.mid),
            .y = pixel_y(s, d->grade.util),
            .wide = LETTER * count_letters(d->text) + 6,
            .high = LINE,
        };
    }
    for (size_t i = 0; i < s->front_count; i++)
        add_step(s, i, &obstacles[s->count + 2 * i]);
    labels_place(s->labels, s->count, obstacles, count,
                 (struct labels_box){4, 4, WIDE - 4, HIGH - 4});
    free(obstacles);
    return true;
}

/* ---- The data ------------------------------------------------------------ */

/* Where a line from the point comes to its label; false: it stands beside. */
static bool find_leader(const struct label *l, double *x, double *y)
{
    *x = fmax(l->place.left, fmin(l->x, l->place.right));
    *y = fmax(l->place.bottom, fmin(l->y, l->place.top));
    return hypot(*x - l->x, *y - l->y) > 14;
}

static void write_dot(FILE *out, const struct scene *s, size_t i)
{
    const struct dot *d = &s->dots[i];
    const struct label *l = &s->labels[i];
    double x = (l->place.left + l->place.right) / 2;
    double y = (l->place.bottom + l->place.top) / 2, end_x, end_y;
    plot_put_name(out, d->set->allocator);
    fprintf(out, "\t%.6g\t%.6g\t%.6g\t%.6f\t%zu\t%zu\t%d", d->ratio.mid,
            d->ratio.lo, d->ratio.hi, d->grade.util, d->grade.valid,
            d->grade.traces, d->kind);
    fprintf(out, "\t%.6g\t%.6f", value_at(&s->x, x / WIDE),
            value_at(&s->y, y / HIGH));
    if (find_leader(l, &end_x, &end_y))
        fprintf(out, "\t%.6g\t%.6f\n", value_at(&s->x, end_x / WIDE),
                value_at(&s->y, end_y / HIGH));
    else
        fputs("\tNaN\tNaN\n", out);
}

/* The corners of the front, from the left edge to the lower one; without a
 * front where those meet. */
static void write_front(FILE *out, const struct scene *s)
{
    fputs("\n\n# ratio\tutil_share\n", out);
    double before = s->x.from;
    for (size_t i = 0; i < s->front_count; i++) {
        const struct pareto_point *p = &s->front[i];
        fprintf(out, "%.6g\t%.6f\n%.6g\t%.6f\n", before, p->y, p->x, p->y);
        before = p->x;
    }
    fprintf(out, "%.6g\t%.6f\n", before, s->y.from);
}

static void write_data(FILE *out, const struct scene *s)
{
    fputs("# allocator\tratio\tratio_lo\tratio_hi\tutil_share\tvalid_traces"
          "\tall_traces\tkind\tlabel_ratio\tlabel_util_share"
          "\tleader_ratio\tleader_util_share\n",
          out);
    for (size_t i = 0; i < s->count; i++)
        write_dot(out, s, i);
    write_front(out, s);
}

/* ---- What the script is told --------------------------------------------- */

static bool set_texts(const struct scene *s)
{
    const char *texts[s->count];
    for (size_t i = 0; i < s->count; i++)
        texts[i] = s->dots[i].text;
    gnuplot_set_texts(s->view->g, "labels", texts, s->count);
    char *absent = NULL;
    size_t size;
    FILE *out = open_memstream(&absent, &size);
    if (!out)
        return false;
    for (size_t i = 0, n = 0; i < s->view->set_count; i++) {
        const struct result_set *set = &s->view->sets[i];
        if (is_drawn(set))
            continue;
        fputs(n++ ? ", " : "", out);
        plot_put_short(out, set->allocator);
    }
    if (fclose(out) == 0)
        gnuplot_set_text(s->view->g, "absent", absent);
    free(absent);
    return true;
}

static void set_axes(const struct scene *s)
{
    bool certain = true;
    size_t kinds[OTHERWISE + 1] = {0};
    for (size_t i = 0; i < s->count; i++) {
        certain &= s->dots[i].ratio.certain;
        kinds[s->dots[i].kind]++;
    }
    struct gnuplot *g = s->view->g;
    gnuplot_set_number(g, "area_wide", WIDE);
    gnuplot_set_number(g, "area_high", HIGH);
    gnuplot_set_number(g, "ratio_from", s->x.from);
    gnuplot_set_number(g, "ratio_to", s->x.to);
    gnuplot_set_number(g, "ratio_log", s->x.log);
    gnuplot_set_number(g, "util_from", s->y.from);
    gnuplot_set_number(g, "util_to", s->y.to);
    gnuplot_set_number(g, "full_ratio", RATIO_MAX);
    gnuplot_set_number(g, "full_util", UTIL_MAX);
    gnuplot_set_number(g, "certain", certain);
    gnuplot_set_number(g, "front", (double)s->front_count);
    gnuplot_set_number(g, "beaten", (double)kinds[BEATEN]);
    gnuplot_set_number(g, "failed", (double)kinds[FAILED]);
    gnuplot_set_number(g, "otherwise", (double)kinds[OTHERWISE]);
}

static bool describe(struct scene *s, char **error)
{
    if (!s->dots || !s->points || !s->labels || !s->front || !add_dots(s))
        return false;
    find_front(s);
    s->x = find_x(s);
    s->y = find_y(s);
    if (!place_labels(s) || !set_texts(s))
        return false;
    set_axes(s);
    FILE *out = gnuplot_data(s->view->g, error);
    if (!out)
        return false;
    write_data(out, s);
    return true;
}

bool plot_describe_pareto(const struct plot_view *v, char **error)
{
    size_t n = v->set_count;
    struct scene s = {.view = v,
                      .dots = calloc(n, sizeof *s.dots),
                      .points = calloc(n, sizeof *s.points),
                      .labels = calloc(n, sizeof *s.labels),
                      .front = calloc(n, sizeof *s.front)};
    *error = NULL;
    bool good = describe(&s, error);
    for (size_t i = 0; i < s.count; i++)
        free(s.dots[i].text);
    free(s.dots);
    free(s.points);
    free(s.labels);
    free(s.front);
    return good;
}
