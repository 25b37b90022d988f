/*
 * shrink_settle.c - how does this trace fail?
 *
 * At a fixed address and with fixed payloads a trace gives the same answer each
 * time.  A check pass is all it takes; where that goes well and a timed pass
 * fails, a few of those are made as well.  What runs out of time is held by one
 * request, is only to be waited for, or is slow with every request.
 */
#define _GNU_SOURCE
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "driver/run.h"
#include "tools/shrink/shrink.h"

/* A pass that is just slow is given so many times as long, or as there is time
 * for, if that is worth it. */
#define MORE_PATIENCE  4
#define WORTH_PATIENCE 1.5

/* Where a trace is slow, a part of it that is so many times shorter is not. */
#define FEW 16

/* Where every request is slow, what is left takes so many times the limit, to
 * exceed it in other runs, too. */
#define MARGIN 1.5

/* Passes in a run that makes timed ones, or more. */
#define TIMED_PASSES 10

/* A try costs so much without any request. */
#define START_SECONDS 0.002

/* In which kind of run it fails: the cheapest first. */
static const struct mode {
    bool check_only, fixed;
    unsigned runs;
} modes[] = {
    {true, true, 1},
    {false, true, 1},
    {true, false, SHRINK_FICKLE_RUNS}, /* wherever the heap comes to lie */
};

static void set_mode(struct shrink_ask *q, const struct mode *m)
{
    q->run.check_only = m->check_only;
    q->run.fixed = m->fixed;
    q->run.probe = !m->check_only;
}

/* Run as modes say until it fails; those for which there is no time are left
 * out, but not the first. */
static bool run_modes(struct shrink_ask *q, const struct trace *t,
                      struct result *result, double *seconds)
{
    double limit = shrink_limit(q, t), pass = 0;
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
        for (unsigned n = 0; n < modes[i].runs; n++) {
            double cost = modes[i].check_only ? pass : TIMED_PASSES * pass;
            q->unsure = i > 0 && cost > shrink_left(q);
            if (q->unsure)
                return true;
            if (i + n > 0)
                run_release(result);
            set_mode(q, &modes[i]);
            if (!shrink_run_in_time(q, t, limit, result, seconds))
                return false;
            if (result->fault)
                return true;
            pass = i ? pass : *seconds;
        }
    return true;
}

/* Run the first n requests alone.  False when that was not possible. */
static bool run_first(struct shrink_ask *q, const struct trace *t, size_t n,
                      double limit, struct result *result, double *seconds)
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
    good = shrink_run_in_time(q, &first, limit, result, seconds);
    trace_free(&first);
    return good;
}

/* Whether the requests before number op take little of the time that the pass
 * was given, or a few of them as much: then one hangs, or the checker does,
 * and the others are not just slow. */
static bool hangs(struct shrink_ask *q, const struct trace *t, size_t op)
{
    struct result result;
    double seconds, little = shrink_limit(q, t) / 2;
    q->ns_per_op = 1;
    if (op == 0)
        return true;
    if (!run_first(q, t, op, little, &result, &seconds))
        return false;
    bool hung = !result.fault;
    if (hung)
        q->ns_per_op = fmax(seconds - START_SECONDS, 1e-6) * 1e9 / (double)op;
    run_release(&result);
    if (hung)
        return true;
    if (!run_first(q, t, op / FEW + 1, little, &result, &seconds))
        return false;
    hung = result.fault == FAULT_TIMEOUT;
    run_release(&result);
    if (!hung)
        q->ns_per_op = 0;
    return hung;
}

/* Whether another pass can be given so much more time that it is worth it, with
 * twice as much left for what follows. */
static bool have_patience(struct shrink_ask *q, const struct trace *t)
{
    double now = shrink_limit(q, t);
    double more = fmin(MORE_PATIENCE, shrink_left(q) / 3 / now);
    if (q->seconds > 0 || now >= TIME_LIMIT || more < WORTH_PATIENCE)
        return false;
    q->patience *= more;
    return true;
}

/* All requests seem to be slow: find those that take the limit, with a margin.
 * Who chose that limit may have it exceeded by less.  A pass that stands at the
 * same request after more time hangs there. */
static bool run_slow(struct shrink_ask *q, const struct trace *t, size_t op,
                     struct result *result)
{
    double seconds;
    bool chosen = q->seconds > 0;
    q->patience = 1;
    if (!chosen)
        set_mode(q, &modes[0]);
    double limit = MARGIN * shrink_limit(q, t);
    if (!(chosen ? shrink_run_in_time : shrink_run)(q, t, limit, result,
                                                    &seconds))
        return false;
    bool late = result->fault == FAULT_TIMEOUT;
    q->slow = late ? result->fault_op != op : chosen;
    q->unsure = !late;
    if (!late && chosen) {
        result->fault = FAULT_TIMEOUT;
        result->fault_op = t->op_count - 1;
    }
    return true;
}

/* Run it with more and more time, unless it was limited, until it passes,
 * fails, hangs, or is as slow as that. */
static bool run_patiently(struct shrink_ask *q, const struct trace *t,
                          struct result *result)
{
    double seconds;
    size_t op = t->op_count;
    q->patience = 1;
    do {
        if (!run_modes(q, t, result, &seconds))
            break;
        if (result->fault != FAULT_TIMEOUT) {
            q->ns_per_op = seconds * 1e9 / (double)t->op_count;
            return true;
        }
        op = result->fault_op;
        if (hangs(q, t, op))
            return true;
        run_release(result);
    } while (!q->stopped && have_patience(q, t));
    if (q->late && op < t->op_count && !q->seconds)
        q->stopped = q->late = false;
    return !q->stopped && run_slow(q, t, op, result);
}

/* Whether a second run fails just so, if there is time for it.  A time-out is
 * tried often enough. */
static void repeat(struct shrink_ask *q, const struct trace *t, size_t op)
{
    struct result result;
    double seconds;
    q->fickle = !q->run.fixed;
    if (q->fickle || q->kind == FAULT_TIMEOUT ||
        q->ns_per_op / 1e9 * (double)t->op_count > shrink_left(q))
        return;
    if (!shrink_run_in_time(q, t, shrink_limit(q, t), &result, &seconds)) {
        q->stopped &= !q->late;
        return;
    }
    q->fickle = !shrink_is_alike(q, &result) || result.fault_op != op;
    run_release(&result);
}

enum shrink_verdict shrink_settle(struct shrink_ask *q, const struct trace *t,
                                  size_t *op)
{
    struct result result;
    q->whole = t;
    q->slack = 1;
    if (!run_patiently(q, t, &result)) {
        run_release(&result);
        return SHRINK_STOPPED;
    }
    q->kind = result.fault;
    q->timed = result.fault_later;
    *op = result.fault_op;
    if (q->same_message)
        q->sentence = shrink_sentence(&result);
    run_release(&result);
    if (!q->kind)
        return SHRINK_PASSES;
    repeat(q, t, *op);
    return q->stopped ? SHRINK_STOPPED : SHRINK_FAILS;
}
