/*
 * grade_checker_play.c - requests of a trace, one at a time, so that the replay
 * can be taken up again at a moment
 *
 * An answer that an undamaged heap gave, too, needs no other proof.  Others are
 * held against all live payloads, one by one: there are few.
 */
#include <stdlib.h>

#include "driver/grade_checker_parts.h"
#include "driver/payload.h"
#include "memlib.h"

#define SECRET 0x9e3779b97f4a7c15

bool player_create(struct player *p)
{
    size_t count = (size_t)p->trace->answer_count + 1;
    p->at = calloc(count, sizeof *p->at);
    p->size = calloc(count, sizeof *p->size);
    p->origin = calloc(count, sizeof *p->origin);
    p->next = 1;
    return p->at && p->size && p->origin;
}

static uint64_t key_of(const struct player *p, uint32_t answer)
{
    return payload_key(SECRET, p->origin[answer]);
}

static bool is_intact(const struct player *p, uint32_t answer)
{
    struct payload_damage damage;
    uint64_t size = p->size[answer];
    return !p->at[answer] ||
           payload_check(p->at[answer], size, size, key_of(p, answer), &damage);
}

bool player_payloads(const struct player *p)
{
    for (uint32_t a = 1; a < p->next; a++)
        if (!is_intact(p, a))
            return false;
    return true;
}

/* ---- Which answers are possible ----------------------------------------- */

static bool is_in_heap(const uint8_t *at, uint64_t size)
{
    const uint8_t *lo = mem_heap_lo();
    return at >= lo && (size_t)(at - lo) <= mem_heapsize() &&
           size <= mem_heapsize() - (size_t)(at - lo);
}

/* The block that a realloc takes is no longer there. */
static bool overlaps(const struct player *p, const uint8_t *at, uint64_t size,
                     uint32_t except)
{
    for (uint32_t a = 1; a < p->next; a++) {
        const uint8_t *other = p->at[a];
        if (other && a != except && at < other + p->size[a] &&
            other < at + size)
            return true;
    }
    return false;
}

static enum damage_harm judge(const struct player *p, const void *at,
                              uint64_t size, uint32_t except)
{
    if (size == 0) /* any address is as good */
        return HARM_NONE;
    if ((uintptr_t)at % p->align || !is_in_heap(at, size))
        return HARM_ANSWER;
    return overlaps(p, at, size, except) ? HARM_OVERLAP : HARM_NONE;
}

static enum damage_harm compare(const struct player *p, void *at, uint64_t size,
                                uint32_t except, struct player_order order)
{
    void *expected = order.expected ? order.expected[p->next] : NULL;
    if (order.expected && at == expected && !order.vary)
        return HARM_NONE;
    if (!at) /* the first time it may be what a small heap can give */
        return order.expected && expected ? HARM_NULL : HARM_NONE;
    enum damage_harm harm = judge(p, at, size, except);
    if (harm != HARM_NONE || !order.expected || order.vary)
        return harm;
    return HARM_ELSEWHERE;
}

/* ---- Serving ------------------------------------------------------------ */

static void *call(struct player *p, const struct trace_op *op)
{
    const struct allocator_calls *f = &p->calls;
    switch ((enum trace_kind)op->kind) {
    case TRACE_FREE:
        f->free(p->at[op->ref]);
        return NULL;
    case TRACE_REALLOC:
        return f->realloc(p->at[op->ref], op->size);
    case TRACE_CALLOC:
        return f->calloc(p->trace->extras[op->extra], op->size);
    case TRACE_MEMALIGN:
        return f->memalign(p->trace->extras[op->extra], op->size);
    default:
        return f->malloc(op->size);
    }
}

/* What the new payload holds is right: zeros, or the old payload. */
static enum damage_harm contents(const struct player *p,
                                 const struct trace_op *op, void *at,
                                 uint64_t size)
{
    struct payload_damage damage;
    if (op->kind == TRACE_CALLOC && !payload_check_zero(at, size, &damage))
        return HARM_ZERO;
    if (op->kind != TRACE_REALLOC || !p->at[op->ref])
        return HARM_NONE;
    uint64_t old = p->size[op->ref];
    return payload_check(at, old < size ? old : size, old, key_of(p, op->ref),
                         &damage)
               ? HARM_NONE
               : HARM_PAYLOAD;
}

/* The answer at is possible: from now on it is a live block, in place of the
 * one that op takes. */
static void take(struct player *p, const struct trace_op *op, void *at)
{
    bool moves = op->kind == TRACE_REALLOC && p->at[op->ref];
    uint32_t a = p->next;
    p->origin[a] = moves ? p->origin[op->ref] : a;
    p->at[a] = at;
    p->size[a] = trace_payload(p->trace, op);
    if (moves)
        p->at[op->ref] = NULL;
    payload_fill(at, 0, p->size[a], key_of(p, a));
}

static bool only_frees(const struct trace_op *op)
{
    return op->kind == TRACE_REALLOC && op->size == 0 && op->ref != 0;
}

static enum damage_harm answer(struct player *p, const struct trace_op *op,
                               void *at, struct player_order order)
{
    uint32_t except = op->kind == TRACE_REALLOC ? op->ref : 0;
    uint64_t size = trace_payload(p->trace, op);
    if (only_frees(op)) { /* what it returns is nobody's */
        p->at[op->ref] = NULL;
        p->next++;
        return HARM_NONE;
    }
    enum damage_harm harm = compare(p, at, size, except, order);
    if (harm == HARM_NONE && at)
        harm = contents(p, op, at, size);
    if (harm != HARM_NONE)
        return harm;
    if (at)
        take(p, op, at);
    if (order.log)
        order.log[p->next] = at;
    p->next++;
    return HARM_NONE;
}

enum damage_harm player_serve(struct player *p, size_t i,
                              struct player_order order)
{
    const struct trace_op *op = &p->trace->ops[i];
    bool takes = op->kind == TRACE_FREE || op->kind == TRACE_REALLOC;
    if (takes && op->ref && !is_intact(p, op->ref))
        return HARM_PAYLOAD;
    if (p->calls.roots)
        roots_before(&p->roots, op);
    void *at = call(p, op);
    if (p->calls.roots)
        roots_after(&p->roots, op, p->at, p->next, at);
    if (op->kind != TRACE_FREE)
        return answer(p, op, at, order);
    p->at[op->ref] = NULL;
    return HARM_NONE;
}
