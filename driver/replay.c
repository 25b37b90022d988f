/*
 * replay.c - the tables of a replay, and what a child begins with
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "driver/isolate.h"
#include "driver/libc_heap.h"
#include "driver/replay_survey.h"
#include "driver/replay_walk.h"
#include "driver/ticks.h"
#include "memlib.h"

static size_t answers_bytes(const struct trace *t)
{
    return ((size_t)t->answer_count + 1) * sizeof(void *);
}

static size_t growth_bytes(const struct trace *t)
{
    return (t->op_count + 1) * sizeof(struct replay_growth);
}

static size_t extents_bytes(const struct trace *t)
{
    return ((size_t)t->answer_count + 1) * sizeof(struct replay_extent);
}

static size_t surveys_bytes(const struct trace *t)
{
    return survey_most(t) * sizeof(struct replay_survey);
}

static size_t costs_bytes(const struct trace *t)
{
    return t->op_count * sizeof(uint32_t);
}

bool replay_create(struct replay *r, const struct trace *t,
                   const struct allocator *a)
{
    *r = (struct replay){.trace = t, .allocator = a};
    r->answers = isolate_shared(answers_bytes(t));
    r->growth = isolate_shared(growth_bytes(t));
    r->log = isolate_shared(sizeof *r->log);
    if (r->answers && r->growth && r->log)
        return true;
    replay_destroy(r);
    return false;
}

bool replay_ask_survey(struct replay *r)
{
    const struct allocator *a = r->allocator;
    if (!allocator_on_simulated_heap(a) ||
        (!a->has_walk && !a->has_usable_size))
        return true;
    r->extents = isolate_shared(extents_bytes(r->trace));
    r->surveys = isolate_shared(surveys_bytes(r->trace));
    return r->extents && r->surveys;
}

bool replay_ask_costs(struct replay *r)
{
    r->counted = ticks_counted();
    r->costs = isolate_shared(costs_bytes(r->trace));
    return r->costs != NULL;
}

/* Of one table, if it was made. */
static void withhold(void *p, size_t bytes)
{
    if (p)
        isolate_withhold(p, bytes);
}

void replay_withhold(const struct replay *r)
{
    isolate_withhold(r->answers, answers_bytes(r->trace));
    isolate_withhold(r->growth, growth_bytes(r->trace));
    withhold(r->extents, extents_bytes(r->trace));
    withhold(r->surveys, surveys_bytes(r->trace));
    withhold(r->costs, costs_bytes(r->trace));
    isolate_withhold(r->log, sizeof *r->log);
}

void replay_destroy(struct replay *r)
{
    isolate_unshare(r->answers, answers_bytes(r->trace));
    isolate_unshare(r->growth, growth_bytes(r->trace));
    isolate_unshare(r->extents, extents_bytes(r->trace));
    isolate_unshare(r->surveys, surveys_bytes(r->trace));
    isolate_unshare(r->costs, costs_bytes(r->trace));
    isolate_unshare(r->log, sizeof *r->log);
    r->answers = NULL;
    r->growth = NULL;
    r->extents = NULL;
    r->surveys = NULL;
    r->costs = NULL;
    r->log = NULL;
}

struct shadow *replay_shadow(const struct replay *r)
{
    bool ours = allocator_on_simulated_heap(r->allocator);
    return shadow_create(ours ? (uintptr_t)mem_heap_lo() : 0,
                         ours ? mem_limit() : 0, r->align, r->answers,
                         r->trace->answer_count);
}

#define LINKER_BYTES (32 << 10)

static size_t libc_before;

bool replay_begin(const struct replay *r, struct allocator_calls *calls)
{
    r->log->phase = REPLAY_LOADING;
    if (allocator_load(r->allocator, calls)) {
        libc_before = libc_heap_in_use();
        return true;
    }
    r->log->fault.kind = FAULT_INIT;
    return false;
}

bool replay_lacks(const struct replay *r, const char *what)
{
    fprintf(stderr, "no memory for %s: %s\n", what, strerror(errno));
    r->log->fault.kind = FAULT_INIT;
    return false;
}

bool replay_set_up(const struct replay *r, struct allocator_calls *calls,
                   struct roots *roots)
{
    if (r->allocator->collects && !roots_create(roots, r->trace, calls))
        return replay_lacks(r, "the roots");
    /* What the dynamic linker takes from libc is there, without growth. */
    free(malloc(LINKER_BYTES));
    r->log->phase = REPLAY_SET_UP;
    isolate_step_done();
    return true;
}

void replay_end(const struct replay *r)
{
    size_t now = libc_heap_in_use();
    r->log->libc_bytes = now > libc_before ? now - libc_before : 0;
    isolate_step_done();
}

bool replay_init_heap(const struct replay *r,
                      const struct allocator_calls *calls, struct roots *roots)
{
    if (calls->roots)
        roots_begin(roots);
    r->log->phase = REPLAY_INIT;
    if (calls->init())
        return true;
    r->log->fault.kind = FAULT_INIT;
    return false;
}
