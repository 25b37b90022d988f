/*
 * run.c - one allocator on one trace: checked, audited, timed
 *
 * The child checks, and then the parent audits what it left.  Only when both
 * agree is it timed, in a second child, against libc in a third, in balanced
 * rounds; every timed pass is audited as well, against the first pass where
 * the allocator repeats itself and in full where it does not.
 */
#define _GNU_SOURCE
#include "driver/run.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "config.h"
#include "driver/clock.h"
#include "driver/curve.h"
#include "driver/explain.h"
#include "driver/isolate.h"
#include "driver/measures.h"
#include "driver/replay.h"
#include "driver/stats.h"
#include "memlib.h"

/* The work in hand. */
struct run {
    const struct run_options *o;
    const struct allocator *a;
    const struct trace *t;
    struct result *result;
    char **error;
};

/* One child that makes one kind of pass. */
struct lane {
    struct run *run;
    struct replay r;
    struct isolate *child;
    bool timed;
    double *ns; /* of each pass since the warm-up */
    double *init_ns;
    double *instructions;
    size_t count;
    bool audited; /* a pass of it was */
};

static bool system_error(struct run *run, const char *what)
{
    if (asprintf(run->error, "%s: %s", what, strerror(errno)) < 0)
        *run->error = NULL;
    return false;
}

/* ---- Lanes ------------------------------------------------------------- */

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

static bool fresh_heap(struct run *run)
{
    bool classic = run->a->classic, fixed = run->o->fixed;
    enum mem_place place = classic ? (fixed ? MEM_LOW_FIXED : MEM_LOW)
                                   : (fixed ? MEM_FIXED : MEM_RANDOM);
    size_t limit = classic ? HEAP_LIMIT_CLASSIC : HEAP_LIMIT;
    bool good = mem_create(place, limit);
    while (good && !can_be_shadowed(run) && mem_limit() > mem_pagesize())
        good = mem_create(place, mem_limit() / 4);
    return good || system_error(run, "no address space for the heap");
}

static bool lane_open(struct lane *l, struct run *run,
                      const struct allocator *a, bool timed)
{
    *l = (struct lane){.run = run, .timed = timed};
    if (!replay_create(&l->r, run->t, a))
        return system_error(run, "no memory for the answers");
    l->r.align = alignment(run, a);
    l->r.detail = run->o->detail;
    l->r.secret = secret(run->o);
    size_t most = 2 * SPEED_ROUNDS_MAX;
    l->ns = calloc(3 * most, sizeof *l->ns);
    if (!l->ns)
        return system_error(run, "no memory for samples");
    l->init_ns = l->ns + most;
    l->instructions = l->ns + 2 * most;
    l->child =
        isolate_start(timed ? replay_speed : replay_check, &l->r, limits(run));
    return l->child || system_error(run, "no child process");
}

static void lane_close(struct lane *l)
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

/* What the child left is hearsay: bring it into range. */
static struct replay_log believe(const struct replay *r)
{
    struct replay_log log = *r->log;
    size_t last = r->trace->op_count - 1;
    uint32_t answers = r->trace->answer_count;
    log.op = log.op <= last ? log.op : last;
    log.answered = log.answered <= log.op + 1 ? log.answered : log.op;
    log.phase = log.phase <= REPLAY_DONE ? log.phase : REPLAY_REQUEST;
    log.fault.op = log.fault.op <= last ? log.fault.op : last;
    log.fault.answer = log.fault.answer <= answers ? log.fault.answer : 0;
    log.fault.other = log.fault.other <= answers ? log.fault.other : 0;
    if ((unsigned)log.fault.kind > FAULT_CHECKHEAP)
        log.fault.kind = FAULT_NONE;
    return log;
}

static void fail(struct lane *l, enum fault_kind kind, size_t op, char *message)
{
    struct result *result = l->run->result;
    result->fault = kind;
    result->fault_op = op;
    result->fault_line = trace_line(l->run->t, op);
    result->message = message;
}

/* Say why a pass failed.  What the audit finds in the answers that were given
 * goes before what the child said or how it ended. */
static bool explain(struct lane *l, enum isolate_event event)
{
    struct run *run = l->run;
    struct replay_log log = believe(&l->r);
    struct isolate_death death = isolate_death(l->child);
    struct replay_fault fault = {0};
    size_t answered = l->timed ? log.op : log.answered;
    struct shadow *s = replay_shadow(&l->r);
    if (!s)
        return system_error(run, "no memory for the shadow");
    struct explain_scene scene = {
        .r = &l->r,
        .shadow = s,
        .phase = log.phase,
        .op = log.op,
        .timed = l->timed,
        .output = run->result->output,
        .seconds = run->o->time_limit,
        .memory = isolate_allowance(limits(run)),
    };
    bool possible = log.phase < REPLAY_REQUEST ||
                    replay_audit(&l->r, s, answered, NULL, NULL, &fault);
    fault.refused = log.fault.refused;
    if (!possible)
        fail(l, fault.kind, fault.op, explain_fault(&scene, &fault));
    else if (event == ISOLATE_STEP && log.fault.kind)
        fail(l, log.fault.kind, log.fault.op,
             explain_fault(&scene, &log.fault));
    else
        fail(l, kind_of(event, &death), log.op,
             explain_end(&scene, event, &death));
    shadow_destroy(s);
    return true;
}

/* ---- The check --------------------------------------------------------- */

/* The answers of a pass that was audited in full, to hold others against. */
struct reference {
    void **answers;
    uintptr_t lo;
};

static bool keep_reference(struct run *run, const struct replay *r,
                           struct reference *ref)
{
    size_t bytes = ((size_t)run->t->answer_count + 1) * sizeof *ref->answers;
    ref->answers = malloc(bytes);
    if (!ref->answers)
        return system_error(run, "no memory for the answers");
    memcpy(ref->answers, r->answers, bytes);
    ref->lo = (uintptr_t)mem_heap_lo();
    return true;
}

/* The audit's listeners: the measures, and the curve if there is one. */
struct listeners {
    struct measures measures;
    struct curve *curve;
};

static void listen(void *context, const struct replay_moment *m)
{
    struct listeners *l = context;
    measures_add(&l->measures, m);
    if (l->curve)
        curve_add(l->curve, m);
}

static uint64_t heap_of(const struct replay *r)
{
    if (r->allocator->kind == ALLOCATOR_OBJECT)
        return mem_heapsize();
    uint64_t most = 0;
    for (size_t i = 0; i < r->log->growth_count; i++)
        if (r->growth[i].bytes > most)
            most = r->growth[i].bytes;
    return most;
}

/* Audit the check pass; *possible says what came out. */
static bool audit_in_full(struct lane *l, bool *possible)
{
    struct run *run = l->run;
    struct listeners to = {.measures.static_bytes = run->a->static_bytes};
    struct replay_fault fault = {0};
    struct shadow *s = replay_shadow(&l->r);
    if (!s)
        return system_error(run, "no memory for the shadow");
    if (run->o->curve_dir &&
        !(to.curve = curve_open(run->o->curve_dir, run->a->name, run->t->name,
                                run->a->static_bytes, run->error))) {
        shadow_destroy(s);
        return false;
    }
    *possible = replay_audit(&l->r, s, run->t->op_count, listen, &to, &fault);
    shadow_destroy(s);
    if (*possible)
        measures_store(&to.measures, heap_of(&l->r), run->result);
    return !to.curve || curve_close(to.curve, *possible, run->error);
}

static bool passed(const struct replay *r, enum isolate_event event)
{
    return event == ISOLATE_STEP && r->log->phase == REPLAY_DONE &&
           r->log->fault.kind == FAULT_NONE;
}

static bool check_in(struct lane *l, struct reference *ref)
{
    struct run *run = l->run;
    enum isolate_event event = isolate_await(l->child, run->o->time_limit);
    if (event == ISOLATE_INTERRUPTED)
        return false;
    run->result->output = isolate_output(l->child);
    bool possible = passed(&l->r, event);
    if (possible && !audit_in_full(l, &possible))
        return false;
    return possible ? keep_reference(run, &l->r, ref) : explain(l, event);
}

static bool check(struct run *run, struct reference *ref)
{
    struct lane l = {0};
    bool good = fresh_heap(run) && lane_open(&l, run, run->a, false) &&
                check_in(&l, ref);
    lane_close(&l);
    return good;
}

/* ---- Timing ------------------------------------------------------------ */

/* Whether a timed pass answered as the reference did, at another base. */
static bool same_answers(const struct replay *r, const struct reference *ref)
{
    uintptr_t lo = (uintptr_t)mem_heap_lo();
    for (uint32_t i = 1; i <= r->trace->answer_count; i++) {
        uintptr_t was = (uintptr_t)ref->answers[i];
        uintptr_t is = (uintptr_t)r->answers[i];
        if (was ? is - lo != was - ref->lo : is != 0)
            return false;
    }
    return true;
}

/* After a timed pass: the answers it gave are possible.  Heap that it took
 * beyond what the check pass took is charged.  libc is trusted to go on as it
 * began. */
static bool audit_timed(struct lane *l, const struct reference *ref,
                        bool *possible)
{
    struct result *result = l->run->result;
    struct replay_fault fault = {0};
    *possible = true;
    if (l->r.allocator->kind == ALLOCATOR_NOOP)
        return true;
    bool ours = l->r.allocator->kind == ALLOCATOR_OBJECT;
    bool known = ours ? same_answers(&l->r, ref) : l->audited;
    l->audited = true;
    if (!known) {
        struct shadow *s = replay_shadow(&l->r);
        if (!s)
            return system_error(l->run, "no memory for the shadow");
        *possible =
            replay_audit(&l->r, s, l->run->t->op_count, NULL, NULL, &fault);
        shadow_destroy(s);
    }
    if (ours && mem_heapsize() > result->heap_bytes)
        measures_charge(result, mem_heapsize());
    return true;
}

/* What a pass took: the child's own clock stands nearest to the requests; but
 * it is the child's, so the kernel's books of the whole child, mm_init among
 * it, bound it from below.  Waking and sleeping take some 20 us. */
static double pass_ns(const struct replay_log *log, uint64_t outside)
{
    const uint64_t slack = 1000000;
    uint64_t inside = log->replay_ns, init = log->init_ns;
    if (init > outside)
        init = outside;
    if (outside - init > inside + inside / 8 + slack)
        return (double)(outside - init);
    return (double)inside;
}

static void keep_sample(struct lane *l, uint64_t outside)
{
    l->ns[l->count] = pass_ns(l->r.log, outside);
    l->init_ns[l->count] = (double)l->r.log->init_ns;
    l->instructions[l->count] = (double)l->r.log->instructions;
    l->count++;
}

/* One pass of a lane; *good is false when it failed.  Returns false only when
 * there can be no result. */
static bool lane_pass(struct lane *l, const struct reference *ref, bool *good)
{
    uint64_t before = isolate_cpu_ns(l->child);
    enum isolate_event event = isolate_await(l->child, l->run->o->time_limit);
    uint64_t after = isolate_cpu_ns(l->child);
    if (event == ISOLATE_INTERRUPTED)
        return false;
    *good = passed(&l->r, event);
    if (*good && !audit_timed(l, ref, good))
        return false;
    if (*good) {
        keep_sample(l, after > before ? after - before : 0);
        return true;
    }
    if (l->r.allocator->kind != ALLOCATOR_OBJECT)
        return true; /* libc cannot serve this trace: there is no ratio */
    free(l->run->result->output);
    l->run->result->output = isolate_output(l->child);
    return explain(l, event);
}

/* The warm-up: the child's first pass, which began as it was started.  Its
 * time is kept until the next pass overwrites it. */
static bool warm_up(struct lane *l, const struct reference *ref, bool *good)
{
    if (!lane_pass(l, ref, good))
        return false;
    l->count = 0;
    return true;
}

static bool timed_pass(struct lane *l, const struct reference *ref, bool *good)
{
    isolate_resume(l->child);
    return lane_pass(l, ref, good);
}

/* How many balanced rounds, when a pass of each takes so many seconds. */
static unsigned rounds_for(double a_ns, double b_ns)
{
    double round = 2 * (a_ns + b_ns) / 1e9;
    double n = SPEED_SECONDS / round;
    if (n < SPEED_ROUNDS_MIN)
        n = SPEED_ROUNDS_MIN;
    if (n > SPEED_ROUNDS_MAX)
        n = SPEED_ROUNDS_MAX;
    if (n * round > SPEED_PATIENCE)
        n = SPEED_PATIENCE / round;
    return n < 1 ? 1 : (unsigned)n;
}

/* Balanced rounds of a and, if it is there, b.  Stops at the first pass that
 * fails; *good says whether none did. */
static bool make_rounds(struct lane *a, struct lane *b,
                        const struct reference *ref, bool *good)
{
    unsigned rounds = rounds_for(a->ns[0], b ? b->ns[0] : a->ns[0]);
    for (unsigned i = 0; *good && i < 4 * rounds; i++) {
        struct lane *next = clock_a_is_next(i) ? a : b;
        if (next && !timed_pass(next, ref, good))
            return false;
    }
    return true;
}

/* The passes of a lane alone, for the floor. */
static bool measure_floor(struct run *run)
{
    struct lane l = {0};
    struct allocator noop = allocator_noop();
    bool good = true;
    bool done = lane_open(&l, run, &noop, true) && warm_up(&l, NULL, &good) &&
                make_rounds(&l, NULL, NULL, &good);
    if (done && good && l.count)
        run->result->floor_ns_per_op =
            stats_median(l.ns, l.count) / (double)run->t->op_count;
    lane_close(&l);
    allocator_release(&noop);
    return done;
}

static void store_ratio(struct run *run, const struct lane *a,
                        const struct lane *b)
{
    struct stats_interval *ratio = &run->result->ratio;
    if (run->a->kind == ALLOCATOR_LIBC)
        *ratio = (struct stats_interval){1, 1, 1, true};
    else if (b->count == a->count)
        *ratio = stats_paired_ratio(a->ns, b->ns, a->count / 2);
}

static void store_times(struct run *run, struct lane *a)
{
    struct result *r = run->result;
    double ops = (double)run->t->op_count;
    r->sample_count = a->count;
    r->samples_ns = malloc(a->count * sizeof *a->ns);
    if (r->samples_ns)
        memcpy(r->samples_ns, a->ns, a->count * sizeof *a->ns);
    else
        r->sample_count = 0;
    r->secs = stats_median(a->ns, a->count) / 1e9;
    r->ns_per_op = r->secs * 1e9 / ops;
    r->kops = ops / r->secs / 1e3;
    r->init_ns = stats_median(a->init_ns, a->count);
    double counted = stats_median(a->instructions, a->count);
    r->instructions_per_op = counted > 0 ? counted / ops : NAN;
    r->timed = true;
}

/* Time a against b; b's failure costs the ratio only. */
static bool time_lanes(struct run *run, struct lane *a, struct lane *b,
                       const struct reference *ref)
{
    bool a_good, b_good = false;
    if (!warm_up(a, ref, &a_good))
        return false;
    if (!a_good)
        return true;
    if (b->child && !warm_up(b, ref, &b_good))
        return false;
    if (!make_rounds(a, b_good ? b : NULL, ref, &a_good))
        return false;
    if (!run->result->fault && a->count) {
        store_ratio(run, a, b);
        store_times(run, a);
    }
    return true;
}

static bool speed(struct run *run, const struct reference *ref)
{
    struct lane a = {0}, b = {0};
    struct allocator libc = {.kind = ALLOCATOR_LIBC, .has_memalign = true};
    bool paired = run->a->kind != ALLOCATOR_LIBC;
    bool good = fresh_heap(run) && lane_open(&a, run, run->a, true) &&
                (!paired || lane_open(&b, run, &libc, true)) &&
                time_lanes(run, &a, &b, ref);
    lane_close(&a);
    lane_close(&b);
    return good;
}

/* ---- All of it --------------------------------------------------------- */

bool run_trace(const struct run_options *o, const struct allocator *a,
               const struct trace *t, struct result *result, char **error)
{
    struct run run = {o, a, t, result, error};
    struct reference ref = {0};
    *error = NULL;
    *result = (struct result){.trace = t};
    measures_store(&(struct measures){.static_bytes = a->static_bytes}, 0,
                   result);
    result->ratio.mid = result->ratio.lo = result->ratio.hi = NAN;
    result->instructions_per_op = NAN;
    bool good = check(&run, &ref);
    if (good && !result->fault && !o->check_only)
        good = measure_floor(&run) && speed(&run, &ref);
    free(ref.answers);
    mem_deinit();
    if (!good)
        run_release(result);
    return good;
}

void run_release(struct result *result)
{
    free(result->message);
    free(result->output);
    free(result->samples_ns);
    *result = (struct result){0};
}
