/*
 * replay.c - the passes over a trace
 */
#define _GNU_SOURCE
#include "driver/replay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "config.h"
#include "driver/clock.h"
#include "driver/isolate.h"
#include "memlib.h"

/* ---- Tables ------------------------------------------------------------ */

static size_t answers_bytes(const struct trace *t)
{
    return ((size_t)t->answer_count + 1) * sizeof(void *);
}

static size_t growth_bytes(const struct trace *t)
{
    return (t->op_count + 1) * sizeof(struct replay_growth);
}

bool replay_create(struct replay *r, const struct trace *t,
                   const struct allocator *a)
{
    *r = (struct replay){.trace = t, .allocator = a};
    r->answers = isolate_shared(answers_bytes(t));
    r->growth = isolate_shared(growth_bytes(t));
    r->log = isolate_shared(sizeof *r->log);
    if (r->answers && r->growth && r->log)
        return true;
    replay_destroy(r);
    return false;
}

void replay_destroy(struct replay *r)
{
    isolate_unshare(r->answers, answers_bytes(r->trace));
    isolate_unshare(r->growth, growth_bytes(r->trace));
    isolate_unshare(r->log, sizeof *r->log);
    r->answers = NULL;
    r->growth = NULL;
    r->log = NULL;
}

static bool on_simulated_heap(const struct replay *r)
{
    return r->allocator->kind == ALLOCATOR_OBJECT;
}

struct shadow *replay_shadow(const struct replay *r)
{
    bool ours = on_simulated_heap(r);
    return shadow_create(ours ? (uintptr_t)mem_heap_lo() : 0,
                         ours ? mem_limit() : 0, r->align, r->answers,
                         r->trace->answer_count);
}

/* The child's beginning, the same in every pass. */
static bool begin(const struct replay *r, struct allocator_calls *calls)
{
    r->log->phase = REPLAY_LOADING;
    if (allocator_load(r->allocator, calls))
        return true;
    r->log->fault.kind = FAULT_INIT;
    return false;
}

static bool init_heap(const struct replay *r,
                      const struct allocator_calls *calls)
{
    r->log->phase = REPLAY_INIT;
    if (calls->init())
        return true;
    r->log->fault.kind = FAULT_INIT;
    return false;
}

/* ---- What answers are possible: both check and audit ask --------------- */

/* One walk over a trace, in step with the shadow. */
struct walk {
    const struct replay *r;
    struct shadow *shadow;
    uint32_t answer; /* the next one to be made */
    uint64_t live;   /* bytes of live payload */
    struct replay_fault *fault;
};

/* Where a free takes a random one of a million blocks, every table is a miss:
 * ask for it some requests ahead, its payload once its address is known.
 * (10^6 live blocks: 217 -> 134 ns a request in the check, 63 -> 38 in the
 * audit.) */
static void look_ahead(const struct walk *w, size_t i)
{
    const struct trace *t = w->r->trace;
    if (i + 16 >= t->op_count)
        return;
    uint32_t far = t->ops[i + 16].ref, near = t->ops[i + 8].ref;
    if (far > t->answer_count || near > t->answer_count)
        return;
    __builtin_prefetch(&w->r->answers[far]);
    __builtin_prefetch(shadow_block(w->shadow, far));
    __builtin_prefetch(w->r->answers[near]);
}

static bool blame(struct walk *w, enum fault_kind kind, size_t i,
                  uint32_t answer)
{
    w->fault->kind = kind;
    w->fault->op = i;
    w->fault->answer = answer;
    return false;
}

/* An allocator without memalign was given malloc instead. */
static uint64_t alignment_of(const struct walk *w, const struct trace_op *op)
{
    return op->kind == TRACE_MEMALIGN && w->r->allocator->has_memalign
               ? w->r->trace->extras[op->extra]
               : 0;
}

/* NULL is the right answer to what fits into no address space, and may be one
 * to 0 bytes.  Nobody can be blamed either once the payload alone comes near
 * the limit of the heap: a buddy system needs up to twice the payload, and a
 * growing block its old and its new place. */
static bool null_is_possible(const struct walk *w, uint64_t payload)
{
    if (payload == 0 || payload > TRACE_SIZE_MAX)
        return true;
    return on_simulated_heap(w->r) && w->live + payload > mem_limit() / 4;
}

/* Whether realloc is a free: its answer is then nobody's block. */
static bool only_frees(const struct trace_op *op)
{
    return op->kind == TRACE_REALLOC && op->size == 0 && op->ref != 0;
}

static void lose(struct walk *w, uint32_t answer)
{
    w->live -= shadow_block(w->shadow, answer)->size;
    shadow_remove(w->shadow, answer);
}

/* A block of these bytes was answered to request i: can it be? */
static bool gain(struct walk *w, size_t i, uint64_t payload, size_t heap_size)
{
    const struct trace_op *op = &w->r->trace->ops[i];
    uint32_t a = w->answer;
    struct shadow_block b = {.size = payload, .origin = a, .op = (uint32_t)i};
    if (op->kind == TRACE_REALLOC && w->r->answers[op->ref])
        b.origin = shadow_block(w->shadow, op->ref)->origin;
    enum fault_kind kind = shadow_place(w->shadow, a, b, alignment_of(w, op),
                                        heap_size, &w->fault->other);
    if (kind != FAULT_NONE)
        return blame(w, kind, i, a);
    w->live += payload;
    return true;
}

/* The answer to request i has come; let the shadow follow it. */
static bool follow(struct walk *w, size_t i, size_t heap_size)
{
    const struct trace *t = w->r->trace;
    const struct trace_op *op = &t->ops[i];
    uint64_t payload = trace_payload(t, op);
    void *p = w->r->answers[w->answer];
    if (!p && !null_is_possible(w, payload) && !only_frees(op))
        return blame(w, FAULT_NULL, i, 0);
    /* A realloc that failed leaves the old block, for ever unnamed. */
    if (op->ref && op->kind == TRACE_REALLOC && (p || only_frees(op)) &&
        w->r->answers[op->ref])
        lose(w, op->ref);
    if (!p || only_frees(op))
        return true;
    return gain(w, i, payload, heap_size);
}

/* ---- The check pass ---------------------------------------------------- */

struct check {
    struct walk w;
    struct allocator_calls calls;
    size_t refusals; /* of mem_sbrk, before the request */
};

static void *address(const struct check *c, uint32_t answer)
{
    return c->w.r->answers[answer];
}

static uint64_t key_of(const struct check *c, uint32_t answer)
{
    return payload_key(c->w.r->secret,
                       shadow_block(c->w.shadow, answer)->origin);
}

/* The payload of a live block is as the driver left it. */
static bool payload_intact(struct check *c, size_t i, uint32_t answer)
{
    const struct shadow_block *b = shadow_block(c->w.shadow, answer);
    if (c->w.r->detail == 0 ||
        payload_check(address(c, answer), b->size, b->size, key_of(c, answer),
                      &c->w.fault->damage))
        return true;
    return blame(&c->w, FAULT_PAYLOAD, i, answer);
}

/* What the new block holds is right: zeros, or the old payload. */
static bool contents_right(struct check *c, size_t i)
{
    const struct trace_op *op = &c->w.r->trace->ops[i];
    uint32_t a = c->w.answer;
    const struct shadow_block *b = shadow_block(c->w.shadow, a);
    struct payload_damage *damage = &c->w.fault->damage;
    if (op->kind == TRACE_CALLOC &&
        !payload_check_zero(address(c, a), b->size, damage))
        return blame(&c->w, FAULT_NOT_ZEROED, i, a);
    if (op->kind != TRACE_REALLOC || !address(c, op->ref))
        return true;
    uint64_t old = shadow_block(c->w.shadow, op->ref)->size;
    if (payload_check(address(c, a), old < b->size ? old : b->size, old,
                      key_of(c, a), damage))
        return true;
    c->w.fault->across = true;
    return blame(&c->w, FAULT_PAYLOAD, i, a);
}

/* Small payloads that grew need their new bytes only. */
static void fill(struct check *c, size_t i)
{
    const struct trace_op *op = &c->w.r->trace->ops[i];
    uint32_t a = c->w.answer;
    uint64_t size = shadow_block(c->w.shadow, a)->size, from = 0;
    if (op->kind == TRACE_REALLOC && address(c, op->ref) &&
        size <= PAYLOAD_WHOLE)
        from = shadow_block(c->w.shadow, op->ref)->size;
    if (from > PAYLOAD_WHOLE)
        from = 0;
    payload_fill(address(c, a), from, size, key_of(c, a));
}

static void *call(const struct check *c, const struct trace_op *op)
{
    const struct allocator_calls *f = &c->calls;
    const struct trace *t = c->w.r->trace;
    switch ((enum trace_kind)op->kind) {
    case TRACE_FREE:
        f->free(address(c, op->ref));
        return NULL;
    case TRACE_REALLOC:
        return f->realloc(address(c, op->ref), op->size);
    case TRACE_CALLOC:
        return f->calloc(t->extras[op->extra], op->size);
    case TRACE_MEMALIGN:
        return f->memalign(t->extras[op->extra], op->size);
    default:
        return f->malloc(op->size);
    }
}

static bool check_answer(struct check *c, size_t i)
{
    struct walk *w = &c->w;
    const struct replay *r = w->r;
    const void *p = r->answers[w->answer];
    size_t heap = on_simulated_heap(r) ? mem_heapsize() : 0;
    w->fault->refused = on_simulated_heap(r) && mem_refusals() != c->refusals;
    if (!follow(w, i, heap))
        return false;
    if (p && !only_frees(&r->trace->ops[i]) && r->detail > 0) {
        if (!contents_right(c, i))
            return false;
        fill(c, i);
    }
    w->answer++;
    return true;
}

static bool check_request(struct check *c, size_t i)
{
    const struct trace_op *op = &c->w.r->trace->ops[i];
    bool takes = op->kind == TRACE_FREE || op->kind == TRACE_REALLOC;
    if (takes && address(c, op->ref) && !payload_intact(c, i, op->ref))
        return false;
    if (op->kind == TRACE_FREE && address(c, op->ref))
        lose(&c->w, op->ref);
    c->refusals = on_simulated_heap(c->w.r) ? mem_refusals() : 0;
    void *p = call(c, op);
    if (op->kind != TRACE_FREE)
        c->w.r->answers[c->w.answer] = p;
    c->w.r->log->answered = i + 1;
    return op->kind == TRACE_FREE || check_answer(c, i);
}

static bool checker_agrees(struct check *c, size_t i)
{
    struct replay_log *log = c->w.r->log;
    if (!c->calls.checkheap)
        return true;
    log->phase = REPLAY_CHECKER;
    bool sound = c->calls.checkheap((int)trace_line(c->w.r->trace, i));
    log->phase = REPLAY_REQUEST;
    return sound || blame(&c->w, FAULT_CHECKHEAP, i, 0);
}

/* The bytes between the break and the end of its page are as they came. */
static bool tail_untouched(struct check *c, size_t i)
{
    const uint8_t *p = on_simulated_heap(c->w.r) ? mem_dirty_tail() : NULL;
    if (!p)
        return true;
    c->w.fault->tail = true;
    c->w.fault->damage = (struct payload_damage){
        .offset = (uint64_t)(p - (uint8_t *)mem_heap_hi() - 1),
        .found = *p,
        .length = 1,
    };
    return blame(&c->w, FAULT_PAYLOAD, i, 0);
}

/* Under -D, after every request. */
static bool everything_intact(struct check *c, size_t i)
{
    struct shadow *s = c->w.shadow;
    uint32_t a = shadow_next(s, 0);
    for (; a; a = shadow_next(s, (uintptr_t)address(c, a) + 1))
        if (!payload_intact(c, i, a))
            return false;
    return tail_untouched(c, i) && checker_agrees(c, i);
}

static void log_growth(const struct check *c, size_t served, uint64_t asked)
{
    const struct replay *r = c->w.r;
    if (!c->calls.heap_bytes)
        return;
    size_t n = r->log->growth_count, bytes = c->calls.heap_bytes(asked);
    if (n > 0 && r->growth[n - 1].bytes == bytes)
        return;
    r->growth[n] = (struct replay_growth){served, bytes};
    r->log->growth_count = n + 1;
}

static void check_requests(struct check *c)
{
    const struct replay *r = c->w.r;
    const struct trace *t = r->trace;
    r->log->phase = REPLAY_REQUEST;
    log_growth(c, 0, 0);
    for (size_t i = 0; i < t->op_count; i++) {
        r->log->op = i;
        look_ahead(&c->w, i);
        if (!check_request(c, i))
            return;
        log_growth(c, i + 1, trace_payload(t, &t->ops[i]));
        if (r->detail >= 2 && !everything_intact(c, i))
            return;
    }
    if (r->detail < 2 && !checker_agrees(c, t->op_count - 1))
        return;
    r->log->phase = REPLAY_DONE;
}

void replay_check(void *arg)
{
    const struct replay *r = arg;
    struct check c = {.w = {.r = r, .answer = 1, .fault = &r->log->fault}};
    c.w.shadow = replay_shadow(r);
    if (c.w.shadow && begin(r, &c.calls) && init_heap(r, &c.calls))
        check_requests(&c);
    isolate_step_done();
}

/* ---- The speed pass ---------------------------------------------------- */

/* The timed region: call, store the answer, next.  Where it stands is left
 * for whoever must explain a crash; it costs one store a request. */
__attribute__((noinline)) static void
run_requests(const struct trace *t, const struct allocator_calls *calls,
             void **answers, volatile size_t *at)
{
    const struct allocator_calls f = *calls;
    const uint64_t *extras = t->extras;
    const struct trace_op *ops = t->ops;
    void **next = answers + 1;
    for (size_t i = 0, n = t->op_count; i < n; i++) {
        const struct trace_op *op = &ops[i];
        *at = i;
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
    }
}

static void time_requests(const struct replay *r,
                          const struct allocator_calls *calls, int counter)
{
    struct replay_log *log = r->log;
    log->phase = REPLAY_REQUEST;
    uint64_t counted = clock_count_read(counter);
    uint64_t began = clock_thread_ns();
    run_requests(r->trace, calls, r->answers, &log->op);
    uint64_t ns = clock_thread_ns() - began;
    log->instructions = clock_count_read(counter) - counted;
    uint64_t overhead = clock_overhead_ns();
    log->replay_ns = ns > overhead ? ns - overhead : 1;
}

static bool time_init(const struct replay *r,
                      const struct allocator_calls *calls)
{
    uint64_t began = clock_thread_ns();
    bool good = init_heap(r, calls);
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

void replay_speed(void *arg)
{
    const struct replay *r = arg;
    struct allocator_calls calls;
    bool ours = on_simulated_heap(r);
    int counter = clock_count_open();
    clock_overhead_ns();
    uint8_t *taken = ours ? NULL : taken_answers(r->trace);
    if (begin(r, &calls))
        for (;;) {
            if (ours)
                mem_reset_brk();
            if (!time_init(r, &calls))
                break;
            time_requests(r, &calls, counter);
            free_leftovers(r, &calls, taken);
            r->log->phase = REPLAY_DONE;
            isolate_step_done();
        }
    isolate_step_done();
}

/* ---- The audit --------------------------------------------------------- */

/* The heap as the growth log has it, request by request; no entry is believed
 * that does not lie in the log. */
struct growth_reader {
    const struct replay *r;
    size_t next, count;
    uint64_t bytes;
};

static struct growth_reader read_growth(const struct replay *r)
{
    size_t count = r->log->growth_count, most = r->trace->op_count + 1;
    return (struct growth_reader){.r = r, .count = count < most ? count : most};
}

static uint64_t heap_after(struct growth_reader *g, size_t served)
{
    const struct replay_growth *log = g->r->growth;
    while (g->next < g->count && log[g->next].served <= served)
        g->bytes = log[g->next++].bytes;
    return g->bytes;
}

static bool audit_request(struct walk *w, size_t i, size_t heap_size)
{
    const struct trace_op *op = &w->r->trace->ops[i];
    if (op->kind == TRACE_FREE) {
        if (w->r->answers[op->ref])
            lose(w, op->ref);
        return true;
    }
    bool possible = follow(w, i, heap_size);
    w->answer++;
    return possible;
}

bool replay_audit(const struct replay *r, struct shadow *s, size_t ops,
                  replay_visit *visit, void *context,
                  struct replay_fault *fault)
{
    struct walk w = {.r = r, .shadow = s, .answer = 1, .fault = fault};
    struct growth_reader growth = read_growth(r);
    struct replay_moment m = {0};
    size_t heap = on_simulated_heap(r) ? mem_heapsize() : 0;
    for (size_t i = 0; i < ops; i++) {
        look_ahead(&w, i);
        if (!audit_request(&w, i, heap))
            return false;
        m.served = i + 1;
        m.live = w.live;
        m.peak = m.live > m.peak ? m.live : m.peak;
        m.heap = heap_after(&growth, i + 1);
        if (visit)
            visit(context, &m);
    }
    return true;
}
