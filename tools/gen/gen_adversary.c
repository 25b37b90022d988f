/*
 * gen_adversary.c - adversaries as models of rep gen
 *
 * A trace is fixed, an adversary is not: it plays first, against an ideal
 * policy or a real allocator, and what it requested is written.
 */
#include "tools/gen/gen_adversary.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "driver/interrupt.h"
#include "tools/gen/gen_policy.h"
#include "tools/rep.h"

/* ---- Against an ideal policy ------------------------------------------- */

static const char *const policy_names[POLICIES] = {
    [POLICY_FIRST_FIT] = "first-fit", [POLICY_BEST_FIT] = "best-fit",
    [POLICY_NEXT_FIT] = "next-fit",   [POLICY_LIFO] = "lifo",
    [POLICY_BUDDY] = "buddy",         [POLICY_SEGREGATED] = "segregated",
};

static void serve(void *context, struct arena_block *b)
{
    struct policy_block found = policy_malloc(context, b->words);
    b->address = found.address;
    b->handle = found.handle;
}

static void take_back(void *context, const struct arena_block *b)
{
    policy_free(context, (uint32_t)b->handle);
}

static void stop(struct arena *a, enum arena_end why)
{
    a->log->end = why;
    exit(rep_fail("gen: expected at most %u requests, found more: --live or "
                  "--max is too large",
                  a->room));
}

static int simulate(struct arena *a, adversary_play *play,
                    const struct adversary_terms *t, enum policy_kind kind)
{
    static const struct arena_heap heap = {serve, take_back};
    struct policy *policy = policy_create(kind, t->page);
    a->heap = &heap;
    a->context = policy;
    a->stop = stop;
    play(a, t);
    a->log->heap = policy_heap(policy);
    arena_free_all(a);
    policy_destroy(policy);
    return REP_OK;
}

/* find_policy - POLICIES if it is none. */
static enum policy_kind find_policy(const char *name)
{
    enum policy_kind kind = 0;
    while (kind < POLICIES && strcmp(policy_names[kind], name) != 0)
        kind++;
    return kind;
}

/* ---- The game ---------------------------------------------------------- */

static void write_log(struct gen *g, const struct arena_log *log,
                      const struct adversary_terms *t)
{
    uint64_t *ids = gen_new_ids(log->count + 1), count = 0;
    for (uint32_t i = 0; i < log->count; i++) {
        uint64_t n = arena_argument(log->requests[i]);
        if (arena_is_free(log->requests[i]))
            gen_free(g, ids[n]);
        else
            ids[count++] = gen_malloc(g, n * t->unit - t->header);
    }
    free(ids);
}

/* report - one line; libc tells its heap on some systems only. */
static void report(const struct adversary *v, const struct arena_log *log,
                   const struct adversary_terms *t, const char *against)
{
    fprintf(stderr, "rep: gen: %s: live at most %llu words, heap of %s ",
            v->name, (unsigned long long)log->most, against);
    if (log->heap)
        fprintf(stderr, "%llu words: %.2f times; ",
                (unsigned long long)log->heap,
                (double)log->heap / (double)log->most);
    else
        fputs("not known; ", stderr);
    fprintf(stderr, "bound %.2f\n", v->bound(t));
}

static int check_terms(const struct adversary *v,
                       const struct adversary_terms *t)
{
    if (t->header >= t->unit)
        return rep_fail("gen: --header: expected less than --unit, %llu, "
                        "found %llu",
                        (unsigned long long)t->unit,
                        (unsigned long long)t->header);
    if (t->live >= v->live_per_max * t->max)
        return REP_OK;
    return rep_fail("gen: --live: expected at least %llu, %llu times --max, "
                    "found %llu",
                    (unsigned long long)(v->live_per_max * t->max),
                    (unsigned long long)v->live_per_max,
                    (unsigned long long)t->live);
}

static int play(struct gen *g, const struct adversary *v, struct arena *a,
                const struct adversary_terms *t)
{
    const char *against = g->texts[ADVERSARY_AGAINST];
    if (!against)
        against = policy_names[v->victim];
    enum policy_kind kind = find_policy(against);
    int status = kind < POLICIES ? simulate(a, v->play, t, kind)
                                 : adversary_meet(a, v->play, t, against);
    if (status != REP_OK)
        return status;
    write_log(g, a->log, t);
    if (g->params[ADVERSARY_REPORT])
        report(v, a->log, t, against);
    return interrupt_signal() ? REP_FAILED : REP_OK;
}

int adversary_run(struct gen *g, const struct adversary *v)
{
    const uint64_t *p = g->params;
    struct adversary_terms t = {p[ADVERSARY_LIVE], p[ADVERSARY_MAX],
                                p[ADVERSARY_PAGE], p[ADVERSARY_UNIT],
                                p[ADVERSARY_HEADER]};
    struct arena a;
    int status = check_terms(v, &t);
    if (status != REP_OK)
        return status;
    if (!arena_open(&a))
        return rep_fail("gen: no memory for a log: %s", strerror(errno));
    status = play(g, v, &a, &t);
    arena_close(&a);
    return status;
}
