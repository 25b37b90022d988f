/*
 * trace.c - fuzz target: any bytes as a trace
 *
 * It is read, strictly and not, and studied; what is read is a model in which
 * everything refers to something that is there; and written again, in every
 * form, it is read without a warning and is the same.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "driver/trace_edit.h"
#include "driver/trace_model.h"
#include "driver/trace_remarks.h"
#include "tests/fuzz/fuzz.h"

/* ---- The model --------------------------------------------------------- */

static bool takes(const struct trace_op *op)
{
    return (op->kind == TRACE_FREE || op->kind == TRACE_REALLOC) && op->ref;
}

static void check_ops(const struct trace *t)
{
    uint32_t made = 0;
    size_t line = 0;
    for (size_t i = 0; i < t->op_count; i++) {
        const struct trace_op *op = &t->ops[i];
        bool has_extra = op->kind == TRACE_CALLOC || op->kind == TRACE_MEMALIGN;
        fuzz_require(op->kind < TRACE_KINDS, "op %zu: kind %d", i, op->kind);
        fuzz_require(!takes(op) || op->ref <= made, "op %zu takes %u of %u", i,
                     op->ref, made);
        fuzz_require(!has_extra || op->extra < t->extra_count,
                     "op %zu: extra %u of %zu", i, op->extra, t->extra_count);
        fuzz_require(trace_line(t, i) > line, "op %zu: line %zu after %zu", i,
                     trace_line(t, i), line);
        line = trace_line(t, i);
        made += trace_makes_answer(op);
    }
    fuzz_require(made == t->answer_count, "%u answers, not %u", made,
                 t->answer_count);
}

/* What lives, request by request, as trace_lives tells it. */
static void check_lives(const struct trace *t)
{
    struct trace_life *lives = trace_lives(t);
    struct trace_live live = {0};
    uint32_t made = 0;
    fuzz_require(lives, "no memory for lives");
    for (uint32_t i = 0; i < t->op_count; i++) {
        const struct trace_op *op = &t->ops[i];
        if (takes(op) && lives[op->ref].died == i && lives[op->ref].born < i)
            trace_live_lose(&live, lives[op->ref].size);
        if (!trace_makes_answer(op))
            continue;
        const struct trace_life *l = &lives[++made];
        fuzz_require(l->born == i, "answer %u is born at %u, not %u", made,
                     l->born, i);
        if (l->died > i)
            trace_live_gain(&live, l->size);
    }
    fuzz_require(trace_live_peak(&live) == t->peak_payload &&
                     live.peak_blocks == t->peak_live,
                 "peaks %llu and %zu, not %llu and %zu",
                 (unsigned long long)trace_live_peak(&live), live.peak_blocks,
                 (unsigned long long)t->peak_payload, t->peak_live);
    free(lives);
}

static void check_model(const struct trace *t)
{
    fuzz_require(t->op_count > 0 && t->weight >= 0 && t->weight <= 3,
                 "%zu ops, weight %d", t->op_count, t->weight);
    for (size_t i = 0; i < t->warning_count; i++)
        fuzz_require_line(t->warnings[i]);
    check_ops(t);
    check_lives(t);
}

/* ---- The text ---------------------------------------------------------- */

/* The numbers of a line behind its letter: how many there are. */
static int numbers_of(const char *line, unsigned long long numbers[3])
{
    int n = 0;
    for (char *end; n < 3; line = end, n++) {
        line += strspn(line, " \t");
        errno = 0;
        numbers[n] = strtoull(line, &end, 10);
        if (end == line || *line == '\n' || *line == '\r')
            return n;
        fuzz_require(errno == 0, "a number that is too large was read");
    }
    return n;
}

/* Whether the op is what its line says, read again by other means. */
static void check_line(const struct trace *t, size_t i, const char *line)
{
    static const char letters[] = "afrcm";
    const struct trace_op *op = &t->ops[i];
    unsigned long long numbers[3] = {0};
    line += strspn(line, " \t");
    fuzz_require(*line == letters[op->kind], "op %zu is no `%c`", i, *line);
    int n = numbers_of(line + 1, numbers);
    if (op->kind == TRACE_FREE || (op->kind == TRACE_MALLOC && n < 2))
        return;
    fuzz_require(op->size == numbers[n - 1], "op %zu: size %llu, not %llu", i,
                 (unsigned long long)op->size, numbers[n - 1]);
    if (n == 3)
        fuzz_require(t->extras[op->extra] == numbers[1],
                     "op %zu: argument %llu, not %llu", i,
                     (unsigned long long)t->extras[op->extra], numbers[1]);
}

/* text - all of it, in lines that end. */
static void check_lines(const struct trace *t, const char *text)
{
    size_t number = 1;
    for (size_t i = 0; i < t->op_count; i++) {
        for (; number < trace_line(t, i); number++)
            text = strchr(text, '\n') + 1;
        check_line(t, i, text);
    }
}

/* ---- Two models -------------------------------------------------------- */

static uint64_t extra_of(const struct trace *t, const struct trace_op *op)
{
    bool has = op->kind == TRACE_CALLOC || op->kind == TRACE_MEMALIGN;
    return has ? t->extras[op->extra] : 0;
}

/* But for ids: b may have more requests, and them at its end. */
static void check_alike(const struct trace *a, const struct trace *b)
{
    fuzz_require(a->weight == b->weight && a->op_count <= b->op_count,
                 "weights %d and %d, %zu and %zu ops", a->weight, b->weight,
                 a->op_count, b->op_count);
    for (size_t i = 0; i < a->op_count; i++) {
        const struct trace_op *p = &a->ops[i], *q = &b->ops[i];
        bool alike = p->kind == q->kind && takes(p) == takes(q) &&
                     (!takes(p) || p->ref == q->ref) &&
                     (p->kind == TRACE_FREE || p->size == q->size) &&
                     extra_of(a, p) == extra_of(b, q);
        fuzz_require(alike, "op %zu is another", i);
    }
}

static void check_same(const struct trace *a, const struct trace *b)
{
    check_alike(a, b);
    fuzz_require(a->op_count == b->op_count && a->dialect == b->dialect &&
                     a->peak_payload == b->peak_payload &&
                     a->peak_live == b->peak_live,
                 "figures differ");
}

/* Searching an id is linear. */
#define IDS_COMPARED 100

/* Whether so high an id is in use that those above it may run out. */
static bool ids_run_out(const struct trace *t)
{
    bool found = false;
    for (size_t i = 0; i < t->wide_id_count; i++)
        found |= t->wide_ids[i].id > UINT64_MAX - FUZZ_INPUT_MAX;
    return found;
}

/* The id of each request; one that could not stay is above all others. */
static void check_ids(const struct trace *a, const struct trace *b)
{
    uint64_t of_a[IDS_COMPARED], of_b[IDS_COMPARED], highest = 0;
    bool named[IDS_COMPARED];
    size_t n = a->op_count < IDS_COMPARED ? a->op_count : IDS_COMPARED;
    for (size_t i = 0; i < n; i++) {
        named[i] = trace_id(a, i, &of_a[i]) && trace_id(b, i, &of_b[i]);
        if (named[i] && of_a[i] > highest)
            highest = of_a[i];
    }
    for (size_t i = 0; i < n; i++)
        fuzz_require(!named[i] || of_a[i] == of_b[i] || of_b[i] > highest ||
                         ids_run_out(a),
                     "op %zu: id %llu became %llu", i,
                     (unsigned long long)of_a[i], (unsigned long long)of_b[i]);
}

/* ---- Remarks ----------------------------------------------------------- */

static void count_kind(void *context, const struct trace_remark *remark)
{
    size_t *counts = context;
    fuzz_require(remark->kind < TRACE_UNTIDY_KINDS, "kind %d", remark->kind);
    fuzz_require_line(remark->fact);
    counts[remark->kind]++;
}

static size_t kinds_warned_of(const size_t *counts)
{
    size_t kinds = 0;
    for (int kind = 0; kind < TRACE_UNREADABLE; kind++)
        kinds += counts[kind] > 0;
    return kinds;
}

/* ---- Writing ----------------------------------------------------------- */

static bool all_are_plain(const struct trace *t)
{
    for (size_t i = 0; i < t->op_count; i++)
        if ((t->ops[i].kind != TRACE_FREE && !t->ops[i].size) ||
            t->ops[i].kind > TRACE_REALLOC ||
            (t->ops[i].kind != TRACE_MALLOC && !t->ops[i].ref))
            return false;
    return true;
}

/* What a realloc that cannot be met leaves alive has no id any more, and what
 * realloc(NULL, 0) gives never had one. */
static void check_balanced(const struct trace *t)
{
    struct trace_life *lives = trace_lives(t);
    uint32_t made = 0;
    fuzz_require(lives, "no memory for lives");
    for (size_t i = 0; i < t->op_count; i++) {
        const struct trace_op *op = &t->ops[i];
        made += trace_makes_answer(op);
        if (takes(op))
            lives[op->ref].died = 0;
        if (op->kind == TRACE_REALLOC && !op->size)
            lives[made].died = 0;
    }
    for (uint32_t a = 1; a <= t->answer_count; a++)
        fuzz_require(lives[a].died < t->op_count, "answer %u lives on", a);
    free(lives);
}

static void check_written(const struct trace *t, const char *path,
                          struct trace_form form, int flags)
{
    size_t counts[TRACE_UNTIDY_KINDS] = {0};
    struct trace_listener listener = {count_kind, counts};
    struct trace again;
    char *error;
    bool good = trace_study(&again, path, &listener, &error);
    fuzz_require(good, "what was written: %s", error);
    for (int kind = 0; kind < TRACE_UNTIDY_KINDS; kind++)
        fuzz_require(counts[kind] == 0, "what was written: remark %d", kind);
    check_model(&again);
    fuzz_require(again.dialect == form.dialect && again.weight == form.weight,
                 "dialect %d, weight %d", again.dialect, again.weight);
    if (form.plain)
        fuzz_require(all_are_plain(&again), "it is not plain");
    else if (flags & TRACE_BALANCE)
        check_alike(t, &again);
    else
        check_same(t, &again);
    if (flags & TRACE_BALANCE)
        check_balanced(&again);
    if (!form.plain && !(flags & TRACE_RENUMBER))
        check_ids(t, &again);
    trace_free(&again);
}

static bool only_frees_null(const struct trace *t)
{
    for (size_t i = 0; i < t->op_count; i++)
        if (t->ops[i].kind != TRACE_FREE)
            return false;
    return true;
}

static void check_writing(const struct trace *t, struct trace_form form,
                          int flags)
{
    struct fuzz_output o;
    char *error = NULL;
    fuzz_output_open(&o);
    bool good = trace_write(t, o.path, form, flags, &error);
    if (!good) {
        fuzz_require_line(error);
        fuzz_require(form.plain && only_frees_null(t) && fuzz_output_empty(&o),
                     "it cannot be written: %s", error);
    }
    fuzz_output_turn(&o);
    if (good)
        check_written(t, o.path, form, flags);
    fuzz_output_close(&o);
    free(error);
}

/* ---- Selecting --------------------------------------------------------- */

static void check_selecting(const struct trace *t, uint64_t choice)
{
    struct trace some;
    struct trace_form form = {TRACE_MODERN, 1, false};
    uint8_t *keep = calloc(t->op_count, 1);
    char *error;
    for (size_t i = 0; keep && i < t->op_count; i++)
        keep[i] = fuzz_next(&choice) % 4 != 0;
    bool good =
        trace_select(&some, t, (struct trace_selection){keep, NULL}, &error);
    free(keep);
    if (!good) {
        fuzz_require_line(error);
        free(error);
        return;
    }
    some.weight = form.weight;
    some.dialect = form.dialect;
    check_model(&some);
    check_writing(&some, form, 0);
    trace_free(&some);
}

/* ---- Reading ----------------------------------------------------------- */

/* t: what trace_read made of the file; NULL: it could not. */
static void check_study(const char *path, const struct trace *t)
{
    size_t counts[TRACE_UNTIDY_KINDS] = {0};
    struct trace_listener listener = {count_kind, counts};
    struct trace studied;
    char *error;
    bool good = trace_study(&studied, path, &listener, &error);
    fuzz_require(good || !t, "it can be read, but not be studied: %s", error);
    if (good)
        check_model(&studied);
    if (t) {
        check_same(t, &studied);
        fuzz_require(kinds_warned_of(counts) == t->warning_count,
                     "%zu warnings, not %zu", kinds_warned_of(counts),
                     t->warning_count);
    }
    if (good)
        trace_free(&studied);
    free(error);
}

/* t: what trace_read made of the file; NULL: it could not. */
static void check_strict(const char *path, const struct trace *t)
{
    struct trace strict;
    char *error;
    bool good = trace_read(&strict, path, true, &error);
    fuzz_require(good == (t && t->warning_count == 0),
                 "strictly it is read otherwise: %s", error);
    if (good) {
        check_same(t, &strict);
        trace_free(&strict);
        return;
    }
    fuzz_require_line(error);
    free(error);
}

/* Text that ends where its last line does, without a 0 in it. */
static void check_text(const uint8_t *data, size_t size, const struct trace *t)
{
    struct trace from_text;
    char *error, *text = strndup((const char *)data, size);
    if (text && strlen(text) == size && size && text[size - 1] == '\n') {
        bool good = trace_read_text(&from_text, "text", text, &error);
        fuzz_require(good == (t != NULL), "as text it is read otherwise: %s",
                     error);
        if (good) {
            check_same(t, &from_text);
            check_lines(t, text);
            trace_free(&from_text);
        } else {
            fuzz_require_line(error);
            free(error);
        }
    }
    free(text);
}

static void check_forms(const struct trace *t, uint64_t choice)
{
    struct trace_form form = {t->dialect, t->weight, false};
    check_writing(t, form, 0);
    form.plain = choice & 1;
    int flags =
        (choice & 2 ? TRACE_RENUMBER : 0) | (choice & 4 ? TRACE_BALANCE : 0);
    if (choice & 8)
        check_writing(t, form, flags);
    else
        check_selecting(t, choice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct trace t;
    char *error;
    if (size > FUZZ_INPUT_MAX || fuzz_is_compressed(data, size))
        return 0;
    const char *path = fuzz_file(data, size);
    bool good = trace_read(&t, path, false, &error);
    if (good)
        check_model(&t);
    else
        fuzz_require_line(error);
    check_strict(path, good ? &t : NULL);
    check_study(path, good ? &t : NULL);
    check_text(data, size, good ? &t : NULL);
    if (good) {
        check_forms(&t, fuzz_hash(data, size));
        trace_free(&t);
    }
    free(error);
    return 0;
}
