/*
 * lane.c - one child that makes one kind of pass
 */
#define _GNU_SOURCE
#include "driver/lane.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "config.h"
#include "driver/clock.h"
#include "driver/confine.h"
#include "driver/explain.h"
#include "memlib.h"

/* There can be no result: what, and errno, go into the task's error. */
static bool system_error(struct task *task, const char *what)
{
    if (asprintf(task->error, "%s: %s", what, strerror(errno)) < 0)
        *task->error = NULL;
    return false;
}

static uint64_t secret(const struct run_options *o)
{
    uint64_t bits = 0x6d64726976657221;
    if (!o->fixed && getrandom(&bits, sizeof bits, 0) != sizeof bits)
        bits ^= clock_wall_ns();
    return bits;
}

/* A peer aligns blocks of less than 16 bytes to 8, as C allows. */
static size_t alignment(const struct task *task, const struct allocator *a)
{
    if (a->kind == ALLOCATOR_PEER)
        return ALIGNMENT_CLASSIC;
    if (task->o->align && a->kind == ALLOCATOR_OBJECT)
        return task->o->align;
    return a->classic ? ALIGNMENT_CLASSIC : ALIGNMENT;
}

static struct isolate_limits limits(const struct task *task)
{
    return (struct isolate_limits){.memory = task->o->memory,
                                   .held = mem_present,
                                   .processor = task->processor};
}

/* Whether there is address space for a shadow of the heap as well: half as
 * much again, which valgrind does not have for a terabyte. */
static bool can_be_shadowed(const struct task *task)
{
    struct shadow *s = shadow_create((uintptr_t)mem_heap_lo(), mem_limit(), 8,
                                     NULL, task->t->answer_count);
    shadow_destroy(s);
    return s != NULL;
}

bool lane_fresh_heap(struct task *task)
{
    bool classic = task->a->classic || (task->rival && task->rival->classic);
    bool fixed = task->o->fixed;
    enum mem_place place = classic ? (fixed ? MEM_LOW_FIXED : MEM_LOW)
                                   : (fixed ? MEM_FIXED : MEM_RANDOM);
    size_t limit = classic ? HEAP_LIMIT_CLASSIC : HEAP_LIMIT;
    bool good = mem_create(place, limit);
    while (good && !can_be_shadowed(task) && mem_limit() > mem_pagesize())
        good = mem_create(place, mem_limit() / 4);
    if (good) {
        mem_fail_at(task->o->fail_at, task->o->fail_on);
        mem_fill_fresh(task->o->fill);
        good = task->o->shift == 0 || mem_shift(task->o->shift);
    }
    return good || system_error(task, "no address space for the heap");
}

/* Pictures show what the allocator tells of its blocks in the pass that is
 * like all others; hygiene's differ. */
static bool wants_survey(const struct task *task, const struct allocator *a,
                         void (*body)(void *replay))
{
    const struct run_options *o = task->o;
    const unsigned kinds = 1u << DATA_HEAPMAP | 1u << DATA_FRAGMENTATION;
    return body == replay_check && a == task->a && o->fill == 0 &&
           ((o->data & kinds) || o->map_columns > 0);
}

bool lane_prepare(struct lane *l, struct task *task, const struct allocator *a,
                  void (*body)(void *replay))
{
    bool single = body == replay_latency;
    *l = (struct lane){.task = task, .timed = single || body == replay_speed};
    if (!replay_create(&l->r, task->t, a) ||
        (wants_survey(task, a, body) && !replay_ask_survey(&l->r)) ||
        (single && !replay_ask_costs(&l->r)))
        return system_error(task, "no memory for the answers");
    l->r.align = alignment(task, a);
    if (a == task->a)
        task->result->alignment = (unsigned)l->r.align;
    l->r.detail = task->o->detail;
    l->r.pause = task->peak_served;
    l->r.present = task->present;
    l->r.inspected = task->inspected;
    l->r.starved = task->o->fail_at > 0;
    l->r.filled = task->o->fill != 0;
    l->r.shifted = task->o->shift != 0;
    l->r.secret = secret(task->o);
    return true;
}

bool lane_open(struct lane *l, struct task *task, const struct allocator *a,
               void (*body)(void *replay))
{
    if (!lane_prepare(l, task, a, body))
        return false;
    l->child = isolate_start(body, &l->r, limits(task));
    replay_withhold(&l->r);
    return l->child || system_error(task, "no child process");
}

void lane_close(struct lane *l)
{
    isolate_end(l->child);
    if (l->r.trace)
        replay_destroy(&l->r);
    *l = (struct lane){0};
}

void lane_begin(struct lane *l)
{
    l->before = books_space(isolate_pid(l->child));
    isolate_resume(l->child);
}

/* By how much more than `own` bytes something has grown. */
static uint64_t growth(uint64_t before, uint64_t now, uint64_t own)
{
    return now > before + own ? now - before - own : 0;
}

/* An object that maps memory over itself grows in one of them only.  What a
 * tool takes besides cannot be told apart. */
uint64_t lane_private(const struct lane *l)
{
    if (confine_has_tool())
        return 0;
    const struct allocator *a = l->r.allocator;
    const uint64_t threads = a->thread_bytes; /* that is static data already */
    struct books_space now = books_space(isolate_pid(l->child));
    const uint64_t grown[] = {
        growth(l->before.mapped, now.mapped, a->mapped_bytes + threads),
        growth(l->before.peak, now.peak, a->mapped_bytes + threads),
        growth(l->before.writable, now.writable, a->writable_bytes + threads),
        growth(0, l->r.log->libc_bytes, threads),
    };
    uint64_t most = 0;
    for (size_t i = 0; i < sizeof grown / sizeof *grown; i++)
        most = grown[i] > most ? grown[i] : most;
    return most;
}

/* ---- Audits ------------------------------------------------------------ */

bool lane_snapshot(struct lane *l, struct replay *left)
{
    return replay_snapshot(left, &l->r) ||
           system_error(l->task, "no memory for the answers");
}

static struct shadow *new_shadow(struct task *task, const struct replay *left)
{
    struct shadow *s = replay_shadow(left);
    if (!s)
        system_error(task, "no memory for the shadow");
    return s;
}

bool lane_audit(struct task *task, const struct replay *left,
                replay_visit *visit, void *context, bool *possible)
{
    struct replay_fault fault = {0};
    struct shadow *s = new_shadow(task, left);
    if (s)
        *possible =
            replay_audit(left, s, task->t->op_count, visit, context, &fault);
    shadow_destroy(s);
    return s != NULL;
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
    struct result *result = l->task->result;
    result->fault = kind;
    result->fault_op = op;
    result->fault_line = trace_line(l->task->t, op);
    result->fault_later = l->timed || l->again;
    result->message = message;
}

/* Requests of which the answers of the failed pass are in the table. */
static size_t answered(const struct lane *l, const struct replay_log *log)
{
    if (log->phase < REPLAY_REQUEST)
        return 0;
    if (!l->timed || log->fault.kind)
        return log->answered;
    return log->phase == REPLAY_DONE ? l->task->t->op_count : log->op;
}

/* Who did what is seen late: the trace once more, on a heap in place of this
 * one. */
static void find_guilty(struct lane *l, struct explain_scene *s,
                        const struct replay_fault *f)
{
    bool asked = f && !l->timed && !l->task->o->hasty;
    if (asked && watch_helps(s->r, f) && lane_fresh_heap(l->task))
        s->watch = watch_run(s->r, f, limits(l->task), s->seconds, l->again);
}

/* What the audit finds in the answers that were given goes before what the
 * child said, and that before how it ended. */
static void explain(struct lane *l, const struct replay *left, struct shadow *s,
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
        .again = l->again,
        .crashed = event == ISOLATE_SIGNALED && isolate_is_crash(death.signal),
        .output = l->task->result->output,
        .seconds = l->task->o->time_limit,
        .memory = isolate_allowance(limits(l->task)),
    };
    if (death.signal == SIGSYS) /* no load or store went astray */
        scene.crashed = false;
    bool possible = replay_audit(left, s, answered(l, log), NULL, NULL, &fault);
    fault.refused = log->fault.refused;
    const struct replay_fault *f = !possible         ? &fault
                                   : log->fault.kind ? &log->fault
                                                     : NULL;
    explain_keep_heap(&scene, f);
    find_guilty(l, &scene, f);
    if (f)
        fail(l, f->kind, f->op, explain_fault(&scene, f));
    else
        fail(l, kind_of(event, &death), log->op,
             explain_end(&scene, event, &death));
}

bool lane_explain(struct lane *l, enum isolate_event event)
{
    struct replay left;
    struct result *result = l->task->result;
    free(result->output);
    result->output = isolate_output(l->child);
    if (!lane_snapshot(l, &left))
        return false;
    struct shadow *s = new_shadow(l->task, &left);
    if (s)
        explain(l, &left, s, event);
    shadow_destroy(s);
    replay_discard(&left);
    return s != NULL;
}

/* The explanation is no result: the user did this. */
bool lane_interrupted(struct lane *l)
{
    struct result *result = l->task->result;
    if (lane_explain(l, ISOLATE_INTERRUPTED)) {
        *l->task->error = result->message;
        result->message = NULL;
    }
    return false;
}

bool lane_stands_at(const struct lane *l, enum isolate_event event,
                    enum replay_phase phase)
{
    return event == ISOLATE_STEP && l->r.log->phase == phase &&
           l->r.log->fault.kind == FAULT_NONE;
}
