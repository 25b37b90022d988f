/*
 * hygiene.c - whether an allocator depends on what it never wrote
 */
#define _GNU_SOURCE
#include "driver/hygiene.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "driver/clock.h"
#include "driver/explain.h"
#include "driver/explain_hint.h"
#include "memlib.h"

/* Before an allocator is accused each of two passes that part must have
 * answered alike so many times more: one that tosses a coin does in one of
 * 2^(2 * CONFIRMATIONS) cases. */
#define CONFIRMATIONS 5

struct pass {
    uint64_t fill;  /* see run_options.h */
    void **answers; /* NULL: it was not made, or failed */
    uintptr_t lo;   /* the first byte of its heap */
    size_t highest; /* bytes that the heap had */
};

/* The task in hand, with options of our own. */
struct work {
    struct task task;
    struct run_options how;
    struct task *asked; /* the task as it came */
};

static bool wanted(const struct task *task)
{
    const struct run_options *o = task->o;
    return (o->hygiene || o->detail >= 2) && !o->fail_at &&
           allocator_on_simulated_heap(task->a);
}

/* The heap and the patterns in payloads are where, and what, they always are:
 * what these passes may differ in is `fill` alone. */
static void begin(struct work *w, struct task *task)
{
    *w = (struct work){.task = *task, .how = *task->o, .asked = task};
    w->task.o = &w->how;
    w->how.fixed = true;
    if (w->how.detail > 1)
        w->how.detail = 1;
}

/* Even, and not 0: with it goes the complement, see mem_fill_fresh. */
static uint64_t new_seed(const struct run_options *o)
{
    uint64_t bits = 0x687967656e652121;
    if (!o->fixed && getrandom(&bits, sizeof bits, 0) != sizeof bits)
        bits ^= clock_wall_ns();
    return (bits | 2) & ~(uint64_t)1;
}

/* ---- One pass ---------------------------------------------------------- */

static bool keep(struct lane *l, struct pass *p)
{
    struct replay left;
    if (!lane_snapshot(l, &left))
        return false;
    p->lo = (uintptr_t)mem_heap_lo();
    p->highest = mem_highest();
    p->answers = left.answers;
    left.answers = NULL;
    replay_discard(&left);
    return true;
}

/* Await a step that ends in phase; *good is false when it failed, and the
 * result says why.  False when there can be no result. */
static bool await(struct lane *l, enum replay_phase phase, bool *good)
{
    enum isolate_event event = isolate_await(l->child, l->task->o->time_limit);
    *good = lane_stands_at(l, event, phase);
    if (event == ISOLATE_INTERRUPTED)
        return lane_interrupted(l);
    return *good || lane_explain(l, event);
}

static bool replay(struct lane *l, struct pass *p)
{
    bool good;
    if (!await(l, REPLAY_SET_UP, &good))
        return false;
    if (!good)
        return true;
    lane_begin(l);
    return await(l, REPLAY_DONE, &good) && (!good || keep(l, p));
}

/* Make a pass with p->fill.  Where it fails p has no answers, and the task's
 * result has the fault. */
static bool make(struct work *w, struct pass *p)
{
    struct lane l = {0};
    w->how.fill = p->fill;
    bool good = lane_fresh_heap(&w->task) &&
                lane_open(&l, &w->task, w->task.a, replay_check) &&
                replay(&l, p);
    lane_close(&l);
    return good;
}

static void forget(struct pass *p)
{
    free(p->answers);
    p->answers = NULL;
}

/* ---- Whether two passes part -------------------------------------------- */

/* An answer as what does not depend on where the heap is. */
static uint64_t place(const struct pass *p, uint32_t answer)
{
    uintptr_t at = (uintptr_t)p->answers[answer];
    return at ? at - p->lo : UINT64_MAX;
}

/* What a realloc answers that is a free is nobody's block. */
static bool counts(const struct trace_op *op)
{
    return op->kind != TRACE_REALLOC || op->size > 0 || op->ref == 0;
}

/* The first of the requests before `end` to which the passes answered
 * differently; `end` if there is none.  *answer is its answer's number. */
static size_t parting(const struct trace *t, const struct pass *a,
                      const struct pass *b, size_t end, uint32_t *answer)
{
    uint32_t next = 1;
    for (size_t i = 0; i < end; i++) {
        const struct trace_op *op = &t->ops[i];
        if (op->kind == TRACE_FREE)
            continue;
        *answer = next++;
        if (counts(op) && place(a, *answer) != place(b, *answer))
            return i;
    }
    return end;
}

/* ---- What is said of it ------------------------------------------------- */

static void print_place(FILE *out, const struct pass *p, uint32_t answer)
{
    fprintf(out, p->fill ? "\n  holding a pattern: " : "\n  holding zeros: ");
    if (p->answers[answer])
        fprintf(out, "byte %" PRIu64 " of the heap", place(p, answer));
    else
        fprintf(out, "NULL");
}

static char *accusation(const struct task *task, const struct pass *a,
                        const struct pass *b, size_t op, uint32_t answer)
{
    struct replay r = {.trace = task->t,
                       .allocator = task->a,
                       .align = task->result->alignment,
                       .filled = true};
    struct explain_scene scene = {
        .r = &r, .phase = REPLAY_DONE, .seconds = task->o->time_limit};
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    fprintf(out, "%s:%zu: ", task->t->path, trace_line(task->t, op));
    explain_request(out, task->t, op);
    fprintf(out, " was answered differently in two runs that differ only in "
                 "what memory held that the allocator had not written");
    print_place(out, a, answer);
    print_place(out, b, answer);
    explain_hint(out, &scene, NULL);
    fclose(out);
    return text;
}

static void accuse(struct work *w, const struct pass *a, const struct pass *b,
                   size_t op, uint32_t answer)
{
    struct result *result = w->task.result;
    result->fault = FAULT_HYGIENE;
    result->fault_op = op;
    result->fault_line = trace_line(w->task.t, op);
    result->message = accusation(w->asked, a, b, op, answer);
}

/* ---- Whether it is the memory ------------------------------------------- */

/* Make pass p once more, up to request `end`: *alike is whether it answered as
 * it did before. */
static bool repeats(struct work *w, const struct pass *p, size_t end,
                    bool *alike)
{
    struct pass again = {.fill = p->fill};
    uint32_t answer;
    *alike = false;
    if (!make(w, &again))
        return false;
    if (again.answers) {
        size_t op = parting(w->task.t, p, &again, end, &answer);
        *alike = op == end;
        if (!*alike)
            w->task.result->parted_line = trace_line(w->task.t, op);
    }
    forget(&again);
    return true;
}

/* The passes part at request op; does each repeat itself?  One that does not
 * is left in the result. */
static bool confirm(struct work *w, const struct pass *a, const struct pass *b,
                    size_t op, bool *steady)
{
    *steady = true;
    for (int i = 0; *steady && i < CONFIRMATIONS; i++)
        if (!repeats(w, a, op + 1, steady) ||
            (*steady && !repeats(w, b, op + 1, steady)))
            return false;
    return true;
}

static bool compare(struct work *w, const struct pass *a, const struct pass *b)
{
    uint32_t answer;
    bool steady;
    size_t ops = w->task.t->op_count;
    size_t op = parting(w->task.t, a, b, ops, &answer);
    if (op == ops)
        return true;
    if (!confirm(w, a, b, op, &steady))
        return false;
    if (steady)
        accuse(w, a, b, op, answer);
    return true;
}

/* ---- Beyond the end of the heap ------------------------------------------ */

/* The child crashed on the page that follows the heap. */
static bool went_beyond(const struct lane *l)
{
    struct isolate_death d = isolate_death(l->child);
    uintptr_t end = (uintptr_t)mem_heap_lo() + mem_heapsize();
    return d.signal == SIGSEGV && d.seen && d.address - end < mem_pagesize();
}

/* All else that goes wrong in a heap that does not begin on a page is no fault:
 * an allocator may have counted on that. */
static bool replay_shifted(struct work *w, struct lane *l)
{
    struct result *result = w->task.result, scratch = *result;
    struct pass p = {0};
    scratch.message = scratch.output = NULL;
    w->task.result = &scratch;
    bool good = replay(l, &p);
    w->task.result = result;
    forget(&p);
    if (good && went_beyond(l)) {
        struct result kept = *result;
        *result = scratch;
        scratch = kept;
    }
    free(scratch.message);
    free(scratch.output);
    return good;
}

/* Blocks stay aligned; where the end of the heap is not, up to 15 bytes of its
 * last page are left. */
static bool make_shifted(struct work *w, const struct pass *p)
{
    struct lane l = {0};
    size_t page = mem_pagesize();
    w->how.shift = (page - p->highest % page) % page & ~(size_t)15;
    if (w->how.shift == 0)
        return true; /* so it was in the other passes */
    bool good = lane_fresh_heap(&w->task) &&
                lane_open(&l, &w->task, w->task.a, replay_check) &&
                replay_shifted(w, &l);
    lane_close(&l);
    w->how.shift = 0;
    return good;
}

/* ---- All of it ----------------------------------------------------------- */

static bool sound(const struct work *w)
{
    return !w->task.result->fault && !w->task.result->parted_line;
}

/* One more pass, and it is held against the first. */
static bool make_and_compare(struct work *w, const struct pass *first,
                             uint64_t fill)
{
    struct pass p = {.fill = fill};
    bool good = make(w, &p) && (!p.answers || compare(w, first, &p));
    forget(&p);
    return good;
}

static bool examine(struct work *w, struct pass *first)
{
    uint64_t seed = new_seed(w->asked->o);
    bool good = make(w, first);
    for (int i = 0; good && sound(w) && i < 2; i++)
        good = make_and_compare(w, first, seed + (unsigned)i);
    enum fault_kind fault = w->task.result->fault;
    w->task.result->compared = fault == FAULT_NONE || fault == FAULT_HYGIENE;
    return good && (!sound(w) || make_shifted(w, first));
}

bool hygiene_examine(struct task *task)
{
    struct work w;
    struct pass first = {0};
    if (!wanted(task))
        return true;
    begin(&w, task);
    bool good = examine(&w, &first);
    forget(&first);
    return good;
}
