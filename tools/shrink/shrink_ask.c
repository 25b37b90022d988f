/*
 * shrink_ask.c - does this trace still fail alike?
 *
 * Each try is a run in a child, at a fixed address and with fixed payloads, so
 * that a trace gives the same answer each time.  A check pass is all it takes;
 * where that goes well and a timed pass fails, a few of those are made as well.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "driver/clock.h"
#include "driver/interrupt.h"
#include "driver/run.h"
#include "driver/trace_edit.h"
#include "tools/shrink/shrink.h"

/* A pass that nobody limited takes 0.5 s and 2 us a request at most, some ten
 * times what is usual; one that is just slow is given more. */
#define SECONDS_BASE   0.5
#define SECONDS_PER_OP 2e-6
#define MORE_PATIENCE  4

/* Where a trace is slow, a part of it that is so many times shorter is not. */
#define FEW 16

/* A try may take so many times what the requests took before and this: where
 * it hangs, all that time is lost. */
#define TRY_SLACK   10
#define TRY_SECONDS 0.002

/* One that does not fail each time is asked so often. */
#define FICKLE_RUNS 5

/* ---- One run ----------------------------------------------------------- */

double shrink_limit(const struct shrink_ask *q, const struct trace *t)
{
    double s = SECONDS_BASE + SECONDS_PER_OP * (double)t->op_count;
    if (q->seconds > 0)
        return q->seconds;
    s = floor(s * 10) / 10; /* it is printed */
    return q->patience * s < TIME_LIMIT ? q->patience * s : TIME_LIMIT;
}

static double try_limit(const struct shrink_ask *q, const struct trace *t)
{
    double most = shrink_limit(q, t);
    double usual = q->ns_per_op / 1e9 * (double)t->op_count;
    double s = q->slack * (TRY_SECONDS + usual);
    return q->ns_per_op > 0 && s < most ? s : most;
}

bool shrink_hurried(const struct shrink_ask *q, const struct trace *t)
{
    return try_limit(q, t) < shrink_limit(q, t);
}

/* Run t, and how long it took.  False when there is no result: no more. */
static bool run(struct shrink_ask *q, const struct trace *t, double limit,
                struct result *result, double *seconds)
{
    uint64_t before = clock_wall_ns();
    q->run.time_limit = limit;
    bool good = run_trace(&q->run, q->allocator, t, result, &q->error);
    q->stopped |= !good;
    q->tries++;
    if (!good && interrupt_signal()) {
        free(q->error); /* where it stood is of no interest */
        q->error = NULL;
    }
    *seconds = (double)(clock_wall_ns() - before) / 1e9;
    return good;
}

/* ---- What is alike ----------------------------------------------------- */

/* The first line of a message, without its place, each number as '#'. */
static char *sentence_of(const struct result *r)
{
    const char *from = r->message ? r->message : "";
    size_t place = strlen(r->trace->path);
    if (strlen(from) > place)
        from += place;
    char *text = calloc(strlen(from) + 1, 1), *to = text;
    while (text && *from && *from != '\n')
        if (isdigit((unsigned char)*from)) {
            *to++ = '#';
            from += strspn(from, "0123456789abcdefx");
        } else
            *to++ = *from++;
    return text;
}

static bool is_alike(const struct shrink_ask *q, const struct result *r)
{
    if (r->fault != q->kind || r->fault_timed != q->timed)
        return false;
    if (!q->sentence)
        return true;
    char *sentence = sentence_of(r);
    bool same = sentence && strcmp(sentence, q->sentence) == 0;
    free(sentence);
    return same;
}

static bool may_go_on(struct shrink_ask *q)
{
    q->stopped |= interrupt_signal() || clock_wall_ns() > q->deadline;
    return !q->stopped;
}

bool shrink_alike(struct shrink_ask *q, const struct trace *t, size_t *op)
{
    struct result result;
    double seconds;
    bool alike = false;
    unsigned runs = q->fickle ? FICKLE_RUNS : 1;
    for (; runs > 0 && !alike && may_go_on(q); runs--) {
        if (!run(q, t, try_limit(q, t), &result, &seconds))
            return false;
        alike = is_alike(q, &result);
        *op = result.fault_op;
        run_release(&result);
    }
    return alike;
}

bool shrink_confirm(struct shrink_ask *q, const struct trace *t, char **message)
{
    struct result result;
    double seconds;
    bool alike = false;
    *message = NULL;
    unsigned runs = q->fickle ? FICKLE_RUNS : 1;
    double limit = shrink_limit(q, t);
    for (; runs > 0 && !alike && run(q, t, limit, &result, &seconds); runs--) {
        alike = is_alike(q, &result);
        if (alike) {
            *message = result.message;
            result.message = NULL;
        }
        run_release(&result);
    }
    return alike;
}

/* ---- Settling it ------------------------------------------------------- */

/* In which kind of run it fails: the cheapest first. */
static const struct mode {
    bool check_only, fixed;
    unsigned runs;
} modes[] = {
    {true, true, 1},
    {false, true, 1},
    {true, false, FICKLE_RUNS}, /* wherever the heap comes to lie */
};

/* Run as modes say until it fails. */
static bool run_modes(struct shrink_ask *q, const struct trace *t,
                      struct result *result, double *seconds)
{
    bool good = true;
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
        for (unsigned n = 0; n < modes[i].runs; n++) {
            if (i + n > 0)
                run_release(result);
            q->run.check_only = modes[i].check_only;
            q->run.fixed = modes[i].fixed;
            q->run.probe = !modes[i].check_only;
            good = run(q, t, shrink_limit(q, t), result, seconds);
            if (!good || result->fault)
                return good;
        }
    return good;
}

/* Run the first n requests alone.  False when that was not possible. */
static bool run_first(struct shrink_ask *q, const struct trace *t, size_t n,
                      struct result *result, double *seconds)
{
    struct shrink_edit e;
    struct trace first;
    bool good = shrink_edit_begin(&e, t);
    if (good)
        memset(e.keep + n, 0, t->op_count - n);
    good = good && shrink_edit_apply(&e, &first);
    shrink_edit_end(&e);
    if (!good)
        return false;
    good = run(q, &first, shrink_limit(q, t), result, seconds);
    trace_free(&first);
    return good;
}

/* Whether the requests before number op take little of the time that the pass
 * was given, or a few of them as much: then one hangs, or the checker does,
 * and the others are not just slow. */
static bool hangs(struct shrink_ask *q, const struct trace *t, size_t op)
{
    struct result result;
    double seconds;
    q->ns_per_op = 1;
    if (op == 0)
        return true;
    if (!run_first(q, t, op, &result, &seconds))
        return false;
    bool hung = !result.fault && seconds < shrink_limit(q, t) / 2;
    if (hung)
        q->ns_per_op = fmax(seconds - TRY_SECONDS, 1e-6) * 1e9 / (double)op;
    run_release(&result);
    if (hung)
        return true;
    if (!run_first(q, t, op / FEW + 1, &result, &seconds))
        return false;
    hung = result.fault == FAULT_TIMEOUT;
    run_release(&result);
    if (!hung)
        q->ns_per_op = 0;
    return hung;
}

/* Run it with more and more time, unless it was limited, until it passes,
 * fails or hangs. */
static bool run_patiently(struct shrink_ask *q, const struct trace *t,
                          struct result *result)
{
    double seconds;
    for (q->patience = 1;; q->patience *= MORE_PATIENCE) {
        if (!run_modes(q, t, result, &seconds))
            return false;
        if (result->fault != FAULT_TIMEOUT) {
            q->ns_per_op = seconds * 1e9 / (double)t->op_count;
            return true;
        }
        if (hangs(q, t, result->fault_op) || q->stopped || q->seconds > 0 ||
            shrink_limit(q, t) >= TIME_LIMIT)
            return !q->stopped;
        run_release(result);
    }
}

/* Whether a second run fails just so.  A time-out is tried often enough. */
static void repeat(struct shrink_ask *q, const struct trace *t, size_t op)
{
    struct result result;
    double seconds;
    q->fickle = !q->run.fixed;
    if (q->fickle || q->kind == FAULT_TIMEOUT ||
        !run(q, t, shrink_limit(q, t), &result, &seconds))
        return;
    q->fickle = !is_alike(q, &result) || result.fault_op != op;
    run_release(&result);
}

enum shrink_verdict shrink_settle(struct shrink_ask *q, const struct trace *t,
                                  size_t *op)
{
    struct result result;
    q->slack = TRY_SLACK;
    if (!run_patiently(q, t, &result)) {
        run_release(&result);
        return SHRINK_STOPPED;
    }
    q->kind = result.fault;
    q->timed = result.fault_timed;
    *op = result.fault_op;
    if (q->same_message)
        q->sentence = sentence_of(&result);
    run_release(&result);
    if (!q->kind)
        return SHRINK_PASSES;
    repeat(q, t, *op);
    return q->stopped ? SHRINK_STOPPED : SHRINK_FAILS;
}
