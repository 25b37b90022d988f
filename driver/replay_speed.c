/*
 * replay_speed.c - the speed pass, in the child: nothing but calls
 */
#include "config.h"
#include "driver/clock.h"
#include "driver/isolate.h"
#include "driver/libc_heap.h"
#include "driver/replay_inspect.h"
#include "driver/replay_present.h"
#include "driver/replay_walk.h"
#include "memlib.h"

/* The timed region: call, store the answer, next.  Where it stands is left
 * for whoever must explain a crash; it costs one store a request.  There are
 * two of it: who has no roots is not asked for them.  An inspected pass is
 * made by the same instructions, so that no allocator sees by whom it was
 * called. */
__attribute__((always_inline)) static inline void
make_requests(const struct trace *t, const struct allocator_calls *calls,
              void **answers, volatile size_t *at, struct roots *roots,
              struct inspect *inspect)
{
    const struct allocator_calls f = *calls;
    const uint64_t *extras = t->extras;
    const struct trace_op *ops = t->ops;
    void **next = answers + 1;
    for (size_t i = 0, n = t->op_count; i < n; i++) {
        const struct trace_op *op = &ops[i];
        *at = i;
        __asm__("" : "+r"(inspect)); /* one loop for both, not two */
        if (inspect && !inspect_before(inspect, i))
            return;
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
        if (inspect &&
            !inspect_after(inspect, i, (uint32_t)(next - answers - 1)))
            return;
    }
}

__attribute__((noinline)) static void
run_requests(const struct trace *t, const struct allocator_calls *calls,
             void **answers, volatile size_t *at, struct inspect *inspect)
{
    make_requests(t, calls, answers, at, NULL, inspect);
}

__attribute__((noinline)) static void
run_rooted(const struct trace *t, const struct allocator_calls *calls,
           void **answers, volatile size_t *at, struct roots *roots,
           struct inspect *inspect)
{
    make_requests(t, calls, answers, at, roots, inspect);
}

/* What a pass needs that is not to be timed. */
struct bench {
    struct replay *r;
    struct allocator_calls calls;
    struct roots roots; /* for an allocator that collects */
    struct inspect *inspect;
    const uint8_t *taken; /* answers that a request takes */
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
        run_rooted(r->trace, &b->calls, r->answers, &log->op, &b->roots,
                   b->inspect);
    else
        run_requests(r->trace, &b->calls, r->answers, &log->op, b->inspect);
    uint64_t ns = clock_thread_ns() - began;
    log->instructions = clock_count_read(counter) - counted;
    uint64_t overhead = clock_overhead_ns();
    log->replay_ns = ns > overhead ? ns - overhead : 1;
}

static bool time_init(struct bench *b)
{
    uint64_t began = clock_thread_ns();
    bool good = replay_init_heap(b->r, &b->calls, &b->roots);
    b->r->log->init_ns = clock_thread_ns() - began;
    return good;
}

/* Which answers a request takes: a byte each. */
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

/* A pass touches little more than the first bytes of a block, and the next one
 * may place its blocks elsewhere: have every page of libc's heap present, or
 * the kernel is timed (on the trace random: 2.4 ms a pass instead of 0.5). */
static void touch_pages(struct bench *b)
{
    char *lo, *hi;
    libc_heap_range(&lo, &hi);
    if (hi <= b->touched || (size_t)(hi - lo) > TOUCH_LIMIT)
        return;
    present_bytes(lo, (uint64_t)(hi - lo));
    b->touched = hi;
}

static void clean_up(struct bench *b)
{
    free_leftovers(b->r, &b->calls, b->taken);
    if (b->r->allocator->kind == ALLOCATOR_LIBC)
        touch_pages(b);
}

/* mm_init, and the requests; false when it failed. */
static bool make_pass(struct bench *b)
{
    struct replay_log *log = b->r->log;
    if (!time_init(b))
        return false;
    log->phase = REPLAY_READY;
    isolate_step_done();
    time_requests(b);
    if (log->fault.kind)
        return false;
    log->phase = REPLAY_DONE;
    if (b->inspect)
        replay_end(b->r); /* looks at all of libc's heap, on the clock */
    else
        isolate_step_done();
    return true;
}

/* As when all of it had been used before, by nobody knows whom: zeros, which
 * need not be copied to be there, are not what a payload holds. */
static void make_present(struct bench *b)
{
    size_t bytes = b->r->present;
    if (bytes <= TOUCH_LIMIT) {
        mem_fill_fresh(b->r->secret | 1);
        mem_prepare(bytes);
        mem_fill(mem_heap_lo(), bytes < DIRT_LIMIT ? bytes : DIRT_LIMIT);
        mem_fill_fresh(0);
    }
    present_tables(b->r);
    present_stack();
}

/* One that knows nothing of any other. */
static void make_one_pass(struct bench *b)
{
    struct replay *r = b->r;
    if (r->inspected && !(b->inspect = inspect_create(r))) {
        replay_lacks(r, "the sums");
        return;
    }
    r->inspected = false; /* it cannot be read off that either */
    make_present(b);
    if (!replay_set_up(r, &b->calls, &b->roots) || !replay_begin(r, &b->calls))
        return;
    present_objects(true);
    make_pass(b);
}

/* libc, peers and the no-op allocator are trusted, and have heaps that live as
 * long as the process. */
static void make_passes(struct bench *b)
{
    b->taken = taken_answers(b->r->trace);
    if (b->r->allocator->kind == ALLOCATOR_LIBC)
        libc_heap_settle();
    if (!replay_set_up(b->r, &b->calls, &b->roots) ||
        !replay_begin(b->r, &b->calls))
        return;
    while (make_pass(b))
        clean_up(b);
}

void replay_speed(void *arg)
{
    struct bench b = {.r = arg, .counter = clock_count_open()};
    clock_overhead_ns(); /* it is measured at its first call */
    if (allocator_on_simulated_heap(b.r->allocator))
        make_one_pass(&b);
    else
        make_passes(&b);
    isolate_step_done();
}
