/*
 * replay_speed.c - the speed pass, in the child: nothing but calls
 */
#include "config.h"
#include "driver/clock.h"
#include "driver/isolate.h"
#include "driver/libc_heap.h"
#include "driver/replay_walk.h"
#include "memlib.h"

/* The timed region: call, store the answer, next.  Where it stands is left
 * for whoever must explain a crash; it costs one store a request.  There are
 * two of it: who has no roots is not asked for them. */
__attribute__((always_inline)) static inline void
make_requests(const struct trace *t, const struct allocator_calls *calls,
              void **answers, volatile size_t *at, struct roots *roots)
{
    const struct allocator_calls f = *calls;
    const uint64_t *extras = t->extras;
    const struct trace_op *ops = t->ops;
    void **next = answers + 1;
    for (size_t i = 0, n = t->op_count; i < n; i++) {
        const struct trace_op *op = &ops[i];
        *at = i;
        if (roots)
            roots_before(roots, op);
        switch ((enum trace_kind)op->kind) {
        case TRACE_MALLOC:
            *next++ = f.malloc(op->size);
            break;
        case TRACE_FREE:
            f.free(answers[op->ref]);
            break;
        case TRACE_REALLOC:
            *next++ = f.realloc(answers[op->ref], op->size);
            break;
        case TRACE_CALLOC:
            *next++ = f.calloc(extras[op->extra], op->size);
            break;
        default:
            *next++ = f.memalign(extras[op->extra], op->size);
            break;
        }
        if (roots)
            roots_after(roots, op, answers, (uint32_t)(next - answers) - 1,
                        next[-1]);
    }
}

__attribute__((noinline)) static void
run_requests(const struct trace *t, const struct allocator_calls *calls,
             void **answers, volatile size_t *at)
{
    make_requests(t, calls, answers, at, NULL);
}

__attribute__((noinline)) static void
run_rooted(const struct trace *t, const struct allocator_calls *calls,
           void **answers, volatile size_t *at, struct roots *roots)
{
    make_requests(t, calls, answers, at, roots);
}

/* What a pass needs that is not to be timed. */
struct bench {
    const struct replay *r;
    struct allocator_calls calls;
    struct roots roots;   /* for an allocator that collects */
    const uint8_t *taken; /* NULL: the heap is emptied by mem_reset_brk */
    size_t heap_bytes;    /* of the simulated heap, that the pass took: another
                           * allocator may have its turn there after it */
    char *touched;        /* pages below are present */
    int counter;
};

static void time_requests(struct bench *b)
{
    const struct replay *r = b->r;
    struct replay_log *log = r->log;
    int counter = b->counter;
    log->phase = REPLAY_REQUEST;
    uint64_t counted = clock_count_read(counter);
    uint64_t began = clock_thread_ns();
    if (b->calls.roots)
        run_rooted(r->trace, &b->calls, r->answers, &log->op, &b->roots);
    else
        run_requests(r->trace, &b->calls, r->answers, &log->op);
    uint64_t ns = clock_thread_ns() - began;
    log->instructions = clock_count_read(counter) - counted;
    uint64_t overhead = clock_overhead_ns();
    log->replay_ns = ns > overhead ? ns - overhead : 1;
}

static bool time_init(const struct replay *r,
                      const struct allocator_calls *calls)
{
    uint64_t began = clock_thread_ns();
    bool good = replay_init_heap(r, calls);
    r->log->init_ns = clock_thread_ns() - began;
    return good;
}

/* Which answers no request takes: a byte each. */
static uint8_t *taken_answers(const struct trace *t)
{
    uint8_t *taken = isolate_shared((size_t)t->answer_count + 1);
    for (size_t i = 0; taken && i < t->op_count; i++)
        if (t->ops[i].kind == TRACE_FREE || t->ops[i].kind == TRACE_REALLOC)
            taken[t->ops[i].ref] = 1;
    return taken;
}

/* libc has no mem_reset_brk: what a trace left over is freed after the clock
 * has stopped, so that each round finds the heap as the one before did. */
static void free_leftovers(const struct replay *r,
                           const struct allocator_calls *calls,
                           const uint8_t *taken)
{
    for (uint32_t a = 1; taken && a <= r->trace->answer_count; a++)
        if (!taken[a])
            calls->free(r->answers[a]);
}

/* The heap of the allocator in use, [*lo, *hi). */
static void heap_range(const struct bench *b, char **lo, char **hi)
{
    *lo = *hi = NULL;
    if (b->r->allocator->kind == ALLOCATOR_LIBC)
        libc_heap_range(lo, hi);
    if (allocator_on_simulated_heap(b->r->allocator)) {
        *lo = mem_heap_lo();
        *hi = *lo + b->heap_bytes;
    }
}

/* A pass touches little more than the first bytes of a block, and the next one
 * may place its blocks elsewhere: have every page of the heap present, or the
 * kernel is timed (libc on the trace random: 2.4 ms a pass instead of 0.5). */
static void touch_pages(struct bench *b)
{
    char *lo, *hi;
    heap_range(b, &lo, &hi);
    if (hi <= b->touched || (size_t)(hi - lo) > TOUCH_LIMIT)
        return;
    for (volatile char *p = lo; p < hi; p += mem_pagesize())
        *p = *p;
    b->touched = hi;
}

static void clean_up(struct bench *b)
{
    free_leftovers(b->r, &b->calls, b->taken);
    touch_pages(b);
    if (b->calls.roots)
        roots_begin(&b->roots);
    if (allocator_on_simulated_heap(b->r->allocator))
        mem_reset_brk();
}

static void make_passes(struct bench *b)
{
    struct replay_log *log = b->r->log;
    while (time_init(b->r, &b->calls)) {
        log->phase = REPLAY_READY;
        isolate_step_done();
        time_requests(b);
        if (allocator_on_simulated_heap(b->r->allocator))
            b->heap_bytes = mem_heapsize();
        log->phase = REPLAY_DONE;
        isolate_step_done();
        clean_up(b);
    }
}

void replay_speed(void *arg)
{
    struct bench b = {.r = arg, .counter = clock_count_open()};
    clock_overhead_ns(); /* it is measured at its first call */
    if (!allocator_on_simulated_heap(b.r->allocator))
        b.taken = taken_answers(b.r->trace);
    if (b.r->allocator->kind == ALLOCATOR_LIBC)
        libc_heap_settle();
    if (replay_begin(b.r, &b.calls) &&
        replay_begin_roots(b.r, &b.calls, &b.roots))
        make_passes(&b);
    isolate_step_done();
}
