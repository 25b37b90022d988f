/*
 * replay_audit.c - the audit, in the parent: what a pass left is copied out of
 * the child's reach, brought into range, and walked again
 */
#include <stdlib.h>
#include <string.h>

#include "driver/replay_survey.h"
#include "driver/replay_walk.h"
#include "memlib.h"

/* ---- The copy ---------------------------------------------------------- */

/* What the child says of itself is hearsay, but must lie in range. */
static void bring_into_range(struct replay_log *log, const struct trace *t)
{
    size_t last = t->op_count - 1;
    log->op = log->op <= last ? log->op : last;
    log->answered = log->answered <= log->op + 1 ? log->answered : log->op;
    log->phase = log->phase <= REPLAY_DONE ? log->phase : REPLAY_REQUEST;
    log->growth_count =
        log->growth_count <= t->op_count + 1 ? log->growth_count : 0;
    log->survey_count =
        log->survey_count <= survey_most(t) ? log->survey_count : 0;
    struct replay_fault *f = &log->fault;
    f->op = f->op <= last ? f->op : last;
    f->answer = f->answer <= t->answer_count ? f->answer : 0;
    f->other = f->other <= t->answer_count ? f->other : 0;
    if (f->tile.wrong >= TILE_KINDS)
        f->tile.wrong = TILE_SOUND;
    if ((unsigned)f->kind > FAULT_CHECKHEAP)
        f->kind = FAULT_NONE;
}

/* The heap was never larger than it can be. */
static void bring_growth_into_range(struct replay *copy)
{
    if (!allocator_on_simulated_heap(copy->allocator))
        return;
    for (size_t i = 0; i < copy->log->growth_count; i++)
        if (copy->growth[i].bytes > mem_limit())
            copy->growth[i].bytes = mem_limit();
}

/* Below a payload is no more than the heap has there, nor above it. */
static void bring_extent_into_range(struct replay *copy, uint32_t answer,
                                    uint64_t size)
{
    struct replay_extent *e = &copy->extents[answer];
    uint64_t heap = copy->heap_bytes;
    uint64_t at = (uintptr_t)copy->answers[answer] - (uintptr_t)mem_heap_lo();
    bool inside = at <= heap && size <= heap - at;
    uint64_t above = inside ? heap - at - size : 0;
    if (!inside || e->before > at)
        e->before = inside ? (uint32_t)at : 0;
    if (e->after > above)
        e->after = (uint32_t)above;
}

static void bring_extents_into_range(struct replay *copy)
{
    const struct trace *t = copy->trace;
    uint32_t answer = 0;
    for (size_t i = 0; copy->extents && i < t->op_count; i++)
        if (t->ops[i].kind != TRACE_FREE)
            bring_extent_into_range(copy, ++answer,
                                    trace_payload(t, &t->ops[i]));
}

/* What is out of order is left out with all that follows. */
static void bring_surveys_into_range(struct replay *copy)
{
    const struct replay_survey *s = copy->surveys;
    size_t n = 0;
    while (s && n < copy->log->survey_count &&
           s[n].served <= copy->trace->op_count &&
           s[n].internal_bytes <= copy->heap_bytes &&
           s[n].served > (n > 0 ? s[n - 1].served : 0))
        n++;
    copy->log->survey_count = n;
}

static void *copy_of(const void *p, size_t bytes)
{
    void *copy = malloc(bytes ? bytes : 1);
    return copy ? memcpy(copy, p, bytes) : NULL;
}

/* The tables of r, once the log is copied.  False without memory. */
static bool copy_tables(struct replay *copy, const struct replay *r)
{
    const struct replay_log *log = copy->log;
    size_t answers = (size_t)r->trace->answer_count + 1;
    copy->answers = copy_of(r->answers, answers * sizeof *r->answers);
    copy->growth = copy_of(r->growth, log->growth_count * sizeof *r->growth);
    if (r->surveys) {
        copy->extents = copy_of(r->extents, answers * sizeof *r->extents);
        copy->surveys =
            copy_of(r->surveys, log->survey_count * sizeof *r->surveys);
    }
    return copy->answers && copy->growth &&
           (!r->surveys || (copy->extents && copy->surveys));
}

bool replay_snapshot(struct replay *copy, const struct replay *r)
{
    *copy = *r;
    copy->answers = NULL;
    copy->growth = NULL;
    copy->extents = NULL;
    copy->surveys = NULL;
    copy->heap_bytes =
        allocator_on_simulated_heap(r->allocator) ? mem_heapsize() : 0;
    copy->log = copy_of(r->log, sizeof *r->log);
    if (copy->log)
        bring_into_range(copy->log, r->trace);
    if (!copy->log || !copy_tables(copy, r)) {
        replay_discard(copy);
        return false;
    }
    bring_growth_into_range(copy);
    bring_extents_into_range(copy);
    bring_surveys_into_range(copy);
    return true;
}

void replay_discard(struct replay *copy)
{
    free(copy->answers);
    free(copy->growth);
    free(copy->extents);
    free(copy->surveys);
    free(copy->log);
    *copy = (struct replay){0};
}

/* ---- The walk ---------------------------------------------------------- */

/* The heap as the growth log has it, request by request. */
struct growth_reader {
    const struct replay *r;
    size_t next;
    uint64_t bytes;
};

static uint64_t heap_after(struct growth_reader *g, size_t served)
{
    const struct replay_growth *log = g->r->growth;
    while (g->next < g->r->log->growth_count && log[g->next].served <= served)
        g->bytes = log[g->next++].bytes;
    return g->bytes;
}

static bool audit_request(struct walk *w, size_t i)
{
    const struct trace_op *op = &w->r->trace->ops[i];
    if (op->kind == TRACE_FREE) {
        if (op->ref && w->r->answers[op->ref]) /* entry 0 may be scribbled on */
            walk_lose(w, op->ref);
        return true;
    }
    bool possible = walk_follow(w, i, w->r->heap_bytes);
    w->answer++;
    return possible;
}

/* The child tells how large the heap was; it was no smaller than to hold what
 * lay in it. */
static uint64_t heap_at(const struct walk *w, struct growth_reader *g,
                        size_t served)
{
    uint64_t told = heap_after(g, served);
    bool ours = allocator_on_simulated_heap(w->r->allocator) && w->end;
    uint64_t least = ours ? w->end - (uintptr_t)mem_heap_lo() : 0;
    return told && told < least ? least : told;
}

bool replay_audit(const struct replay *r, struct shadow *s, size_t ops,
                  replay_visit *visit, void *context,
                  struct replay_fault *fault)
{
    struct walk w = {.r = r,
                     .shadow = s,
                     .answer = 1,
                     .fault = fault,
                     .may_be_null = r->starved};
    struct growth_reader growth = {.r = r};
    struct replay_moment m = {.shadow = s};
    for (size_t i = 0; i < ops; i++) {
        w.born = w.died = 0;
        walk_look_ahead(&w, i);
        if (!audit_request(&w, i))
            return false;
        m.served = i + 1;
        m.live = w.live;
        m.peak = m.live > m.peak ? m.live : m.peak;
        m.heap = heap_at(&w, &growth, i + 1);
        m.born = w.born;
        m.died = w.died;
        if (visit)
            visit(context, &m);
    }
    return true;
}
