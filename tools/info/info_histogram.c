/*
 * info_histogram.c - rep info: tables with small bars
 */
#include <math.h>
#include <string.h>

#include "driver/grid.h"
#include "tools/info/info.h"

/* Columns of a bar: alone in its row, or one of two. */
enum { SINGLE_BAR = 32, PAIRED_BAR = 12, BAR_BYTES = 3 * SINGLE_BAR + 1 };

/* What is more than 0 is seen, be it little. */
static void make_bar(char text[BAR_BYTES], double share, size_t width,
                     bool utf8)
{
    static const char *const eighths[] = {"",  "▏", "▎", "▍",
                                          "▌", "▋", "▊", "▉"};
    size_t steps = utf8 ? 8 : 1;
    size_t n = (size_t)lround(share * (double)(width * steps));
    bool faint = n == 0 && share > 0;
    if (faint && utf8)
        n = 1;
    *text = 0;
    for (size_t i = 0; i < n / steps; i++)
        strcat(text, utf8 ? "█" : "#");
    strcat(text, utf8 ? eighths[n % steps] : faint ? "." : "");
    for (size_t used = n / steps + (faint || n % steps); used < width; used++)
        strcat(text, " ");
}

const char *info_short(char text[INFO_SHORT], info_wide bytes)
{
    static const char units[] = "KMGTPEZ";
    double n = (double)bytes;
    size_t unit = 0;
    for (; n >= 1023.5 && unit < sizeof units - 1; unit++)
        n /= 1024;
    int decimals = unit == 0 || n >= 99.95 ? 0 : n >= 9.995 ? 1 : 2;
    snprintf(text, INFO_SHORT, "%.*f%.1s", decimals, n,
             unit ? &units[unit - 1] : "");
    return text;
}

struct drawing {
    const struct info_set *set;
    const struct info *info;
    const struct info_histogram *h;
    info_wide most, most_bytes; /* of a row */
};

static void find_most(struct drawing *d)
{
    struct info_row row;
    for (size_t i = 0; i < d->h->count; i++) {
        if (!d->h->row(d->info, i, &row))
            continue;
        d->most = row.number > d->most ? row.number : d->most;
        d->most_bytes = row.bytes > d->most_bytes ? row.bytes : d->most_bytes;
    }
}

static void draw_heading(struct grid *g, const struct info_histogram *h)
{
    grid_begin_row(g, false);
    grid_cell(g, "%s", h->title);
    grid_cell(g, "%s", h->unit);
    grid_cell(g, "share");
    grid_cell(g, "%s", "");
    if (h->with_bytes) {
        grid_cell(g, "bytes");
        grid_cell(g, "share");
        grid_cell(g, "%s", "");
    }
    grid_heading_done(g);
}

/* The last three cells of a quantity: how much, its share, its bar. */
static void draw_part(struct grid *g, const struct drawing *d, const char *text,
                      info_wide part, info_wide all, info_wide most)
{
    char bar[BAR_BYTES];
    make_bar(bar, most ? (double)part / (double)most : 0,
             d->h->with_bytes ? PAIRED_BAR : SINGLE_BAR, d->set->utf8);
    grid_cell(g, "%s", text);
    grid_real(g, "%.1f%%", 100 * info_ratio(part, all));
    grid_cell(g, "%s", bar);
}

static void draw(struct grid *g, const void *data)
{
    const struct drawing *d = data;
    struct info_row row;
    draw_heading(g, d->h);
    for (size_t i = 0; i < d->h->count; i++) {
        char number[INFO_DECIMAL], bytes[INFO_SHORT];
        if (!d->h->row(d->info, i, &row))
            continue;
        grid_begin_row(g, false);
        grid_cell(g, "%s", row.label);
        draw_part(g, d, info_decimal(number, row.number), row.number, d->h->all,
                  d->most);
        if (d->h->with_bytes)
            draw_part(g, d, info_short(bytes, row.bytes), row.bytes,
                      d->h->all_bytes, d->most_bytes);
        grid_end_row(g);
    }
}

void info_print_histogram(FILE *out, const struct info_set *set,
                          const struct info *info,
                          const struct info_histogram *h)
{
    struct drawing d = {.set = set, .info = info, .h = h};
    find_most(&d);
    grid_print(out, GRID_PLAIN, false, draw, &d);
}
