/*
 * speed_side.c - one of the two that are timed against each other
 */
#include "driver/speed_side.h"

#include "driver/measures.h"
#include "memlib.h"

/* ---- Audits ------------------------------------------------------------ */

/* Whether a timed pass answered as the reference did, at another base. */
static bool same_answers(const struct replay *r,
                         const struct speed_reference *ref)
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

static bool audit(struct lane *l, bool *possible)
{
    struct replay left;
    if (!lane_snapshot(l, &left))
        return false;
    bool good = lane_audit(l->task, &left, NULL, NULL, possible);
    replay_discard(&left);
    return good;
}

/* Whether its failures are those of the task.  Where the other one cannot
 * serve a trace there is no ratio, and libc is not judged. */
static bool is_judged(const struct side *s)
{
    return s->a == s->task->a && s->a->kind != ALLOCATOR_LIBC;
}

static void charge(const struct side *s, size_t heap, uint64_t private)
{
    struct result *result = s->task->result;
    if (s->a != s->task->a || !s->ref)
        return;
    measures_charge_private(result, private);
    if (heap > result->heap_bytes)
        measures_charge(result, heap);
}

/* After a timed pass: the answers it gave are possible; in full where there is
 * nothing to hold them against.  Memory that it took beyond what the check
 * pass took is charged.  libc and peers are trusted to go on as they began. */
static bool audit_timed(struct side *s, bool *possible)
{
    *possible = true;
    if (s->a->kind == ALLOCATOR_NOOP)
        return true;
    bool ours = allocator_on_simulated_heap(s->a);
    if (ours) {
        s->present = mem_extent();
        charge(s, s->present, lane_private(&s->lane));
    }
    bool known = ours ? s->ref && same_answers(&s->lane.r, s->ref) : s->audited;
    s->audited = true;
    return known || audit(&s->lane, possible);
}

/* ---- Passes ------------------------------------------------------------ */

/* The child may change them as they are read; they are only drawn. */
static void keep_least(const struct side *s)
{
    const volatile uint32_t *costs = s->lane.r.costs;
    for (size_t i = 0; i < s->task->t->op_count; i++) {
        uint32_t cost = costs[i];
        if (cost < s->least[i])
            s->least[i] = cost;
    }
}

static void keep(struct side *s, uint64_t outside)
{
    const struct replay_log *log = s->lane.r.log;
    if (s->least)
        keep_least(s);
    s->inside[s->count] = (double)log->replay_ns;
    s->outside[s->count] = (double)outside;
    s->init[s->count] = (double)log->init_ns;
    s->instructions[s->count] = (double)log->instructions;
    s->count++;
}

/* Await a step that ends in phase; *good is false when it failed.  Returns
 * false only when there can be no result. */
static bool await_step(struct side *s, enum replay_phase phase, bool *good)
{
    struct lane *l = &s->lane;
    enum isolate_event event = isolate_await(l->child, s->task->o->time_limit);
    if (event == ISOLATE_INTERRUPTED)
        return lane_interrupted(l);
    *good = lane_stands_at(l, event, phase);
    return *good || !is_judged(s) || lane_explain(l, event);
}

static uint64_t books_now(const struct lane *l)
{
    isolate_settle(l->child);
    return isolate_cpu_ns(l->child);
}

/* mm_init, then the requests, in a lane that is under way. */
static bool make_pass(struct side *s, bool *good)
{
    struct lane *l = &s->lane;
    if (!await_step(s, REPLAY_READY, good))
        return false;
    if (!*good)
        return true;
    uint64_t before = books_now(l);
    isolate_resume(l->child);
    if (!await_step(s, REPLAY_DONE, good))
        return false;
    if (!*good)
        return true;
    uint64_t outside = books_now(l) - before;
    if (!audit_timed(s, good))
        return false;
    if (*good)
        keep(s, outside);
    else if (is_judged(s))
        return lane_explain(l, ISOLATE_STEP);
    return true;
}

static bool open_lane(struct side *s, bool inspected, bool *good)
{
    struct task *task = s->task;
    task->present = s->present;
    task->inspected = inspected;
    if (allocator_on_simulated_heap(s->a) && !lane_fresh_heap(task))
        return false;
    if (!lane_open(&s->lane, task, s->a,
                   s->least ? replay_latency : replay_speed) ||
        !await_step(s, REPLAY_SET_UP, good))
        return false;
    if (*good)
        lane_begin(&s->lane);
    return true;
}

/* In a process that begins and ends with it. */
static bool make_lone_pass(struct side *s, bool inspected, bool *good)
{
    bool done = open_lane(s, inspected, good) && (!*good || make_pass(s, good));
    lane_close(&s->lane);
    return done;
}

static bool make_next_pass(struct side *s, bool *good)
{
    isolate_resume(s->lane.child);
    return make_pass(s, good);
}

bool side_begin(struct side *s, bool *good)
{
    bool ours = allocator_on_simulated_heap(s->a), done;
    s->count = 0;
    if (ours && s->begun) {
        *good = true;
        return true;
    }
    s->begun = true;
    done = ours ? make_lone_pass(s, false, good)
                : open_lane(s, false, good) && (!*good || make_pass(s, good));
    s->count = 0;
    return done;
}

void side_end(struct side *s)
{
    lane_close(&s->lane);
}

bool side_pass(struct side *s, bool *good)
{
    return allocator_on_simulated_heap(s->a) ? make_lone_pass(s, false, good)
                                             : make_next_pass(s, good);
}

bool side_inspect(struct side *s, bool *good)
{
    size_t count = s->count;
    bool done = make_lone_pass(s, true, good);
    s->count = count;
    return done;
}
