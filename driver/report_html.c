/*
 * report_html.c - the report as one page: to be sent, and opened anywhere
 *
 * Tables, what failed and why, and the pictures of the album.  Without scripts,
 * and nothing is loaded from elsewhere: a policy in the page forbids it.  The
 * page is well-formed HTML whatever names, messages and programs' output hold.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "config.h"
#include "driver/report_parts.h"

/* Failures of an allocator that are unfolded; the others are a touch away. */
#define OPEN_FAILURES 5

void report_html_put(FILE *out, const char *before, const char *text,
                     const char *after)
{
    fputs(before, out);
    html_text(out, text);
    fputs(after, out);
}

/* ---- The head ------------------------------------------------------------ */

/* Seconds since 1970: now, unless SOURCE_DATE_EPOCH says when. */
static time_t page_time(void)
{
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    char *end;
    errno = 0;
    long long seconds = epoch ? strtoll(epoch, &end, 10) : -1;
    bool given = epoch && *epoch && !*end && !errno && seconds >= 0;
    return given ? (time_t)seconds : time(NULL);
}

static void put_date(FILE *out)
{
    struct tm utc;
    char text[64], stamp[64];
    time_t at = page_time();
    if (!gmtime_r(&at, &utc))
        return;
    strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &utc);
    strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", &utc);
    fprintf(out, ", <time datetime=\"%s\">%s</time>", stamp, text);
}

static void put_names(FILE *out, const struct report *report)
{
    for (size_t i = 0; i < report->count; i++)
        report_html_put(out, i ? ", " : "", report_set_name(&report->sets[i]),
                        "");
}

static void put_head(FILE *out, const struct report *report)
{
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
          "<meta charset=\"utf-8\">\n"
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
          "'none'; style-src 'unsafe-inline'; img-src data:\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, "
          "initial-scale=1\">\n"
          "<meta name=\"generator\" content=\"mdriver " MDRIVER_VERSION "\">\n"
          "<title>mdriver: ",
          out);
    put_names(out, report);
    fprintf(out, "</title>\n<style>\n%s</style>\n</head>\n", report_html_style);
}

/* Whether some were asked for. */
static bool has_pictures(const struct report *report)
{
    return report->album && report->album->kinds;
}

static void put_links(FILE *out, const struct report *report)
{
    fputs("<nav><a href=\"#summary\">Summary</a>\n", out);
    if (report->count > 1)
        fputs("<a href=\"#compared\">Compared</a>\n", out);
    for (size_t i = 0; i < report->count; i++) {
        fprintf(out, "<a href=\"#set-%zu\">", i);
        report_html_put(out, "", report_set_name(&report->sets[i]), "</a>\n");
    }
    if (has_pictures(report))
        fputs("<a href=\"#pictures\">Pictures</a>\n", out);
    fputs("<a href=\"#made\">How it was made</a>\n"
          "<a href=\"#words\">What the words mean</a></nav>\n",
          out);
}

static void put_title(FILE *out, const struct report *report)
{
    fputs("<header>\n<h1>mdriver: ", out);
    put_names(out, report);
    size_t traces = report->count ? report->sets[0].count : 0;
    fprintf(out, "</h1>\n<p>%zu trace%s", traces, traces == 1 ? "" : "s");
    put_date(out);
    fputs("</p>\n", out);
    put_links(out, report);
    fputs("</header>\n<main>\n", out);
}

/* ---- The cards ----------------------------------------------------------- */

static void put_ratio(FILE *out, struct stats_interval ratio)
{
    char text[64];
    if (!isfinite(ratio.mid)) {
        fputs("-", out);
        return;
    }
    report_write_ratio(text, sizeof text, ratio);
    fprintf(out, "%.*s", (int)strcspn(text, " "), text);
    if (isfinite(ratio.lo) && isfinite(ratio.hi))
        fprintf(out, " <small>(%.*f-%.*f)</small>",
                grade_ratio_digits(ratio.lo), ratio.lo,
                grade_ratio_digits(ratio.hi), ratio.hi);
}

static void put_percent(FILE *out, double part, bool resident)
{
    if (isfinite(part))
        fprintf(out, "%.1f%%%s", 100 * part, resident ? "r" : "");
    else
        fputs("-", out);
}

static void put_passed(FILE *out, const struct result_set *set,
                       const struct grade *g)
{
    fprintf(out, "%zu of %zu", g->valid, g->traces);
    if (g->failed)
        fprintf(out, ", <strong class=\"bad\">%zu failed</strong>", g->failed);
    if (set->missing)
        fprintf(out, ", <strong class=\"bad\">%zu not run</strong>",
                set->missing);
}

/* How the index comes about, or why there is none. */
static void put_reason(FILE *out, const struct grade *g)
{
    fputs("<p class=\"reason\">", out);
    grade_print_index(out, g);
    fputs("</p>\n", out);
}

static void put_index(FILE *out, const struct grade *g)
{
    fputs("<p class=\"index\">", out);
    if (g->gap == GRADE_COMPLETE)
        fprintf(out, "<b>%.1f</b> ", g->index);
    else
        fputs("<b>-</b> ", out);
    fputs("performance index, of 100</p>\n", out);
}

static void put_card(FILE *out, const struct result_set *set, size_t i)
{
    struct grade g = grade_set(set);
    fprintf(out, "<article%s>\n<h3><a href=\"#set-%zu\">",
            g.failed ? " class=\"bad\"" : "", i);
    report_html_put(out, "", report_set_name(set), "</a></h3>\n");
    if (!set->is_libc)
        put_index(out, &g);
    fputs("<dl>\n<div><dt>traces passed</dt><dd>", out);
    put_passed(out, set, &g);
    fputs("</dd></div>\n<div><dt>mean utilization</dt><dd>", out);
    put_percent(out, g.util, report_is_resident(set));
    if (isfinite(g.above_bound)) {
        fputs("</dd></div>\n<div><dt>heap above the bound</dt><dd>", out);
        put_percent(out, g.above_bound, false);
    }
    fputs("</dd></div>\n<div><dt>times as fast as libc</dt><dd>", out);
    put_ratio(out, g.ratio);
    fputs("</dd></div>\n</dl>\n", out);
    if (!set->is_libc)
        put_reason(out, &g);
    fputs("</article>\n", out);
}

static void put_cards(FILE *out, const struct report *report)
{
    fputs("<section id=\"summary\">\n<h2>Summary</h2>\n<div class=\"cards\">\n",
          out);
    for (size_t i = 0; i < report->count; i++)
        put_card(out, &report->sets[i], i);
    fputs("</div>\n</section>\n", out);
}

/* ---- Tables -------------------------------------------------------------- */

/* A table in a box of its own, within which it can be moved sideways. */
static void put_table(FILE *out, const char *what, const char *name,
                      grid_drawing *draw, const void *data)
{
    report_html_put(out,
                    "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
                    "aria-label=\"",
                    what, "");
    report_html_put(out, "", name, "\">\n<table>\n<caption>");
    report_html_put(out, "", what, "");
    report_html_put(out, "", name, "</caption>\n");
    grid_print(out, GRID_HTML, false, draw, data);
    fputs("</table>\n</div>\n", out);
}

static void put_pair(FILE *out, const struct report_pair *pair)
{
    report_html_put(out, "<h3>Speed of ", report_set_name(pair->set), "");
    report_html_put(out, " against ", pair->rival, "</h3>\n");
    put_table(out, "Times as fast as ", pair->rival, report_draw_pair, pair);
}

static void put_comparison(FILE *out, const struct report *report)
{
    if (report->count < 2)
        return;
    fputs("<section id=\"compared\">\n<h2>Compared</h2>\n", out);
    put_table(out, "A column for each allocator; * is before the best", "",
              report_draw_comparison, report);
    if (report->pair)
        put_pair(out, report->pair);
    fputs("</section>\n", out);
}

/* ---- One allocator ------------------------------------------------------- */

/* A new line right behind the tag would not count. */
static void put_block(FILE *out, const char *class, const char *text)
{
    fprintf(out, "<pre%s>%s", class, *text == '\n' ? "\n" : "");
    report_html_put(out, "", text, "</pre>\n");
}

/* The first line is a sentence; below, what stands above what matters. */
static void put_message(FILE *out, const char *message)
{
    size_t first = strcspn(message, "\n");
    fputs("<p class=\"why\">", out);
    html_start(out, message, first);
    fputs("</p>\n", out);
    if (message[first])
        put_block(out, "", message + first + 1);
}

static bool has_output(const struct result *r)
{
    return r->output && *r->output;
}

static void put_failure(FILE *out, const char *of, const struct result *r,
                        bool open)
{
    fprintf(out, "<details class=\"bad\"%s>\n", open ? " open" : "");
    report_html_put(out, "<summary>", of, ": ");
    report_html_put(out, "", fault_name(r->fault), "</summary>\n");
    put_message(out, r->message ? r->message : r->trace->path);
    if (has_output(r)) {
        fputs("<p>All that it printed:</p>\n", out);
        put_block(out, " class=\"output\"", r->output);
    }
    fputs("</details>\n", out);
}

/* What could not be run at all has one reason for all traces. */
static void put_failures(FILE *out, const struct result_set *set)
{
    size_t failures = 0;
    for (size_t i = 0; i < (set->unusable ? 1 : set->count); i++) {
        const struct result *r = &set->results[i];
        if (report_valid(r))
            continue;
        if (failures == 0)
            fputs("<h3>What failed, and why</h3>\n", out);
        put_failure(out, set->unusable ? "every trace" : r->trace->name, r,
                    failures < OPEN_FAILURES);
        failures++;
    }
}

/* What runs printed that passed, and what else is to be said of them. */
static void put_remarks(FILE *out, const struct result_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        const struct result *r = &set->results[i];
        if (r->parted_line) {
            report_html_put(out, "<p>", r->trace->path, "");
            fprintf(out,
                    ":%zu: answered differently in two runs that differ in "
                    "nothing: the allocator is not deterministic</p>\n",
                    r->parted_line);
        }
        if (!report_valid(r) || !has_output(r))
            continue;
        report_html_put(out, "<details>\n<summary>", r->trace->name,
                        " passed, and printed something</summary>\n");
        put_block(out, " class=\"output\"", r->output);
        fputs("</details>\n", out);
    }
}

static void put_set(FILE *out, const struct result_set *set, size_t i)
{
    struct report_table table = {.set = set, .grade = grade_set(set)};
    const char *name = report_set_name(set);
    fprintf(out, "<section id=\"set-%zu\">\n", i);
    report_html_put(out, "<h2>Results for ", name, "</h2>\n");
    put_table(out, "Trace by trace: ", name, report_draw_set, &table);
    put_failures(out, set);
    put_remarks(out, set);
    table.verbose = 1;
    table.wide = true;
    fputs("<details>\n<summary>All figures</summary>\n", out);
    put_table(out, "All figures: ", name, report_draw_set, &table);
    if (isfinite(table.grade.floor_ns_per_op))
        fprintf(out,
                "<p>The no-op floor, %.1f ns per request, is contained in all "
                "times.</p>\n",
                table.grade.floor_ns_per_op);
    fputs("</details>\n</section>\n", out);
}

/* ---- The page ------------------------------------------------------------ */

void report_write_html(FILE *out, const struct report *report)
{
    put_head(out, report);
    fputs("<body>\n", out);
    put_title(out, report);
    put_cards(out, report);
    put_comparison(out, report);
    for (size_t i = 0; i < report->count; i++)
        put_set(out, &report->sets[i], i);
    if (has_pictures(report))
        report_html_pictures(out, report->album);
    report_html_notes(out, report);
    fputs("</main>\n</body>\n</html>\n", out);
}
