/*
 * lane.c - one child that makes one kind of pass
 */
#define _GNU_SOURCE
#include "driver/lane.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "config.h"
#include "driver/clock.h"
#include "driver/explain.h"
#include "memlib.h"

bool lane_error(struct run *run, const char *what)
{
    if (asprintf(run->error, "%s: %s", what, strerror(errno)) < 0)
        *run->error = NULL;
    return false;
}

static uint64_t secret(const struct run_options *o)
{
    uint64_t bits = 0x6d64726976657221;
    if (!o->fixed && getrandom(&bits, sizeof bits, 0) != sizeof bits)
        bits ^= clock_wall_ns();
    return bits;
}

static size_t alignment(const struct run *run, const struct allocator *a)
{
    if (run->o->align && a->kind == ALLOCATOR_OBJECT)
        return run->o->align;
    return a->classic ? ALIGNMENT_CLASSIC : ALIGNMENT;
}

static struct isolate_limits limits(const struct run *run)
{
    return (struct isolate_limits){.memory = run->o->memory};
}

/* Whether there is address space for a shadow of the heap as well: half as
 * much again, which valgrind does not have for a terabyte. */
static bool can_be_shadowed(const struct run *run)
{
    struct shadow *s = shadow_create((uintptr_t)mem_heap_lo(), mem_limit(), 8,
                                     NULL, run->t->answer_count);
    shadow_destroy(s);
    return s != NULL;
}

bool lane_fresh_heap(struct run *run)
{
    bool classic = run->a->classic, fixed = run->o->fixed;
    enum mem_place place = classic ? (fixed ? MEM_LOW_FIXED : MEM_LOW)
                                   : (fixed ? MEM_FIXED : MEM_RANDOM);
    size_t limit = classic ? HEAP_LIMIT_CLASSIC : HEAP_LIMIT;
    bool good = mem_create(place, limit);
    while (good && !can_be_shadowed(run) && mem_limit() > mem_pagesize())
        good = mem_create(place, mem_limit() / 4);
    return good || lane_error(run, "no address space for the heap");
}

bool lane_open(struct lane *l, struct run *run, const struct allocator *a,
               bool timed)
{
    *l = (struct lane){.run = run, .timed = timed};
    if (!replay_create(&l->r, run->t, a))
        return lane_error(run, "no memory for the answers");
    l->r.align = alignment(run, a);
    l->r.detail = run->o->detail;
    l->r.secret = secret(run->o);
    size_t most = 2 * SPEED_ROUNDS_MAX;
    l->ns = calloc(3 * most, sizeof *l->ns);
    if (!l->ns)
        return lane_error(run, "no memory for samples");
    l->init_ns = l->ns + most;
    l->instructions = l->ns + 2 * most;
    l->child =
        isolate_start(timed ? replay_speed : replay_check, &l->r, limits(run));
    return l->child || lane_error(run, "no child process");
}

void lane_close(struct lane *l)
{
    isolate_end(l->child);
    if (l->r.trace)
        replay_destroy(&l->r);
    free(l->ns);
    *l = (struct lane){0};
}

/* ---- Failures ---------------------------------------------------------- */

static enum fault_kind kind_of(enum isolate_event event,
                               const struct isolate_death *d)
{
    switch (event) {
    case ISOLATE_EXITED:
        return FAULT_EXIT;
    case ISOLATE_SIGNALED:
        return isolate_is_crash(d->signal) ? FAULT_CRASH : FAULT_KILLED;
    case ISOLATE_TIMEOUT:
    case ISOLATE_ASLEEP:
        return FAULT_TIMEOUT;
    default:
        return FAULT_OOM;
    }
}

static void fail(struct lane *l, enum fault_kind kind, size_t op, char *message)
{
    struct result *result = l->run->result;
    result->fault = kind;
    result->fault_op = op;
    result->fault_line = trace_line(l->run->t, op);
    result->message = message;
}

/* Requests of which the answers of the failed pass are in the table. */
static size_t answered(const struct lane *l, const struct replay_log *log)
{
    if (log->phase < REPLAY_REQUEST)
        return 0;
    if (!l->timed)
        return log->answered;
    return log->phase == REPLAY_DONE ? l->run->t->op_count : log->op;
}

/* What the audit finds in the answers that were given goes before what the
 * child said or how it ended. */
static bool explain(struct lane *l, const struct replay *left, struct shadow *s,
                    enum isolate_event event)
{
    const struct replay_log *log = left->log;
    struct isolate_death death = isolate_death(l->child);
    struct replay_fault fault = {0};
    struct explain_scene scene = {
        .r = left,
        .shadow = s,
        .phase = log->phase,
        .op = log->op,
        .timed = l->timed,
        .output = l->run->result->output,
        .seconds = l->run->o->time_limit,
        .memory = isolate_allowance(limits(l->run)),
    };
    bool possible = replay_audit(left, s, answered(l, log), NULL, NULL, &fault);
    fault.refused = log->fault.refused;
    if (!possible)
        fail(l, fault.kind, fault.op, explain_fault(&scene, &fault));
    else if (event == ISOLATE_STEP && log->fault.kind)
        fail(l, log->fault.kind, log->fault.op,
             explain_fault(&scene, &log->fault));
    else
        fail(l, kind_of(event, &death), log->op,
             explain_end(&scene, event, &death));
    return true;
}

bool lane_explain(struct lane *l, enum isolate_event event)
{
    struct replay left;
    struct result *result = l->run->result;
    free(result->output);
    result->output = isolate_output(l->child);
    if (!replay_snapshot(&left, &l->r))
        return lane_error(l->run, "no memory for the answers");
    struct shadow *s = replay_shadow(&left);
    bool good = s ? explain(l, &left, s, event)
                  : lane_error(l->run, "no memory for the shadow");
    shadow_destroy(s);
    replay_discard(&left);
    return good;
}

bool lane_passed(const struct lane *l, enum isolate_event event)
{
    return event == ISOLATE_STEP && l->r.log->phase == REPLAY_DONE &&
           l->r.log->fault.kind == FAULT_NONE;
}
