/*
 * grid.h - tables whose columns are as wide as they need be
 */
#ifndef GRID_H
#define GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Columns beyond these are printed, but do not line up. */
#define GRID_COLUMNS 128

/* A table is drawn twice by the same function: to measure, then to print. */
enum grid_mode {
    GRID_MEASURE,
    GRID_PLAIN,
    GRID_MARKDOWN,
    GRID_HTML, /* the rows of a table element */
};

struct grid {
    FILE *out;
    enum grid_mode mode;
    bool color;
    bool bad_row;  /* the row under way is red */
    size_t column; /* cells of it so far */
    size_t blanks; /* owed before the next word, so that no line ends in one */
    size_t left_end; /* the column after the numbers: left-aligned; 0: none */
    bool heading;    /* the row under way is one of the heading */
    bool in_group;   /* of rows, as HTML has them */
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
 * grid_good, grid_bad - one that is green, red. */
__attribute__((format(printf, 2, 3))) void grid_cell(struct grid *g,
                                                     const char *format, ...);
void grid_good(struct grid *g, const char *text);
void grid_bad(struct grid *g, const char *text);

/* grid_real - a number, in a format for one double; "-" if it is not finite. */
void grid_real(struct grid *g, const char *format, double number);

/* grid_is_markup - whether the table will be laid out by who shows it. */
static inline bool grid_is_markup(const struct grid *g)
{
    return g->mode == GRID_MARKDOWN || g->mode == GRID_HTML;
}

/* grid_title - a row that names those below it, in a table of so many columns.
 */
void grid_title(struct grid *g, const char *title, size_t columns);

/* grid_heading_done - after the heading's cells, in place of grid_end_row. */
void grid_heading_done(struct grid *g);

/* grid_line - a line between rows, plain text only; as for printf. */
__attribute__((format(printf, 2, 3))) void grid_line(struct grid *g,
                                                     const char *format, ...);

/* grid_group - in a row of its own, a name above columns first to last, which
 *     are widened to hold it; groups come in order.  Plain text only. */
void grid_group(struct grid *g, const char *name, size_t first, size_t last);

#endif
