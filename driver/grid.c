/*
 * grid.c - tables whose columns are as wide as they need be
 *
 * A table is a function that emits rows of cells.  It is called once to
 * measure and once to print, so that no cell is ever stored.  A cell is text of
 * up to GRID_CELL bytes; control characters in it are shown as '?'.
 */
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "driver/grid.h"
#include "driver/words.h"

#define GRID_CELL 512
#define GAP       2

static const char grid_red[] = "\033[31m", grid_green[] = "\033[32m",
                  grid_reset[] = "\033[0m";

/* Columns that UTF-8 text takes, of characters that are one column wide. */
static size_t display_width(const char *text)
{
    size_t width = 0;
    for (; *text; text++)
        width += ((unsigned char)*text & 0xc0) != 0x80;
    return width;
}

static void hide_controls(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            *text = '?';
}

static size_t *column_width(struct grid *g, size_t column)
{
    return &g->width[column < GRID_COLUMNS ? column : GRID_COLUMNS - 1];
}

static void put_blanks(struct grid *g)
{
    fprintf(g->out, "%*s", (int)g->blanks, "");
    g->blanks = 0;
}

static bool is_left(const struct grid *g, size_t column)
{
    return column == 0 || (g->left_end && column == g->left_end);
}

/* Blanks at the end of a cell count for its place, but end no line. */
static void put_plain(struct grid *g, size_t column, const char *text,
                      size_t length, const char *color)
{
    size_t width = display_width(text), wide = *column_width(g, column);
    size_t pad = wide > width ? wide - width : 0;
    bool left = is_left(g, column);
    g->blanks += GAP + (left ? 0 : pad);
    if (length) {
        put_blanks(g);
        fprintf(g->out, "%s%.*s%s", color, (int)length, text,
                *color ? grid_reset : "");
    }
    g->blanks += strlen(text) - length + (left ? pad : 0);
}

static void put_markdown(struct grid *g, const char *text, size_t length)
{
    fputs(g->column == 1 ? "| " : " ", g->out);
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '|')
            putc('\\', g->out);
        putc(text[i], g->out);
    }
    fputs(" |", g->out);
}

static void put_html(struct grid *g, size_t column, const char *text,
                     const char *color)
{
    const char *class = *color == '\0'      ? ""
                        : color == grid_red ? " class=\"bad\""
                                            : " class=\"good\"";
    const char *element = g->heading ? "th scope=\"col\""
                          : column   ? "td"
                                     : "th scope=\"row\"";
    if (column && is_left(g, column))
        class = " class=\"note\"";
    fprintf(g->out, "<%s%s>", element, class);
    html_text(g->out, text);
    fprintf(g->out, "</%.2s>", element);
}

static size_t length_without_blanks(const char *text)
{
    size_t length = strlen(text);
    while (length && text[length - 1] == ' ')
        length--;
    return length;
}

static void put_cell(struct grid *g, char *text, const char *color)
{
    size_t column = g->column++;
    hide_controls(text);
    size_t length = length_without_blanks(text);
    if (g->mode == GRID_MEASURE) {
        size_t width = display_width(text), *wide = column_width(g, column);
        if (width > *wide)
            *wide = width;
    } else if (g->mode == GRID_MARKDOWN) {
        put_markdown(g, text, length);
    } else if (g->mode == GRID_HTML) {
        text[length] = '\0';
        put_html(g, column, text, color);
    } else {
        put_plain(g, column, text, length,
                  g->color && !g->bad_row ? color : "");
    }
}

void grid_cell(struct grid *g, const char *format, ...)
{
    char text[GRID_CELL];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    put_cell(g, text, "");
}

static void put_colored(struct grid *g, const char *text, const char *color)
{
    char copy[GRID_CELL];
    snprintf(copy, sizeof copy, "%s", text);
    put_cell(g, copy, color);
}

void grid_good(struct grid *g, const char *text)
{
    put_colored(g, text, grid_green);
}

void grid_bad(struct grid *g, const char *text)
{
    put_colored(g, text, grid_red);
}

void grid_real(struct grid *g, const char *format, double number)
{
    char text[GRID_CELL] = "-";
    if (isfinite(number))
        snprintf(text, sizeof text, format, number);
    put_cell(g, text, "");
}

/* A group of rows is begun by the first of them. */
static void begin_html_row(struct grid *g)
{
    if (!g->in_group)
        fputs(g->heading ? "<thead>\n" : "<tbody>\n", g->out);
    g->in_group = true;
    fputs(g->bad_row ? "<tr class=\"bad\">" : "<tr>", g->out);
}

static void end_html_group(struct grid *g)
{
    if (g->in_group)
        fputs(g->heading ? "</thead>\n" : "</tbody>\n", g->out);
    g->in_group = false;
}

void grid_begin_row(struct grid *g, bool bad)
{
    g->column = 0;
    g->blanks = 0;
    g->bad_row = bad;
    if (bad && g->color && g->mode == GRID_PLAIN)
        fputs(grid_red, g->out);
    if (g->mode == GRID_HTML)
        begin_html_row(g);
}

void grid_end_row(struct grid *g)
{
    if (g->mode == GRID_MEASURE)
        return;
    if (g->bad_row && g->color && g->mode == GRID_PLAIN)
        fputs(grid_reset, g->out);
    fputs(g->mode == GRID_HTML ? "</tr>\n" : "\n", g->out);
}

static void title_html(struct grid *g, const char *title, size_t columns)
{
    end_html_group(g);
    grid_begin_row(g, false);
    fprintf(g->out, "<th scope=\"rowgroup\" colspan=\"%zu\"><span>", columns);
    html_text(g->out, title);
    fputs("</span></th>", g->out);
    grid_end_row(g);
}

/* Markdown has no such row: its other cells are empty. */
void grid_title(struct grid *g, const char *title, size_t columns)
{
    bool markdown = g->mode == GRID_MARKDOWN;
    if (g->mode == GRID_HTML) {
        title_html(g, title, columns);
        return;
    }
    grid_begin_row(g, false);
    grid_cell(g, markdown ? "**%s**" : "%s", title);
    for (size_t i = 1; i < columns && markdown; i++)
        grid_cell(g, "%s", "");
    grid_end_row(g);
}

void grid_heading_done(struct grid *g)
{
    size_t columns = g->column;
    grid_end_row(g);
    end_html_group(g);
    g->heading = false;
    if (g->mode != GRID_MARKDOWN)
        return;
    putc('|', g->out);
    for (size_t i = 0; i < columns; i++)
        fputs(is_left(g, i) ? ":--|" : "--:|", g->out);
    putc('\n', g->out);
}

void grid_line(struct grid *g, const char *format, ...)
{
    if (g->mode != GRID_PLAIN)
        return;
    va_list args;
    va_start(args, format);
    vfprintf(g->out, format, args);
    va_end(args);
    putc('\n', g->out);
}

/* Bytes from the left edge of column first to the right edge of last. */
static size_t span_width(struct grid *g, size_t first, size_t last)
{
    size_t width = *column_width(g, first);
    for (size_t i = first + 1; i <= last; i++)
        width += GAP + *column_width(g, i);
    return width;
}

void grid_group(struct grid *g, const char *name, size_t first, size_t last)
{
    if (g->mode != GRID_PLAIN) /* widths are not yet known, or do not matter */
        return;
    char text[GRID_CELL];
    snprintf(text, sizeof text, "%s", name);
    hide_controls(text);
    size_t width = display_width(text), wide = span_width(g, first, last);
    if (width > wide) {
        *column_width(g, last) += width - wide;
        wide = width;
    }
    while (g->column < first)
        g->blanks += GAP + *column_width(g, g->column++);
    g->column = last + 1;
    g->blanks += GAP + wide - width;
    put_blanks(g);
    fputs(text, g->out);
}

void grid_print(FILE *out, enum grid_mode mode, bool color, grid_drawing *draw,
                const void *data)
{
    struct grid g = {.out = out, .mode = GRID_MEASURE, .color = color};
    draw(&g, data);
    g.mode = mode;
    g.heading = true;
    draw(&g, data);
    end_html_group(&g);
}
