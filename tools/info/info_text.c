/*
 * info_text.c - rep info for people
 *
 * One trace after the other, each as tables with a line of words below.
 * Classes that nothing falls into are left out.  Lines stay within 80 columns,
 * whatever the sizes; a title is as long as the names in it.
 */
#include <inttypes.h>

#include "driver/grid.h"
#include "tools/info/info.h"

static double percent(info_wide part, info_wide whole)
{
    return 100 * info_ratio(part, whole);
}

/* Bytes amid words: exact while that is legible. */
static const char *in_words(char text[INFO_DECIMAL], info_wide bytes)
{
    if (bytes < 1000000000)
        return info_decimal(text, bytes);
    return info_short(text, bytes);
}

/* ---- Requests ---------------------------------------------------------- */

enum { KIND_NULL = TRACE_KINDS, KIND_ROWS };

static bool kind_row(const struct info *info, size_t i, struct info_row *row)
{
    snprintf(row->label, INFO_LABEL, "%s",
             i == KIND_NULL ? "free(NULL)" : trace_op_name((enum trace_kind)i));
    row->number = i == KIND_NULL ? info->free_null : info->kinds[i];
    if (i == TRACE_FREE)
        row->number -= info->free_null;
    row->bytes = 0;
    return true;
}

static void print_kinds(FILE *out, const struct info_set *set,
                        const struct info *info)
{
    const struct info_histogram h = {.title = "requests",
                                     .unit = "number",
                                     .count = KIND_ROWS,
                                     .row = kind_row,
                                     .all = info->requests};
    putc('\n', out);
    info_print_histogram(out, set, info, &h);
    if (info->unmet)
        fprintf(out,
                "  %" PRIu64 " are too large to be met, and make no block\n",
                info->unmet);
}

/* ---- What is live ------------------------------------------------------ */

static void draw_moment(struct grid *g, const char *name,
                        const struct info_moment *m)
{
    char bytes[INFO_DECIMAL];
    grid_begin_row(g, false);
    grid_cell(g, "%s", name);
    grid_cell(g, "%" PRIu64, m->blocks);
    grid_cell(g, "%s", info_decimal(bytes, m->bytes));
    if (m->request)
        grid_cell(g, "%" PRIu64, m->request);
    else
        grid_cell(g, "-");
    grid_end_row(g);
}

static void draw_live(struct grid *g, const void *data)
{
    const struct info *info = data;
    grid_begin_row(g, false);
    grid_cell(g, "live");
    grid_cell(g, "blocks");
    grid_cell(g, "bytes");
    grid_cell(g, "after request");
    grid_heading_done(g);
    draw_moment(g, "most bytes", &info->most_bytes);
    draw_moment(g, "most blocks", &info->most_blocks);
    draw_moment(g, "in the end", &info->end);
    grid_begin_row(g, false);
    grid_cell(g, "on average");
    grid_real(g, "%.1f", info_ratio(info->live_blocks, info->requests));
    grid_real(g, "%.1f", info_ratio(info->live_bytes, info->requests));
    grid_end_row(g);
}

static void print_live(FILE *out, const struct info *info)
{
    char text[INFO_DECIMAL];
    info_wide all = info->layouts[INFO_PAYLOAD].all;
    putc('\n', out);
    grid_print(out, GRID_PLAIN, false, draw_live, info);
    fprintf(out, "  %" PRIu64 " blocks allocated; %s bytes requested",
            info->blocks, in_words(text, all));
    if (all)
        fprintf(out, ", %.2f times the peak",
                info_ratio(all, info->most_bytes.bytes));
    putc('\n', out);
}

/* ---- Sizes ------------------------------------------------------------- */

/* A power of two from 64K on; limits below are given in full. */
static const char *limit_word(char text[INFO_SHORT], uint64_t limit)
{
    static const char units[] = "KMGT";
    size_t unit = 0;
    for (limit /= 1024; limit >= 1024; unit++)
        limit /= 1024;
    snprintf(text, INFO_SHORT, "%" PRIu64 "%c", limit, units[unit]);
    return text;
}

static bool class_row(const struct info *info, size_t i, struct info_row *row)
{
    const struct info_class *c = &info->classes[i];
    char from[INFO_SHORT], to[INFO_SHORT];
    if (c->to == 0)
        snprintf(row->label, INFO_LABEL, "0");
    else if (c->to <= 65536)
        snprintf(row->label, INFO_LABEL, "%" PRIu64 "-%" PRIu64, c->from,
                 c->to);
    else
        snprintf(row->label, INFO_LABEL, "%s-%s", limit_word(from, c->from - 1),
                 limit_word(to, c->to));
    row->number = c->requests;
    row->bytes = c->bytes;
    return c->requests;
}

static bool top_row(const struct info *info, size_t i, struct info_row *row)
{
    const struct info_size *s = &info->top[i];
    snprintf(row->label, INFO_LABEL, "%" PRIu64, s->size);
    row->number = s->requests;
    row->bytes = (info_wide)s->size * s->requests;
    return true;
}

static void print_sizes(FILE *out, const struct info_set *set,
                        const struct info *info)
{
    static const struct {
        const char *name;
        unsigned percent;
    } points[] = {{"median", 50}, {"90% up to", 90}, {"largest", 100}};
    char text[INFO_DECIMAL];
    info_wide bytes = info->layouts[INFO_PAYLOAD].all;
    const struct info_histogram h = {.title = "sizes",
                                     .unit = "requests",
                                     .count = INFO_CLASSES,
                                     .row = class_row,
                                     .with_bytes = true,
                                     .all = info->met,
                                     .all_bytes = bytes};
    putc('\n', out);
    info_print_histogram(out, set, info, &h);
    fprintf(out, "  mean %.1f", info_ratio(bytes, info->met));
    for (size_t i = 0; i < sizeof points / sizeof points[0]; i++)
        fprintf(out, ", %s %s", points[i].name,
                in_words(text, info_quantile(info, points[i].percent)));
    putc('\n', out);
}

static void print_top(FILE *out, const struct info_set *set,
                      const struct info *info)
{
    bool all = info->size_count <= set->top;
    const struct info_histogram h = {.title = "top sizes",
                                     .unit = "requests",
                                     .count = all ? info->size_count : set->top,
                                     .row = top_row,
                                     .with_bytes = true,
                                     .all = info->met,
                                     .all_bytes =
                                         info->layouts[INFO_PAYLOAD].all};
    putc('\n', out);
    info_print_histogram(out, set, info, &h);
    fprintf(out, "  distinct sizes: %zu", info->size_count);
    if (info->size_count > INFO_TOP)
        fprintf(out, "; %d of them are %.1f%% of the requests", INFO_TOP,
                100 * info_top_share(info));
    putc('\n', out);
}

/* ---- Lifetimes --------------------------------------------------------- */

static bool lifetime_row(const struct info *info, size_t i,
                         struct info_row *row)
{
    uint64_t from = info_lifetime_from(i), to = info_lifetime_to(i);
    bool never = i == INFO_LIFETIMES;
    if (never)
        snprintf(row->label, INFO_LABEL, "never freed");
    else if (from == to)
        snprintf(row->label, INFO_LABEL, "%" PRIu64, from);
    else
        snprintf(row->label, INFO_LABEL, "%" PRIu64 "-%" PRIu64, from, to);
    row->number = never ? info->end.blocks : info->lifetimes[i];
    row->bytes = 0;
    return row->number;
}

static void print_lifetimes(FILE *out, const struct info_set *set,
                            const struct info *info)
{
    const struct info_histogram h = {.title = "lifetimes",
                                     .unit = "blocks",
                                     .count = INFO_LIFETIMES + 1,
                                     .row = lifetime_row,
                                     .all = info->blocks};
    uint64_t frees = info->kinds[TRACE_FREE] - info->free_null;
    putc('\n', out);
    info_print_histogram(out, set, info, &h);
    if (frees)
        fprintf(out,
                "  in requests; frees of the youngest live block %.1f%%, of "
                "the oldest %.1f%%\n",
                percent(info->youngest, frees), percent(info->oldest, frees));
}

/* ---- Reallocs ---------------------------------------------------------- */

/* The classes of growth, then these. */
enum {
    ROW_SAME = INFO_GROWTHS,
    ROW_SHRINK,
    ROW_NULL,
    ROW_TO_0,
    ROW_UNMET,
    REALLOC_ROWS
};

static bool realloc_row(const struct info *info, size_t i, struct info_row *row)
{
    const struct info_reallocs *r = &info->reallocs;
    const struct {
        const char *label;
        uint64_t number;
    } others[] = {{"same size", r->same},
                  {"shrink", r->shrink},
                  {"of NULL", r->null},
                  {"to 0", r->to_0},
                  {"too large", r->unmet}};
    if (i >= INFO_GROWTHS)
        snprintf(row->label, INFO_LABEL, "%s", others[i - INFO_GROWTHS].label);
    else if (i == INFO_GROWTHS - 1)
        snprintf(row->label, INFO_LABEL, "grow beyond x4");
    else
        snprintf(row->label, INFO_LABEL, "grow to x%g", info_growth_limit(i));
    row->number =
        i < INFO_GROWTHS ? r->growth[i] : others[i - INFO_GROWTHS].number;
    row->bytes = 0;
    return row->number;
}

static void print_reallocs(FILE *out, const struct info_set *set,
                           const struct info *info)
{
    const struct info_reallocs *r = &info->reallocs;
    const struct info_histogram h = {.title = "reallocs",
                                     .unit = "number",
                                     .count = REALLOC_ROWS,
                                     .row = realloc_row,
                                     .all = info->kinds[TRACE_REALLOC]};
    char copied[INFO_SHORT];
    putc('\n', out);
    info_print_histogram(out, set, info, &h);
    if (r->grow)
        fprintf(out,
                "  %.1f%% grow, to x%.2f on average; %s bytes copied "
                "if each has to move\n",
                percent(r->grow, info->kinds[TRACE_REALLOC]), info_growth(info),
                info_short(copied, r->copied));
    if (r->blocks)
        fprintf(out,
                "  %.2f reallocs a block, at most %" PRIu32
                "; %.1f%% of the blocks have any\n",
                info_ratio(r->grow + r->same + r->shrink, info->blocks),
                r->most, percent(r->blocks, info->blocks));
}

/* ---- Layouts ----------------------------------------------------------- */

static void draw_layout(struct grid *g, const struct info *info,
                        enum info_layout layout)
{
    const struct info_bytes *payload = &info->layouts[INFO_PAYLOAD];
    const struct info_bytes *b = &info->layouts[layout];
    info_wide all = b->all - payload->all;
    info_wide at_peak = b->at_peak - payload->at_peak;
    char text[INFO_DECIMAL];
    grid_cell(g, "%s", info_decimal(text, all));
    grid_real(g, "%.1f%%", percent(all, payload->all));
    grid_cell(g, "%s", info_decimal(text, at_peak));
    grid_real(g, "%.1f%%", percent(at_peak, payload->at_peak));
    grid_cell(g, "%s", info_decimal(text, b->peak));
    grid_real(g, "%.3f", info_util(info, layout));
}

static void draw_layouts(struct grid *g, const void *data)
{
    static const char *const headings[] = {
        "losses", "all", "share", "at peak", "share", "own peak", "U at most"};
    static const char *const names[INFO_LAYOUTS] = {
        "", "rounded to 8", "rounded to 16", "8-byte header"};
    grid_begin_row(g, false);
    for (size_t i = 0; i < sizeof headings / sizeof headings[0]; i++)
        grid_cell(g, "%s", headings[i]);
    grid_heading_done(g);
    for (enum info_layout l = INFO_ROUND_8; l < INFO_LAYOUTS; l++) {
        grid_begin_row(g, false);
        grid_cell(g, "%s", names[l]);
        draw_layout(g, data, l);
        grid_end_row(g);
    }
}

static void print_layouts(FILE *out, const struct info *info)
{
    putc('\n', out);
    grid_print(out, GRID_PLAIN, false, draw_layouts, info);
}

/* ---- The whole --------------------------------------------------------- */

/* print_clean - a name, without what could confuse a terminal. */
static void print_clean(FILE *out, const char *text)
{
    for (; *text; text++)
        putc((unsigned char)*text < ' ' || *text == 0x7f ? '?' : *text, out);
}

static void print_title(FILE *out, const struct info *info)
{
    print_clean(out, info->name);
    fprintf(out, ": %" PRIu64 " requests, %" PRIu64 " ids, weight %d (",
            info->requests, info->ids, info->weight);
    print_clean(out, info->path);
    fputs(")\n", out);
}

static void print_trace(FILE *out, const struct info_set *set,
                        const struct info *info)
{
    print_title(out, info);
    print_kinds(out, set, info);
    print_live(out, info);
    if (info->met)
        print_sizes(out, set, info);
    if (info->met && set->top)
        print_top(out, set, info);
    if (info->blocks)
        print_lifetimes(out, set, info);
    if (info->kinds[TRACE_REALLOC])
        print_reallocs(out, set, info);
    print_layouts(out, info);
}

void info_print_text(FILE *out, const struct info_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        if (i)
            putc('\n', out);
        print_trace(out, set, &set->infos[i]);
    }
}
