/*
 * replay_bench.c - what is around the requests of a timed pass, in the child
 */
#include "driver/replay_bench.h"

#include "config.h"
#include "driver/clock.h"
#include "driver/isolate.h"
#include "driver/libc_heap.h"
#include "driver/replay_present.h"
#include "memlib.h"

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
    b->requests(b);
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

void bench_run(struct bench *b)
{
    if (allocator_on_simulated_heap(b->r->allocator))
        make_one_pass(b);
    else
        make_passes(b);
    isolate_step_done();
}
