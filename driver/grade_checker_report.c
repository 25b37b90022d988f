/*
 * grade_checker_report.c - what was found out about checkers, for people
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "driver/examine.h"
#include "driver/grade_checker_parts.h"
#include "driver/grid.h"

static const char *const places[PLACES] = {
    [PLACE_HEADER] = "live block, header",
    [PLACE_FOOTER] = "live block, footer or slack",
    [PLACE_FREE_HEADER] = "free block, header",
    [PLACE_FREE_LINKS] = "free block, links",
    [PLACE_FREE_INSIDE] = "free block, inside",
    [PLACE_FREE_LAST] = "free block, last word",
    [PLACE_TABLES] = "heap outside of blocks",
    [PLACE_BEFORE] = "8 bytes before a payload",
    [PLACE_AFTER] = "8 bytes after a payload",
    [PLACE_ELSEWHERE] = "heap elsewhere",
    [PLACE_STATIC] = "static data",
};

/* In the order of the columns. */
static const struct {
    enum damage_verdict verdict;
    const char *word, *one, *many;
} columns[VERDICTS] = {
    {VERDICT_NOTICED, "noticed", NULL, NULL},
    {VERDICT_MISSED, "missed", NULL, NULL},
    {VERDICT_CRASHED, "crashed", "crash", "crashes"},
    {VERDICT_LOOPED, "looped", "endless loop", "endless loops"},
    {VERDICT_ENDED, "ended", "end of the process", "ends of the process"},
    {VERDICT_HARMLESS, "harmless", NULL, NULL},
};

static const struct {
    enum damage_alarm bit;
    const char *text;
} alarms[] = {
    {ALARM_FALSE, "returned false at times on an undamaged heap"},
    {ALARM_PRINTED, "printed something on an undamaged heap"},
    {ALARM_WROTE, "changed the heap"},
};

static uint64_t tally_sum(const struct damage_tally *t, enum damage_verdict v)
{
    uint64_t sum = 0;
    for (int place = 0; place < PLACES; place++)
        sum += t->of[place][v];
    return sum;
}

static uint64_t place_sum(const struct damage_tally *t, int place)
{
    uint64_t sum = 0;
    for (int v = 0; v < VERDICTS; v++)
        sum += t->of[place][v];
    return sum;
}

/* Of damages that matter. */
static uint64_t harmful(const struct damage_tally *t)
{
    uint64_t sum = 0;
    for (int v = 0; v < VERDICTS; v++)
        if (v != VERDICT_HARMLESS)
            sum += tally_sum(t, v);
    return sum;
}

static double percent(const struct damage_tally *t)
{
    return 100.0 * (double)tally_sum(t, VERDICT_NOTICED) / (double)harmful(t);
}

/* ---- One case in words --------------------------------------------------- */

static void print_id(FILE *out, const struct trace *t, size_t i)
{
    uint64_t id;
    if (trace_id(t, i, &id))
        fprintf(out, "id %" PRIu64, id);
    else
        fputs("NULL", out);
}

static void print_request(FILE *out, const struct trace *t, size_t i)
{
    const struct trace_op *op = &t->ops[i];
    fprintf(out, "%s(", trace_op_name(op->kind));
    if (op->kind == TRACE_FREE || op->kind == TRACE_REALLOC)
        print_id(out, t, i);
    if (op->kind == TRACE_CALLOC || op->kind == TRACE_MEMALIGN)
        fprintf(out, "%" PRIu64, t->extras[op->extra]);
    if (op->kind != TRACE_FREE && op->kind != TRACE_MALLOC)
        fputs(", ", out);
    if (op->kind != TRACE_FREE)
        fprintf(out, "%" PRIu64, op->size);
    putc(')', out);
}

const char *damage_harm_text(uint32_t harm)
{
    static const char *const texts[HARM_KINDS] = {
        [HARM_NONE] = "went wrong",
        [HARM_NULL] = "returned NULL",
        [HARM_ANSWER] = "returned an impossible address",
        [HARM_OVERLAP] = "returned a block that is in use",
        [HARM_ELSEWHERE] = "returned another block than without the damage",
        [HARM_PAYLOAD] = "found or left a payload overwritten",
        [HARM_ZERO] = "returned memory that is not zero",
    };
    return texts[harm < HARM_KINDS ? harm : HARM_NONE];
}

/* The request that made an answer. */
static size_t maker_of(const struct trace *t, uint64_t answer)
{
    size_t i = 0;
    for (uint64_t made = 0; i + 1 < t->op_count; i++) {
        made += trace_makes_answer(&t->ops[i]);
        if (made >= answer)
            break;
    }
    return i;
}

static void print_spot(FILE *out, const struct trace *t,
                       const struct damage_spot *s)
{
    fprintf(out, "bit %" PRIu32 " of the word at %+" PRId64, s->bit, s->offset);
    if (s->near == NEAR_PAYLOAD) {
        size_t maker = maker_of(t, s->whose);
        fputs(" of ", out);
        print_id(out, t, maker);
        fprintf(out, "'s payload of %" PRIu64,
                trace_payload(t, &t->ops[maker]));
    } else if (s->near == NEAR_FREE)
        fprintf(out, " of a block of %" PRIu64, s->whose);
    else
        fputs(s->near == NEAR_HEAP ? " of the heap" : " of the object", out);
    fprintf(out, " (%s)", places[s->place < PLACES ? s->place : 0]);
}

void damage_request(FILE *out, const struct trace *t, size_t i)
{
    print_request(out, t, i < t->op_count ? i : t->op_count - 1);
}

char *damage_case_text(const struct damage_trace *d, size_t moment,
                       const struct damage_log *log, const char *what)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    fprintf(out, "%s, after %zu requests: ", d->name, moment);
    print_spot(out, &d->trace, &log->spot);
    fputs(log->phase == PHASE_DAMAGED ? "; mm_checkheap" : "; later ", out);
    if (log->phase != PHASE_DAMAGED)
        damage_request(out, &d->trace, log->op);
    fprintf(out, " %s", what);
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

/* ---- One allocator ------------------------------------------------------- */

struct table {
    const struct examine *e;
    const struct damage_row *rows;
};

static void draw_heading(struct grid *g, const char *first)
{
    grid_begin_row(g, false);
    grid_cell(g, "%s", first);
    grid_cell(g, "damages");
    for (int i = 0; i < VERDICTS; i++)
        grid_cell(g, "%s", columns[i].word);
}

static void draw_places(struct grid *g, const void *data)
{
    const struct damage_tally *t = data;
    draw_heading(g, "place");
    grid_heading_done(g);
    for (int place = 0; place < PLACES; place++) {
        if (!place_sum(t, place))
            continue;
        grid_begin_row(g, false);
        grid_cell(g, "%s", places[place]);
        grid_cell(g, "%" PRIu64, place_sum(t, place));
        for (int i = 0; i < VERDICTS; i++)
            grid_cell(g, "%" PRIu64, t->of[place][columns[i].verdict]);
        grid_end_row(g);
    }
}

static void print_summary(FILE *out, const struct damage_row *row)
{
    const struct damage_tally *t = &row->tally;
    fprintf(out, "%s: ", row->allocator->name);
    if (!harmful(t))
        fputs("no damage did any harm", out);
    else
        fprintf(out,
                "mm_checkheap noticed %" PRIu64 " of %" PRIu64
                " harmful damages (%.1f%%)",
                tally_sum(t, VERDICT_NOTICED), harmful(t), percent(t));
    for (int i = 0; i < VERDICTS; i++) {
        uint64_t n = tally_sum(t, columns[i].verdict);
        if (n && columns[i].one)
            fprintf(out, ", %" PRIu64 " %s", n,
                    n == 1 ? columns[i].one : columns[i].many);
    }
    putc('\n', out);
    if (t->left_out)
        fprintf(out,
                "%s: %" PRIu64 " damages were left out: the others took too "
                "long\n",
                row->allocator->name, t->left_out);
}

/* Of one place and one verdict: all, or an example. */
static void print_kind(const struct examine *e, const struct damage_row *row,
                       int place, int column)
{
    for (size_t i = 0; i < row->case_count; i++) {
        const struct damage_case *c = &row->cases[i];
        if (c->place != place || c->verdict != columns[column].verdict)
            continue;
        fprintf(e->out, "  %s: %s\n", columns[column].word, c->text);
        if (!e->verbose)
            return;
    }
}

static void print_cases(const struct examine *e, const struct damage_row *row)
{
    for (int place = 0; place < PLACES; place++)
        for (int column = 0; column < VERDICTS; column++)
            print_kind(e, row, place, column);
}

static void print_words(const struct examine *e, const struct damage_row *row)
{
    const char *name = row->allocator->name;
    if (row->wrong)
        fprintf(e->out, "%s: %s\n", name, row->wrong);
    for (size_t i = 0; i < sizeof alarms / sizeof *alarms; i++)
        if (row->alarms & alarms[i].bit)
            fprintf(e->out, "%s: FAIL: mm_checkheap %s\n", name,
                    alarms[i].text);
    if (!row->wrong)
        print_summary(e->out, row);
}

/* ---- Several ------------------------------------------------------------- */

static void draw_rows(struct grid *g, const void *data)
{
    const struct table *t = data;
    draw_heading(g, "allocator");
    grid_cell(g, "%% noticed");
    grid_heading_done(g);
    for (size_t k = 0; k < t->e->count; k++) {
        const struct damage_row *row = &t->rows[k];
        if (row->wrong)
            continue;
        grid_begin_row(g, row->alarms != 0);
        grid_cell(g, "%s", row->allocator->name);
        grid_cell(g, "%" PRIu64,
                  harmful(&row->tally) +
                      tally_sum(&row->tally, VERDICT_HARMLESS));
        for (int i = 0; i < VERDICTS; i++)
            grid_cell(g, "%" PRIu64,
                      tally_sum(&row->tally, columns[i].verdict));
        grid_real(g, "%.1f", percent(&row->tally));
        grid_end_row(g);
    }
}

static void report_one(const struct examine *e, const struct damage_row *row)
{
    if (!row->wrong)
        grid_print(e->out, GRID_PLAIN, e->color, draw_places, &row->tally);
    print_words(e, row);
    print_cases(e, row);
}

void damage_report(const struct examine *e, const struct damage_row *rows)
{
    const struct table t = {e, rows};
    size_t graded = 0;
    for (size_t k = 0; k < e->count; k++)
        graded += !rows[k].wrong;
    for (size_t k = 0; k < e->count; k++)
        if (e->count == 1 || e->verbose)
            report_one(e, &rows[k]);
        else
            print_words(e, &rows[k]);
    if (e->count > 1 && graded)
        grid_print(e->out, GRID_PLAIN, e->color, draw_rows, &t);
}
