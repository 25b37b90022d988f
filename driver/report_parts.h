/*
 * report_parts.h - what the files of the report room share; for them alone
 */
#ifndef REPORT_PARTS_H
#define REPORT_PARTS_H

#include <stdbool.h>
#include <stdio.h>

#include "driver/grade.h"
#include "driver/report.h"

/* ---- Grids: tables whose columns are as wide as they need be ----------- */

/* Columns beyond these are printed, but do not line up. */
#define GRID_COLUMNS 128

/* A table is drawn twice by the same function: to measure, then to print. */
enum grid_mode {
    GRID_MEASURE,
    GRID_PLAIN,
    GRID_MARKDOWN,
};

struct grid {
    FILE *out;
    enum grid_mode mode;
    bool color;
    bool bad_row;  /* the row under way is red */
    size_t column; /* cells of it so far */
    size_t blanks; /* owed before the next word, so that no line ends in one */
    size_t left_end; /* the column after the numbers: left-aligned; 0: none */
    size_t width[GRID_COLUMNS];
};

typedef void grid_drawing(struct grid *g, const void *data);

/* grid_print - draw a table in plain text or Markdown. */
void grid_print(FILE *out, enum grid_mode mode, bool color, grid_drawing *draw,
                const void *data);

/* grid_begin_row, grid_end_row - around its cells; a bad row is red. */
void grid_begin_row(struct grid *g, bool bad);
void grid_end_row(struct grid *g);

/* grid_cell - the next cell, as for printf.  Column 0 is left-aligned.
 * grid_good - one that is green. */
__attribute__((format(printf, 2, 3))) void grid_cell(struct grid *g,
                                                     const char *format, ...);
void grid_good(struct grid *g, const char *text);

/* grid_real - a number, in a format for one double; "-" if it is not finite. */
void grid_real(struct grid *g, const char *format, double number);

/* grid_ratio - "2.10 ", or "1.02~" if it does not separate from 1. */
void grid_ratio(struct grid *g, struct stats_interval ratio);

/* grid_heading_done - after the heading's cells, in place of grid_end_row. */
void grid_heading_done(struct grid *g);

/* grid_line - a line between rows, plain text only; as for printf. */
__attribute__((format(printf, 2, 3))) void grid_line(struct grid *g,
                                                     const char *format, ...);

/* grid_group - in a row of its own, a name above columns first to last, which
 *     are widened to hold it; groups come in order.  Plain text only. */
void grid_group(struct grid *g, const char *name, size_t first, size_t last);

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
};
grid_drawing report_draw_set;

/* report_draw_sides - several sets (struct report) side by side. */
grid_drawing report_draw_sides;

/* report_is_side_by_side - whether more than one allocator beside libc ran. */
bool report_is_side_by_side(const struct report *report);

/* report_print_failures - each failed trace's explanation, and what it
 *     printed, after an empty line; without verbose in full for the first
 *     few alone. */
void report_print_failures(FILE *out, const struct result_set *set,
                           int verbose);

/* report_print_text - lines, each after prefix, without control characters.
 * report_print_start - the first of them, cut where they are long, and how
 *     many there are more. */
void report_print_text(FILE *out, const char *prefix, const char *text);
void report_print_start(FILE *out, const char *prefix, const char *text);

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

/* ---- The words of JSON --------------------------------------------------- */

/* json_text - quoted; what is not UTF-8 becomes U+FFFD; NULL: null. */
void json_text(FILE *out, const char *text);

/* json_real - null if it is not finite. */
void json_real(FILE *out, double number);

/* ---- Exporters ------------------------------------------------------------
 */

report_writer report_write_json, report_write_csv, report_write_tsv,
    report_write_markdown, report_write_gradescope;

#endif
