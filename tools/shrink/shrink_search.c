/*
 * shrink_search.c - the smallest trace that still fails alike
 *
 * Delta debugging after Zeller & Hildebrandt, Simplifying and Isolating
 * Failure-Inducing Input (IEEE TSE 28:2, 2002): leave out one chunk after the
 * other, then chunks half as large, down to single ones.  Their test of each
 * chunk alone is made once, for the latest blocks: they are the likeliest, and
 * small traces cost little.  What is left out are lives of blocks, then
 * requests; the same sweep makes requests plainer and sizes smaller.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/shrink/shrink.h"

/* Sizes are not made smaller than this. */
#define SMALL 16

/* ---- One try ----------------------------------------------------------- */

static bool over(const struct shrink *s)
{
    return s->ask->stopped;
}

static void show(const struct shrink *s)
{
    if (s->ask->doing && s->ask->tries % 8 == 0)
        fprintf(stderr, "\r\033[K%s: %zu requests, %zu tries", s->ask->doing,
                s->best.op_count, s->ask->tries);
}

/* Keep the edited trace if it fails alike.  Ends the edit. */
static bool try_edit(struct shrink *s, struct shrink_edit *e)
{
    struct trace made;
    size_t op;
    show(s);
    bool good = !over(s) && shrink_edit_apply(e, &made);
    shrink_edit_end(e);
    if (!good)
        return false;
    good = shrink_alike(s->ask, &made, &op);
    if (good) {
        trace_free(&s->best);
        s->best = made;
        s->op = op;
    } else
        trace_free(&made);
    return good;
}

/* ---- Sweeps ------------------------------------------------------------ */

/* What can be changed: number_units numbers the units of a trace from 1, 0 for
 * a request that is in none, and change makes its change to one request. */
struct sweep {
    uint32_t (*number)(const struct trace *t, uint32_t *unit);
    void (*change)(struct shrink_edit *e, size_t i);
    bool whole; /* all at once is worth a try */
    bool join;  /* the block before gets the bytes of those that are left out */
};

/* What comes after the failure was not needed; a sweep leaves it out as soon
 * as the failure moves to the front. */
static bool truncate(struct shrink *s)
{
    struct shrink_edit e;
    if (s->op + 1 >= s->best.op_count)
        return false;
    if (shrink_edit_begin(&e, &s->best))
        memset(e.keep + s->op + 1, 0, s->best.op_count - s->op - 1);
    return try_edit(s, &e);
}

/* Number the units of the best; NULL without memory. */
static uint32_t *units_of(const struct shrink *s, const struct sweep *how,
                          uint32_t *count)
{
    uint32_t *unit = calloc(s->best.op_count, sizeof *unit);
    *count = unit ? how->number(&s->best, unit) : 0;
    return unit;
}

static bool in_chunk(uint32_t unit, uint32_t from, uint32_t n)
{
    return unit > from && unit - from <= n;
}

/* What units from + 1 to from + n ask for goes to what unit `from` asks for
 * first, with SMALL for the header of each. */
static void join(struct shrink_edit *e, const uint32_t *unit, uint32_t from,
                 uint32_t n)
{
    const struct trace *t = e->of;
    uint64_t bytes = 0;
    for (size_t i = 0; i < t->op_count; i++)
        if (in_chunk(unit[i], from, n) && trace_makes_answer(&t->ops[i]) &&
            t->ops[i].size <= TRACE_SIZE_MAX)
            bytes += t->ops[i].size + SMALL;
    for (size_t i = 0; i < t->op_count; i++)
        if (unit[i] == from && t->ops[i].kind == TRACE_MALLOC) {
            e->sizes[i] += bytes;
            return;
        }
}

/* Change the n units that follow the first `from`. */
static bool try_units(struct shrink *s, const struct sweep *how, uint32_t from,
                      uint32_t n)
{
    uint32_t count;
    struct shrink_edit e = {0};
    uint32_t *unit = units_of(s, how, &count);
    bool good = unit && count > from && shrink_edit_begin(&e, &s->best);
    for (size_t i = 0; good && i < s->best.op_count; i++)
        if (in_chunk(unit[i], from, n))
            how->change(&e, i);
    if (good && how->join)
        join(&e, unit, from, n);
    free(unit);
    if (good)
        return try_edit(s, &e);
    shrink_edit_end(&e);
    return false;
}

static uint32_t count_units(const struct shrink *s, const struct sweep *how)
{
    uint32_t count;
    free(units_of(s, how, &count));
    return count;
}

static uint32_t half(uint32_t n)
{
    return n - n / 2;
}

/* One chunk after the other.  What was changed is no unit any more, and the
 * next chunk stands in its place. */
static uint32_t try_chunks(struct shrink *s, const struct sweep *how,
                           uint32_t size, uint32_t count)
{
    for (uint32_t at = how->join; at < count && !over(s);)
        if (try_units(s, how, at, size)) {
            truncate(s);
            count = count_units(s, how);
        } else
            at += size;
    return count;
}

static void sweep(struct shrink *s, const struct sweep *how)
{
    uint32_t count = count_units(s, how);
    uint32_t size = how->whole ? count : half(count);
    while (size > 0 && !over(s)) {
        count = try_chunks(s, how, size, count);
        size = size == 1 ? 0 : half(size < count ? size : count);
    }
}

/* ---- Units ------------------------------------------------------------- */

static bool takes(const struct trace_op *op)
{
    return (op->kind == TRACE_FREE || op->kind == TRACE_REALLOC) && op->ref;
}

/* A block from its allocation on, through every realloc, to its free. */
static uint32_t number_lives(const struct trace *t, uint32_t *unit)
{
    uint32_t count = 0, made = 0;
    uint32_t *life = calloc(t->answer_count + 1ul, sizeof *life);
    for (size_t i = 0; life && i < t->op_count; i++) {
        const struct trace_op *op = &t->ops[i];
        unit[i] = takes(op) ? life[op->ref] : ++count;
        if (trace_makes_answer(op))
            life[++made] = unit[i];
    }
    free(life);
    return count;
}

/* Requests that can go while the block stays: frees, reallocs, and what a
 * realloc would begin in place of. */
static uint32_t number_requests(const struct trace *t, uint32_t *unit)
{
    uint32_t count = 0, made = 0;
    uint8_t *moves = calloc(t->answer_count + 1ul, 1);
    for (size_t i = 0; moves && i < t->op_count; i++)
        if (t->ops[i].kind == TRACE_REALLOC)
            moves[t->ops[i].ref] = 1;
    for (size_t i = 0; moves && i < t->op_count; i++) {
        const struct trace_op *op = &t->ops[i];
        made += trace_makes_answer(op);
        if (takes(op) || !trace_makes_answer(op) || moves[made])
            unit[i] = ++count;
    }
    free(moves);
    return count;
}

static uint32_t number_fancy(const struct trace *t, uint32_t *unit)
{
    uint32_t count = 0;
    for (size_t i = 0; i < t->op_count; i++) {
        const struct trace_op *op = &t->ops[i];
        if (trace_makes_answer(op) && op->kind != TRACE_MALLOC && !takes(op))
            unit[i] = ++count;
    }
    return count;
}

static uint32_t number_large(const struct trace *t, uint32_t *unit)
{
    uint32_t count = 0;
    for (size_t i = 0; i < t->op_count; i++)
        if (trace_makes_answer(&t->ops[i]) && t->ops[i].size > SMALL)
            unit[i] = ++count;
    return count;
}

static void leave_out(struct shrink_edit *e, size_t i)
{
    e->keep[i] = 0;
}

static void make_plain(struct shrink_edit *e, size_t i)
{
    e->plain[i] = 1;
}

static void make_small(struct shrink_edit *e, size_t i)
{
    e->sizes[i] = SMALL;
}

/* Sizes are halved as multiples of SMALL. */
static void make_half(struct shrink_edit *e, size_t i)
{
    e->sizes[i] = e->sizes[i] / (2 * SMALL) * SMALL;
    if (e->sizes[i] < SMALL)
        e->sizes[i] = SMALL;
}

static const struct sweep lives = {number_lives, leave_out, false, false};
static const struct sweep joined = {number_lives, leave_out, false, true};
static const struct sweep requests = {number_requests, leave_out, true, false};
static const struct sweep fancy = {number_fancy, make_plain, true, false};
static const struct sweep large = {number_large, make_small, true, false};
static const struct sweep halves = {number_large, make_half, true, false};

/* ---- Sizes ------------------------------------------------------------- */

/* Give op i, or all of its size, another size. */
static bool try_size(struct shrink *s, size_t i, bool alone, uint64_t size)
{
    struct shrink_edit e;
    uint64_t old = s->best.ops[i].size;
    bool good = shrink_edit_begin(&e, &s->best);
    for (size_t k = 0; good && k < s->best.op_count; k++)
        if (k == i || (!alone && s->best.ops[k].size == old &&
                       trace_makes_answer(&s->best.ops[k])))
            e.sizes[k] = size;
    if (good)
        return try_edit(s, &e);
    shrink_edit_end(&e);
    return false;
}

/* Whether another request asks for as many bytes. */
static bool has_twin(const struct trace *t, size_t i)
{
    for (size_t k = 0; k < t->op_count; k++)
        if (k != i && trace_makes_answer(&t->ops[k]) &&
            t->ops[k].size == t->ops[i].size)
            return true;
    return false;
}

/* The smallest size of op i that still fails, where no smaller one does.  The
 * sweep has tried the smallest of all, alone. */
static void bisect(struct shrink *s, size_t i, bool alone)
{
    uint64_t low = SMALL, high = s->best.ops[i].size;
    if (high <= low ||
        (!alone && (!has_twin(&s->best, i) || try_size(s, i, alone, low))))
        return;
    while (high - low > 1 && !over(s)) {
        uint64_t middle = low + (high - low) / 2;
        bool good = try_size(s, i, alone, middle);
        if (i >= s->best.op_count)
            return;
        *(good ? &high : &low) = middle;
    }
}

/* ---- Phases ------------------------------------------------------------ */

static void cut(struct shrink *s)
{
    truncate(s);
}

/* The latest 4 blocks alone, 16, 64, ... */
static void find_latest(struct shrink *s)
{
    uint32_t count = count_units(s, &lives);
    for (uint32_t n = 4; n < count && !over(s); n *= 4)
        if (try_units(s, &lives, 0, count - n))
            return;
}

static void drop_lives(struct shrink *s)
{
    sweep(s, &lives);
}

static void drop_requests(struct shrink *s)
{
    sweep(s, &requests);
}

static void join_lives(struct shrink *s)
{
    sweep(s, &joined);
}

static void simplify(struct shrink *s)
{
    sweep(s, &fancy);
}

static void shrink_sizes(struct shrink *s)
{
    sweep(s, &large);
    while (!over(s) && try_units(s, &halves, 0, UINT32_MAX))
        ;
    for (int alone = 0; alone < 2; alone++)
        for (size_t i = 0; i < s->best.op_count && !over(s); i++)
            if (trace_makes_answer(&s->best.ops[i]))
                bisect(s, i, alone);
}

static const struct phase {
    const char *name;
    void (*run)(struct shrink *s);
} phases[] = {
    {"up to the failure", cut},      {"the latest blocks", find_latest},
    {"by block", drop_lives},        {"by request", drop_requests},
    {"plainer requests", simplify},  {"one block for several", join_lives},
    {"smaller sizes", shrink_sizes},
};

#define PHASES (sizeof phases / sizeof phases[0])

static struct shrink_row *add_row(struct shrink *s, const char *name)
{
    struct shrink_row *row = &s->rows[s->row_count++];
    *row = (struct shrink_row){.name = name};
    return row;
}

static void run_phase(struct shrink *s, const struct phase *p,
                      struct shrink_row *row)
{
    size_t before = s->ask->tries;
    if (over(s))
        return;
    p->run(s);
    row->requests = s->best.op_count;
    row->tries += s->ask->tries - before;
}

/* A fixpoint: with a later phase's help an earlier one may do more.  Sizes
 * alone are no reason to go on: they could creep down for long. */
void shrink_search(struct shrink *s)
{
    size_t before;
    s->row_count = 0;
    for (size_t i = 0; i < PHASES && !over(s); i++)
        run_phase(s, &phases[i], add_row(s, phases[i].name));
    if (over(s))
        return;
    struct shrink_row *again = add_row(s, "all of it again");
    do {
        before = s->best.op_count;
        for (size_t i = 2; i < PHASES; i++)
            run_phase(s, &phases[i], again);
    } while (s->best.op_count < before && !over(s));
}

void shrink_truncate(struct shrink *s)
{
    struct trace made;
    struct shrink_edit e;
    s->row_count = 0;
    struct shrink_row *row = add_row(s, phases[0].name);
    bool good = shrink_edit_begin(&e, &s->best);
    if (good)
        memset(e.keep + s->op + 1, 0, s->best.op_count - s->op - 1);
    if (good && shrink_edit_apply(&e, &made)) {
        trace_free(&s->best);
        s->best = made;
    }
    shrink_edit_end(&e);
    row->requests = s->best.op_count;
    row->tries = s->ask->tries;
}
