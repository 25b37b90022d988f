/*
 * shrink_ask.c - does this trace still fail alike?
 *
 * Each try is a run in a child, as shrink_settle found that it must be, and
 * with no more time than is left for the search.
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

/* A try may take so many times what the requests took before and this: where
 * it hangs, all that time is lost. */
#define TRY_SLACK   10
#define TRY_SECONDS 0.002

/* ---- One run ----------------------------------------------------------- */

double shrink_limit(const struct shrink_ask *q, const struct trace *t)
{
    double s = SECONDS_BASE + SECONDS_PER_OP * (double)t->op_count;
    if (q->seconds > 0)
        return q->seconds;
    s = floor(q->patience * s * 10) / 10; /* it is printed */
    return s < TIME_LIMIT ? s : TIME_LIMIT;
}

static double try_limit(const struct shrink_ask *q, const struct trace *t)
{
    double most = shrink_limit(q, t);
    double usual = q->ns_per_op / 1e9 * (double)t->op_count;
    double s = TRY_SLACK * q->slack * (TRY_SECONDS + usual);
    return q->ns_per_op > 0 && s < most ? s : most;
}

bool shrink_hurried(const struct shrink_ask *q, const struct trace *t)
{
    return try_limit(q, t) < shrink_limit(q, t);
}

double shrink_left(const struct shrink_ask *q)
{
    return ((double)q->deadline - (double)clock_wall_ns()) / 1e9;
}

/* The pass over the whole trace that was given the most time. */
static void note_served(struct shrink_ask *q, const struct result *r)
{
    if (r->fault != FAULT_TIMEOUT || r->trace != q->whole ||
        q->run.time_limit < q->served_seconds)
        return;
    q->served = r->fault_op;
    q->served_seconds = q->run.time_limit;
}

void shrink_give_up(struct shrink_ask *q, char *error)
{
    q->stopped = true;
    q->error = error;
    q->without_memory = !error;
}

bool shrink_run(struct shrink_ask *q, const struct trace *t, double limit,
                struct result *result, double *seconds)
{
    uint64_t before = clock_wall_ns();
    q->run.time_limit = limit;
    char *error;
    bool good = run_trace(&q->run, q->allocator, t, result, &error);
    q->stopped |= !good;
    q->tries++;
    if (good || interrupt_signal() || q->error)
        free(error); /* after an interrupt it tells where the run stood */
    else
        shrink_give_up(q, error);
    *seconds = (double)(clock_wall_ns() - before) / 1e9;
    note_served(q, result);
    return good;
}

bool shrink_run_in_time(struct shrink_ask *q, const struct trace *t,
                        double limit, struct result *result, double *seconds)
{
    double most = fmax(shrink_left(q), SECONDS_BASE);
    if (limit <= most)
        return shrink_run(q, t, limit, result, seconds);
    if (!shrink_run(q, t, most, result, seconds))
        return false;
    q->late = result->fault == FAULT_TIMEOUT;
    q->stopped |= q->late;
    if (q->late)
        run_release(result);
    return !q->late;
}

/* ---- What is alike ----------------------------------------------------- */

char *shrink_sentence(const struct result *r)
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

bool shrink_is_alike(const struct shrink_ask *q, const struct result *r)
{
    if (r->fault != q->kind || r->fault_later != q->timed)
        return false;
    if (!q->sentence)
        return true;
    char *sentence = shrink_sentence(r);
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
    unsigned runs = q->fickle ? SHRINK_FICKLE_RUNS : 1;
    for (; runs > 0 && !alike && may_go_on(q); runs--) {
        if (!shrink_run_in_time(q, t, try_limit(q, t), &result, &seconds))
            return false;
        alike = shrink_is_alike(q, &result);
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
    unsigned runs = q->fickle ? SHRINK_FICKLE_RUNS : 1;
    double limit = shrink_limit(q, t);
    q->run.hasty = false; /* this explanation will be read */
    for (; runs > 0 && !alike; runs--) {
        if (!shrink_run(q, t, limit, &result, &seconds))
            return false;
        alike = shrink_is_alike(q, &result);
        if (alike) {
            *message = result.message;
            result.message = NULL;
        }
        run_release(&result);
    }
    return alike;
}
