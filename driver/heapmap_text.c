/*
 * heapmap_text.c - a heap map in characters, for a terminal
 *
 * With colour a cell has that of what most of it is.  Without, half blocks show
 * where at least half of the heap is in use, and ASCII how much of it is.  Free
 * heap has a mark in each of them: what is blank lies beyond the break.
 */
#define _GNU_SOURCE
#include "driver/heapmap_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINES        24
#define LABEL        8  /* "1.25 MiB" */
#define LABELLED_MIN 20 /* narrower screens show cells only */
#define TICS         5

/* From nothing to all of a cell in use. */
static const char ramp[] = ".:-=+*#%@";

/* Of 256 colours of terminals: a blue and an orange that all readers tell
 * apart, and a grey that is seen on black and on white. */
static const int color_of[HEAPMAP_USES] = {
    [HEAPMAP_PAYLOAD] = 25,
    [HEAPMAP_OVERHEAD] = 214,
    [HEAPMAP_FREE] = 250,
};

/* What stands in one place of the screen; HEAPMAP_BEYOND is no colour. */
struct glyph {
    const char *text;
    size_t length;
    enum heapmap_use ink, ground;
};

struct sheet {
    FILE *out;
    const struct heapmap *map;
    const struct heapmap_grid *grid;
    struct heapmap_text_style style;
    size_t margin, width; /* of the labels, of the cells */
    size_t lines;
    enum heapmap_use ink, ground; /* as the terminal has them now */
};

static size_t margin_of(struct heapmap_text_style style)
{
    return style.width < LABELLED_MIN ? 0 : LABEL + 1;
}

/* Rows of cells in a line. */
static size_t rows_of_line(struct heapmap_text_style style)
{
    return style.utf8 ? 2 : 1;
}

struct heapmap *heapmap_text_map(const struct replay *left,
                                 struct heapmap_text_style style)
{
    return heapmap_create(left, style.width - margin_of(style),
                          LINES * rows_of_line(style));
}

/* ---- Cells --------------------------------------------------------------- */

/* Above the highest row nothing is. */
static struct heapmap_cell cell_at(const struct sheet *s, size_t x, size_t row)
{
    static const struct heapmap_cell none = {{[HEAPMAP_BEYOND] = 1000}};
    size_t column = x * s->grid->columns.count / s->width;
    return row < s->grid->rows ? *heapmap_at(s->map, column, row) : none;
}

static enum heapmap_use most_of(struct heapmap_cell c)
{
    enum heapmap_use most = 0;
    for (enum heapmap_use i = 1; i < HEAPMAP_USES; i++)
        if (c.part[i] > c.part[most])
            most = i;
    return most;
}

/* Of what is below the break, in thousandths. */
static unsigned in_use(struct heapmap_cell c)
{
    unsigned used = c.part[HEAPMAP_PAYLOAD] + c.part[HEAPMAP_OVERHEAD];
    unsigned heap = used + c.part[HEAPMAP_FREE];
    return heap ? used * 1000 / heap : 0;
}

static bool is_beyond(struct heapmap_cell c)
{
    return c.part[HEAPMAP_BEYOND] > 500;
}

static struct glyph glyph(const char *text, enum heapmap_use ink,
                          enum heapmap_use ground)
{
    return (struct glyph){text, strlen(text), ink, ground};
}

static const struct glyph blank = {" ", 1, HEAPMAP_BEYOND, HEAPMAP_BEYOND};

static struct glyph colored_halves(struct heapmap_cell upper,
                                   struct heapmap_cell lower)
{
    enum heapmap_use above = most_of(upper), below = most_of(lower);
    if (above == HEAPMAP_BEYOND && below == HEAPMAP_BEYOND)
        return blank;
    if (above == below)
        return glyph("█", above, HEAPMAP_BEYOND);
    if (above == HEAPMAP_BEYOND)
        return glyph("▄", below, HEAPMAP_BEYOND);
    return glyph("▀", above, below);
}

static struct glyph plain_halves(struct heapmap_cell upper,
                                 struct heapmap_cell lower)
{
    bool above = !is_beyond(upper) && in_use(upper) >= 500;
    bool below = !is_beyond(lower) && in_use(lower) >= 500;
    if (is_beyond(upper) && is_beyond(lower))
        return blank;
    const char *text = above && below ? "█" : above ? "▀" : below ? "▄" : "░";
    return glyph(text, HEAPMAP_BEYOND, HEAPMAP_BEYOND);
}

static struct glyph ascii_glyph(struct heapmap_cell c, bool color)
{
    const unsigned steps = sizeof ramp - 2;
    if (is_beyond(c))
        return blank;
    const char *text = &ramp[(in_use(c) * steps + 500) / 1000];
    return (struct glyph){text, 1, color ? most_of(c) : HEAPMAP_BEYOND,
                          HEAPMAP_BEYOND};
}

/* In line 0, the lowest, and up. */
static struct glyph glyph_at(const struct sheet *s, size_t x, size_t line)
{
    if (!s->style.utf8)
        return ascii_glyph(cell_at(s, x, line), s->style.color);
    struct heapmap_cell upper = cell_at(s, x, 2 * line + 1);
    struct heapmap_cell lower = cell_at(s, x, 2 * line);
    return s->style.color ? colored_halves(upper, lower)
                          : plain_halves(upper, lower);
}

/* ---- Colours ------------------------------------------------------------- */

static void dye(struct sheet *s, enum heapmap_use ink, enum heapmap_use ground)
{
    if (s->ink == ink && s->ground == ground)
        return;
    fputs("\033[0", s->out);
    if (ink != HEAPMAP_BEYOND)
        fprintf(s->out, ";38;5;%d", color_of[ink]);
    if (ground != HEAPMAP_BEYOND)
        fprintf(s->out, ";48;5;%d", color_of[ground]);
    putc('m', s->out);
    s->ink = ink;
    s->ground = ground;
}

static void put_glyph(struct sheet *s, struct glyph g)
{
    dye(s, g.ink, g.ground);
    fwrite(g.text, 1, g.length, s->out);
}

static void end_line(struct sheet *s)
{
    dye(s, HEAPMAP_BEYOND, HEAPMAP_BEYOND);
    putc('\n', s->out);
}

/* ---- Axes ---------------------------------------------------------------- */

static void write_size(char text[16], uint64_t bytes)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    size_t unit = 0;
    double value = (double)bytes;
    for (; value >= 1024 && unit < 4; unit++)
        value /= 1024;
    snprintf(text, 16, "%.4g %s", value, units[unit]);
}

static void write_count(char text[16], size_t count)
{
    double value = (double)count;
    if (count < 10000)
        snprintf(text, 16, "%zu", count);
    else if (count < 999500)
        snprintf(text, 16, "%.3gk", value / 1e3);
    else if (count < 999500000)
        snprintf(text, 16, "%.3gM", value / 1e6);
    else
        snprintf(text, 16, "%.3gG", value / 1e9);
}

/* Bytes between the labels of the address axis: a power of two. */
static uint64_t step_of(uint64_t heap_bytes)
{
    uint64_t step = 16;
    while (heap_bytes / step > TICS)
        step *= 2;
    return step;
}

/* Before the cells of a line whose lowest byte is at `from`. */
static void put_margin(struct sheet *s, uint64_t from)
{
    char text[16] = "";
    uint64_t step = step_of(s->grid->heap_bytes);
    uint64_t tic = (from + step - 1) / step * step;
    uint64_t to = from + s->grid->row_bytes * rows_of_line(s->style);
    if (tic > 0 && tic < to && tic <= s->grid->heap_bytes)
        write_size(text, tic);
    if (s->margin)
        fprintf(s->out, "%*s%s", LABEL, text, s->style.utf8 ? "│" : "|");
}

static void put_line(struct sheet *s, size_t line)
{
    size_t width = s->width;
    while (width > 0 && *glyph_at(s, width - 1, line).text == ' ')
        width--;
    put_margin(s, line * s->grid->row_bytes * rows_of_line(s->style));
    for (size_t x = 0; x < width; x++)
        put_glyph(s, glyph_at(s, x, line));
    end_line(s);
}

static void put_floor(struct sheet *s)
{
    if (!s->margin)
        return;
    fprintf(s->out, "%*s%s", LABEL, "0 B", s->style.utf8 ? "└" : "+");
    for (size_t x = 0; x < s->width; x++)
        fputs(s->style.utf8 ? "─" : "-", s->out);
    putc('\n', s->out);
}

/* Below the cells: the first request, one in the middle, the last. */
static void put_requests(struct sheet *s)
{
    char middle[16], count[16], last[32];
    size_t requests = s->grid->columns.requests;
    write_count(middle, requests / 2);
    write_count(count, requests);
    snprintf(last, sizeof last, "%s request%s", count,
             requests == 1 ? "" : "s");
    if (!s->margin || strlen(last) > s->width)
        return;
    size_t centre = s->width / 2, end = s->width - strlen(last);
    fprintf(s->out, "%*s", (int)s->margin, "");
    size_t at = 0;
    if (requests > 1 && end > 2)
        at += (size_t)fprintf(s->out, "1");
    if (requests > 4 && centre + strlen(middle) + 2 < end)
        at += (size_t)fprintf(s->out, "%*s%s", (int)(centre - at), "", middle);
    fprintf(s->out, "%*s%s\n", (int)(end - at), "", last);
}

/* ---- The legend ---------------------------------------------------------- */

/* What the style and the map may be; an entry is for those that are all that
 * it says. */
enum {
    ASCII = 1,
    UTF8 = 2,
    PLAIN = 4,
    COLOR = 8,
    TOLD = 16, /* blocks are known */
    UNTOLD = 32,
};

static const struct entry {
    unsigned when;
    const char *mark, *text;
    size_t mark_width; /* places of the screen */
    enum heapmap_use ink;
} entries[] = {
    {ASCII | PLAIN | TOLD, ":-=+*#%@", "ever more in live blocks", 8,
     HEAPMAP_BEYOND},
    {ASCII | PLAIN | UNTOLD, ":-=+*#%@", "ever more payload", 8,
     HEAPMAP_BEYOND},
    {ASCII | COLOR, ":-=+*#%@", "ever fuller", 8, HEAPMAP_BEYOND},
    {ASCII | COLOR, "@", "payload", 1, HEAPMAP_PAYLOAD},
    {ASCII | COLOR | TOLD, "@", "overhead in blocks", 1, HEAPMAP_OVERHEAD},
    {ASCII | PLAIN | TOLD, ".", "free", 1, HEAPMAP_BEYOND},
    {ASCII | PLAIN | UNTOLD, ".", "free or overhead", 1, HEAPMAP_BEYOND},
    {ASCII | COLOR | TOLD, ".", "free", 1, HEAPMAP_FREE},
    {ASCII | COLOR | UNTOLD, ".", "free or overhead", 1, HEAPMAP_FREE},
    {UTF8 | PLAIN | TOLD, "█", "live blocks", 1, HEAPMAP_BEYOND},
    {UTF8 | PLAIN | UNTOLD, "█", "payload", 1, HEAPMAP_BEYOND},
    {UTF8 | COLOR, "█", "payload", 1, HEAPMAP_PAYLOAD},
    {UTF8 | COLOR | TOLD, "█", "overhead in blocks", 1, HEAPMAP_OVERHEAD},
    {UTF8 | PLAIN | TOLD, "░", "free", 1, HEAPMAP_BEYOND},
    {UTF8 | PLAIN | UNTOLD, "░", "free or overhead", 1, HEAPMAP_BEYOND},
    {UTF8 | COLOR | TOLD, "█", "free", 1, HEAPMAP_FREE},
    {UTF8 | COLOR | UNTOLD, "█", "free or overhead", 1, HEAPMAP_FREE},
    {0, "blank:", "beyond the break", 6, HEAPMAP_BEYOND},
};

/* What does not fit into what is left of the line begins a new one; what fits
 * into none is left out.  Returns the places taken in the line. */
static size_t put_entry(struct sheet *s, const struct entry *e, size_t at)
{
    size_t width = e->mark_width + 1 + strlen(e->text);
    if (width > s->style.width)
        return at;
    if (at > 0 && at + 2 + width > s->style.width) {
        putc('\n', s->out);
        at = 0;
    }
    if (at > 0)
        fputs("  ", s->out);
    dye(s, e->ink, HEAPMAP_BEYOND);
    fputs(e->mark, s->out);
    dye(s, HEAPMAP_BEYOND, HEAPMAP_BEYOND);
    fprintf(s->out, " %s", e->text);
    return at + (at > 0 ? 2 : 0) + width;
}

static void put_legend(struct sheet *s)
{
    unsigned is = (s->style.utf8 ? UTF8 : ASCII) |
                  (s->style.color ? COLOR : PLAIN) |
                  (s->grid->source ? TOLD : UNTOLD);
    size_t at = 0;
    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++)
        if ((entries[i].when & is) == entries[i].when)
            at = put_entry(s, &entries[i], at);
    if (at > 0)
        putc('\n', s->out);
}

/* ---- All of it ----------------------------------------------------------- */

char *heapmap_text(const struct heapmap *map, struct heapmap_text_style style)
{
    const struct heapmap_grid *grid = heapmap_grid(map);
    size_t in_line = rows_of_line(style), size;
    char *text = NULL;
    struct sheet s = {
        .out = open_memstream(&text, &size),
        .map = map,
        .grid = grid,
        .style = style,
        .margin = margin_of(style),
        .width = style.width - margin_of(style),
        .lines = (grid->rows + in_line - 1) / in_line,
        .ink = HEAPMAP_BEYOND,
        .ground = HEAPMAP_BEYOND,
    };
    if (!s.out)
        return NULL;
    for (size_t line = s.lines; line-- > 0;)
        put_line(&s, line);
    put_floor(&s);
    put_requests(&s);
    put_legend(&s);
    bool good = !ferror(s.out);
    if (fclose(s.out) == 0 && good)
        return text;
    free(text);
    return NULL;
}
