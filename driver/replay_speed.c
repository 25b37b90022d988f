/*
 * replay_speed.c - the speed pass, in the child: nothing but calls
 */
#include "driver/clock.h"
#include "driver/replay_bench.h"

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

void replay_speed(void *arg)
{
    struct bench b = {
        .r = arg, .requests = time_requests, .counter = clock_count_open()};
    clock_overhead_ns(); /* it is measured at its first call */
    bench_run(&b);
}
