/*
 * replay_check.c - the check pass, in the child: every answer and payload is
 * held against the shadow as it comes
 */
#include <unistd.h>

#include "config.h"
#include "driver/isolate.h"
#include "driver/payload.h"
#include "driver/replay_survey.h"
#include "driver/replay_tiles.h"
#include "driver/replay_watch.h"
#include "memguard.h"
#include "memlib.h"

struct check {
    struct walk w;
    struct allocator_calls calls;
    struct roots roots; /* for an allocator that collects */
    size_t refusals;    /* of mem_sbrk, before the request */
    size_t looks;       /* at everything, after a refusal */
    bool guarded;       /* live payloads are closed to the allocator */
    struct survey survey;
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

/* Under ASan and valgrind a live payload is closed but for the driver, and for
 * the request that takes it. */
static void open_payload(const struct check *c, uint32_t answer)
{
    if (c->guarded)
        guard_open(address(c, answer), shadow_block(c->w.shadow, answer)->size);
}

static void close_payload(const struct check *c, uint32_t answer)
{
    if (c->guarded)
        guard_close(address(c, answer),
                    shadow_block(c->w.shadow, answer)->size);
}

/* What the user leaves in a payload that he frees is nobody's concern. */
static void spoil_payload(const struct check *c, uint32_t answer)
{
    uint64_t size = shadow_block(c->w.shadow, answer)->size;
    if (!allocator_on_simulated_heap(c->w.r->allocator))
        return;
    mem_fill(address(c, answer), size);
    if (c->guarded)
        guard_forget(address(c, answer), size);
}

/* The payload of a live block is as the driver left it. */
static bool payload_intact(struct check *c, size_t i, uint32_t answer)
{
    const struct shadow_block *b = shadow_block(c->w.shadow, answer);
    if (c->w.r->detail == 0 ||
        payload_check(address(c, answer), b->size, b->size, key_of(c, answer),
                      &c->w.fault->damage))
        return true;
    return walk_blame(&c->w, FAULT_PAYLOAD, i, answer);
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
        return walk_blame(&c->w, FAULT_NOT_ZEROED, i, a);
    if (op->kind != TRACE_REALLOC || !address(c, op->ref))
        return true;
    uint64_t old = shadow_block(c->w.shadow, op->ref)->size;
    if (payload_check(address(c, a), old < b->size ? old : b->size, old,
                      key_of(c, a), damage))
        return true;
    c->w.fault->across = true;
    return walk_blame(&c->w, FAULT_PAYLOAD, i, a);
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

static bool check_answer(struct check *c, size_t i)
{
    struct walk *w = &c->w;
    const struct replay *r = w->r;
    const void *p = r->answers[w->answer];
    size_t heap =
        allocator_on_simulated_heap(r->allocator) ? mem_heapsize() : 0;
    w->fault->refused = allocator_on_simulated_heap(r->allocator) &&
                        mem_refusals() != c->refusals;
    w->may_be_null = r->starved && w->fault->refused;
    if (!walk_follow(w, i, heap))
        return false;
    if (p && !walk_only_frees(&r->trace->ops[i]) && r->detail > 0) {
        if (!contents_right(c, i))
            return false;
        fill(c, i);
    }
    if (p && !walk_only_frees(&r->trace->ops[i]))
        close_payload(c, w->answer);
    w->answer++;
    return true;
}

static void *serve(struct check *c, const struct trace_op *op)
{
    if (!c->calls.roots)
        return walk_call(c->w.r, &c->calls, op);
    roots_before(&c->roots, op);
    void *p = walk_call(c->w.r, &c->calls, op);
    roots_after(&c->roots, op, c->w.r->answers, c->w.answer, p);
    return p;
}

static bool check_request(struct check *c, size_t i)
{
    const struct trace_op *op = &c->w.r->trace->ops[i];
    bool takes = op->kind == TRACE_FREE || op->kind == TRACE_REALLOC;
    if (takes && address(c, op->ref)) {
        open_payload(c, op->ref);
        if (!payload_intact(c, i, op->ref))
            return false;
    }
    if (op->kind == TRACE_FREE && address(c, op->ref)) {
        spoil_payload(c, op->ref);
        walk_lose(&c->w, op->ref);
    }
    c->refusals =
        allocator_on_simulated_heap(c->w.r->allocator) ? mem_refusals() : 0;
    void *p = serve(c, op);
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
    return sound || walk_blame(&c->w, FAULT_CHECKHEAP, i, 0);
}

/* The bytes between the break and the end of its page are as they came. */
static bool tail_untouched(struct check *c, size_t i)
{
    const uint8_t *p = allocator_on_simulated_heap(c->w.r->allocator)
                           ? mem_dirty_tail()
                           : NULL;
    if (!p)
        return true;
    c->w.fault->tail = true;
    c->w.fault->damage = (struct payload_damage){
        .offset = (uint64_t)(p - (uint8_t *)mem_heap_hi() - 1),
        .found = *p,
        .length = 1,
    };
    return walk_blame(&c->w, FAULT_PAYLOAD, i, 0);
}

/* Under -D, after every request. */
static bool everything_intact(struct check *c, size_t i)
{
    struct shadow *s = c->w.shadow;
    uint32_t a = shadow_next(s, 0);
    for (; a; a = shadow_next(s, (uintptr_t)address(c, a) + 1)) {
        open_payload(c, a);
        bool intact = payload_intact(c, i, a);
        close_payload(c, a);
        if (!intact)
            return false;
    }
    return tail_untouched(c, i) && checker_agrees(c, i) &&
           tiles_agree(&c->w, &c->calls, i);
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

/* Seconds that a checker is given on a heap that is known to be damaged. */
#define CHECKER_SECONDS 2

/* Something is wrong: the allocator's own checker may say what, before it
 * shows.  It may crash over that, or never end: the fault is logged already. */
static void ask_checker(const struct check *c, size_t i)
{
    if (!c->calls.checkheap || c->w.fault->kind == FAULT_CHECKHEAP)
        return;
    alarm(CHECKER_SECONDS);
    c->calls.checkheap((int)trace_line(c->w.r->trace, i));
    alarm(0);
}

/* Requests that mem_sbrk failed after which everything is looked at.  Once it
 * fails for ever, they may be most of the trace. */
#define LOOKS_MAX 16

static bool must_look(struct check *c)
{
    const struct replay *r = c->w.r;
    return r->detail >= 2 ||
           (r->starved && c->w.fault->refused && c->looks++ < LOOKS_MAX);
}

static bool end_is_sound(struct check *c)
{
    const struct replay *r = c->w.r;
    size_t last = r->trace->op_count - 1;
    if (r->detail >= 2)
        return true;
    return r->starved ? everything_intact(c, last) : checker_agrees(c, last);
}

static void check_requests(struct check *c)
{
    const struct replay *r = c->w.r;
    const struct trace *t = r->trace;
    r->log->phase = REPLAY_REQUEST;
    log_growth(c, 0, 0);
    for (size_t i = 0; i < t->op_count; i++) {
        r->log->op = i;
        walk_look_ahead(&c->w, i);
        watch_stop(r, i);
        if (!check_request(c, i) || !watch_is_quiet(&c->w, &c->calls, i) ||
            (must_look(c) && !everything_intact(c, i)) ||
            !survey_after(&c->survey, &c->w, &c->calls, i)) {
            ask_checker(c, i);
            return;
        }
        log_growth(c, i + 1, trace_payload(t, &t->ops[i]));
    }
    if (!end_is_sound(c))
        return;
    r->log->phase = REPLAY_DONE;
}

/* The next pass may have other payloads. */
static void open_payloads(const struct check *c)
{
    const struct shadow *s = c->w.shadow;
    uint32_t a = c->guarded ? shadow_next(s, 0) : 0;
    for (; a; a = shadow_next(s, (uintptr_t)address(c, a) + 1))
        open_payload(c, a);
}

/* What the first pass left is no concern of a second one. */
static void begin_again(struct check *c)
{
    const struct replay *r = c->w.r;
    open_payloads(c);
    shadow_clear(c->w.shadow);
    c->w = (struct walk){
        .r = r, .shadow = c->w.shadow, .answer = 1, .fault = &r->log->fault};
    *c->w.fault = (struct replay_fault){0};
    c->looks = 0;
    c->survey.over = true;
    r->log->answered = r->log->op = r->log->growth_count = 0;
    if (allocator_on_simulated_heap(r->allocator))
        mem_reset_brk();
}

static void make_passes(struct check *c)
{
    const struct replay *r = c->w.r;
    while (replay_init_heap(r, &c->calls, &c->roots)) {
        check_requests(c);
        replay_end(r);
        begin_again(c);
    }
}

void replay_check(void *arg)
{
    const struct replay *r = arg;
    struct check c = {.w = {.r = r, .answer = 1, .fault = &r->log->fault}};
    c.w.shadow = replay_shadow(r);
    if ((c.w.shadow || replay_lacks(r, "the shadow")) &&
        replay_set_up(r, &c.calls, &c.roots) && replay_begin(r, &c.calls)) {
        c.guarded = guard_watches() &&
                    allocator_on_simulated_heap(r->allocator) &&
                    !r->allocator->collects && !r->watch.answer;
        guard_end_on_report();
        make_passes(&c);
    }
    isolate_step_done();
}
