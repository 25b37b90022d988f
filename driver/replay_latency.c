/*
 * replay_latency.c - the latency pass, in the child: each request by itself
 *
 * Between the two readings of the clock lies the call and nothing else: what it
 * takes is at hand before, the answer is stored after, and the switch has been
 * gone through.  What the readings themselves cost is subtracted.  A long
 * request may have been put aside for another process, which on a busy machine
 * happens to one in every pass; so it counts no more than CPU time.
 */
#include "driver/clock.h"
#include "driver/replay_bench.h"
#include "driver/ticks.h"

/* The request of op, with the answers so far; *next is its answer. */
__attribute__((always_inline)) static inline uint64_t
time_request(const struct trace *t, const struct trace_op *op,
             const struct allocator_calls *f, void **answers, void **next,
             bool counted)
{
    uint64_t began, size = op->size, extra;
    void *old;
    switch ((enum trace_kind)op->kind) {
    case TRACE_MALLOC:
        began = ticks_begin(counted);
        *next = f->malloc(size);
        break;
    case TRACE_FREE:
        old = answers[op->ref];
        began = ticks_begin(counted);
        f->free(old);
        break;
    case TRACE_REALLOC:
        old = answers[op->ref];
        began = ticks_begin(counted);
        *next = f->realloc(old, size);
        break;
    case TRACE_CALLOC:
        extra = t->extras[op->extra];
        began = ticks_begin(counted);
        *next = f->calloc(extra, size);
        break;
    default:
        extra = t->extras[op->extra];
        began = ticks_begin(counted);
        *next = f->memalign(extra, size);
        break;
    }
    return ticks_end(counted) - began;
}

/* A request of so many nanoseconds is long; as often it is looked how much CPU
 * time the thread has had, which is a system call. */
#define LONG_NS 20000

struct pace {
    double tick_ns;
    uint64_t long_ticks;
    uint64_t ticks, cpu_ns; /* at the latest look */
};

static void look(struct pace *p, bool counted)
{
    p->cpu_ns = clock_thread_ns();
    p->ticks = ticks_begin(counted);
}

static struct pace start(struct ticks_moment from, bool counted)
{
    struct pace p = {.tick_ns = ticks_ns(from, ticks_now(counted))};
    p.long_ticks = (uint64_t)(LONG_NS / p.tick_ns);
    look(&p, counted);
    return p;
}

/* A request took `ticks` until now: no more than the thread has run since the
 * latest look, which was hardly before it. */
static uint64_t alone(struct pace *p, uint64_t ticks, bool counted)
{
    uint64_t before = p->cpu_ns;
    look(p, counted);
    double ran = (double)(p->cpu_ns - before) / p->tick_ns;
    return ran < (double)ticks ? (uint64_t)ran : ticks;
}

static uint32_t cost(uint64_t ticks, uint64_t empty)
{
    uint64_t more = ticks > empty ? ticks - empty : 0;
    return more < UINT32_MAX ? (uint32_t)more : UINT32_MAX;
}

/* The pass, long before its first request. */
static struct ticks_moment began;

__attribute__((always_inline)) static inline void make_requests(struct bench *b,
                                                                bool counted)
{
    const struct trace *t = b->r->trace;
    const struct allocator_calls f = b->calls;
    struct roots *roots = f.roots ? &b->roots : NULL;
    struct pace pace = start(began, counted);
    uint64_t empty = ticks_empty(counted);
    uint32_t answer = 0;
    for (size_t i = 0; i < t->op_count; i++) {
        const struct trace_op *op = &t->ops[i];
        void *next = NULL;
        b->r->log->op = i;
        if (roots)
            roots_before(roots, op);
        if (ticks_begin(counted) - pace.ticks > pace.long_ticks)
            look(&pace, counted);
        uint64_t ticks = time_request(t, op, &f, b->r->answers, &next, counted);
        if (ticks > pace.long_ticks)
            ticks = alone(&pace, ticks, counted);
        b->r->costs[i] = cost(ticks, empty);
        if (op->kind != TRACE_FREE)
            b->r->answers[++answer] = next;
        if (roots)
            roots_after(roots, op, b->r->answers, answer, next);
    }
}

__attribute__((noinline)) static void make_counted(struct bench *b)
{
    make_requests(b, true);
}

__attribute__((noinline)) static void make_clocked(struct bench *b)
{
    make_requests(b, false);
}

static void time_requests(struct bench *b)
{
    b->r->log->phase = REPLAY_REQUEST;
    if (b->r->counted)
        make_counted(b);
    else
        make_clocked(b);
}

void replay_latency(void *arg)
{
    bench_run(
        &(struct bench){.r = arg, .requests = time_requests, .counter = -1});
}
