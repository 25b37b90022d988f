/*
 * report_parts.h - what the files of the report room share; for them alone
 */
#ifndef REPORT_PARTS_H
#define REPORT_PARTS_H

#include <stdbool.h>
#include <stdio.h>

#include "driver/grade.h"
#include "driver/grid.h"
#include "driver/report.h"
#include "driver/words.h"

/* ---- Parts of the table for people -------------------------------------- */

/* report_set_name - how people call the allocator. */
const char *report_set_name(const struct result_set *set);

/* report_valid - whether the trace passed: a failed one has no figures. */
bool report_valid(const struct result *r);

/* report_figure - NAN if the trace failed.  report_time - or was not timed. */
double report_figure(const struct result *r, double figure);
double report_time(const struct result *r, double figure);

/* report_ratio - the ratio to libc, mid NAN if unknown. */
struct stats_interval report_ratio(const struct result *r);

/* report_draw_set - the table of one set (struct report_table). */
struct report_table {
    const struct result_set *set;
    struct grade grade;
    int verbose;
    bool wide; /* the measures of Johnstone & Wilson are columns */
};
grid_drawing report_draw_set;

/* report_draw_sides - several sets (struct report) side by side. */
grid_drawing report_draw_sides;

/* report_print_comparison - a column for each set, in pieces that are no wider
 *     than width columns of the screen; 0: one piece.
 * report_draw_comparison - the one piece (struct report).
 * report_draw_pair - two timed against each other (struct report_pair). */
void report_print_comparison(FILE *out, const struct report *report, bool color,
                             size_t width);
grid_drawing report_draw_comparison, report_draw_pair;

/* report_is_resident - whether its memory is the process's own, and some of it
 *     was seen: marked "r".
 * report_any_resident - of some set.
 * report_legend - what the mark means: a line. */
bool report_is_resident(const struct result_set *set);
bool report_any_resident(const struct report *report);
extern const char report_legend[];

/* report_has_bound - whether the bound of some trace is known. */
bool report_has_bound(const struct result_set *set);

/* report_put_util - a utilization as a cell, marked if memory is resident.
 * report_put_above - by how much heap exceeds the bound. */
void report_put_util(struct grid *g, double util, bool resident);
void report_put_above(struct grid *g, double above);

/* report_write_ratio - "2.10 ", or "1.02~" if it does not separate from 1.
 * report_put_ratio - as a cell, "-" if it is not known.
 * report_put_interval - "2.00-2.25", or "-". */
void report_write_ratio(char *text, size_t size, struct stats_interval ratio);
void report_put_ratio(struct grid *g, struct stats_interval ratio);
void report_put_interval(struct grid *g, struct stats_interval interval);

/* report_is_side_by_side - whether more than one allocator beside libc ran. */
bool report_is_side_by_side(const struct report *report);

/* report_print_failures - each failed trace's explanation, and what it
 *     printed, after an empty line; without verbose in full for the first
 *     few alone. */
void report_print_failures(FILE *out, const struct result_set *set,
                           int verbose);

/* report_print_text - lines, each after prefix, without control characters.
 * report_print_start - the first of them, cut where they are long, and how
 *     many there are more.
 * report_print_name - a name between other words, without control characters,
 *     ends of lines among them. */
void report_print_text(FILE *out, const char *prefix, const char *text);
void report_print_start(FILE *out, const char *prefix, const char *text);
void report_print_name(FILE *out, const char *before, const char *name,
                       const char *after);

/* ---- Values for programs ------------------------------------------------ */

enum value_kind {
    VALUE_NONE, /* not known */
    VALUE_TEXT,
    VALUE_COUNT,
    VALUE_REAL,
    VALUE_BOOL,
    VALUE_ERROR,   /* kind, line, op and message of the result */
    VALUE_SAMPLES, /* samples_ns of the result */
};

struct value {
    enum value_kind kind;
    const char *text;
    unsigned long long count; /* also VALUE_BOOL */
    double real;
};

/* What one key of JSON's results, or one column of CSV, is taken from. */
struct field {
    const char *name;
    enum { IN_BOTH, IN_JSON, IN_CSV } formats;
    struct value (*get)(const struct result *r);
};

/* In the order of the contract, after the allocator's name; ends with a NULL
 * name. */
extern const struct field report_fields[];

/* ---- Parts of the page -------------------------------------------------- */

/* report_html_put - text between two pieces of HTML. */
void report_html_put(FILE *out, const char *before, const char *text,
                     const char *after);

/* report_html_pictures - a section with those of the album.
 * report_html_notes - how the run was made and where, and what the words mean.
 */
void report_html_pictures(FILE *out, const struct plot_album *album);
void report_html_notes(FILE *out, const struct report *report);

extern const char report_html_style[]; /* the style sheet */

/* ---- Exporters ------------------------------------------------------------
 */

report_writer report_write_json, report_write_csv, report_write_tsv,
    report_write_markdown, report_write_gradescope, report_write_html;

#endif
