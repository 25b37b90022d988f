/*
 * replay_audit.c - the audit, in the parent: what a pass left is copied out of
 * the child's reach, brought into range, and walked again
 */
#include <stdlib.h>
#include <string.h>

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

static void *copy_of(const void *p, size_t bytes)
{
    void *copy = malloc(bytes ? bytes : 1);
    return copy ? memcpy(copy, p, bytes) : NULL;
}

bool replay_snapshot(struct replay *copy, const struct replay *r)
{
    *copy = *r;
    copy->answers = NULL;
    copy->growth = NULL;
    copy->heap_bytes =
        allocator_on_simulated_heap(r->allocator) ? mem_heapsize() : 0;
    copy->log = copy_of(r->log, sizeof *r->log);
    if (copy->log) {
        bring_into_range(copy->log, r->trace);
        copy->answers =
            copy_of(r->answers,
                    ((size_t)r->trace->answer_count + 1) * sizeof *r->answers);
        copy->growth =
            copy_of(r->growth, copy->log->growth_count * sizeof *r->growth);
    }
    if (!copy->answers || !copy->growth) {
        replay_discard(copy);
        return false;
    }
    bring_growth_into_range(copy);
    return true;
}

void replay_discard(struct replay *copy)
{
    free(copy->answers);
    free(copy->growth);
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
    struct replay_moment m = {0};
    for (size_t i = 0; i < ops; i++) {
        walk_look_ahead(&w, i);
        if (!audit_request(&w, i))
            return false;
        m.served = i + 1;
        m.live = w.live;
        m.peak = m.live > m.peak ? m.live : m.peak;
        m.heap = heap_at(&w, &growth, i + 1);
        if (visit)
            visit(context, &m);
    }
    return true;
}
