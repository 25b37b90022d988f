/*
 * replay_walk.c - which answers are possible
 */
#include "driver/replay_walk.h"

#include "memlib.h"

/* Where a free takes a random one of a million blocks, every table is a miss:
 * ask for it some requests ahead, its payload once its address is known.
 * (10^6 live blocks: 217 -> 134 ns a request in the check, 63 -> 38 in the
 * audit.) */
void walk_look_ahead(const struct walk *w, size_t i)
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

bool walk_blame(struct walk *w, enum fault_kind kind, size_t i, uint32_t answer)
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
static bool null_is_possible(const struct walk *w, const struct trace_op *op,
                             uint64_t payload)
{
    uint64_t align = alignment_of(w, op);
    if (payload == 0 || payload > TRACE_SIZE_MAX || align > TRACE_SIZE_MAX ||
        w->may_be_null)
        return true;
    if (!allocator_on_simulated_heap(w->r->allocator))
        return align > TRACE_SIZE_MAX / 512; /* libc is not to be blamed */
    if (op->kind == TRACE_REALLOC && op->ref && w->r->answers[op->ref] &&
        payload <= shadow_block(w->shadow, op->ref)->size)
        return false; /* it can stay where it is */
    return w->live + payload + align > mem_limit() / 4;
}

bool walk_only_frees(const struct trace_op *op)
{
    return op->kind == TRACE_REALLOC && op->size == 0 && op->ref != 0;
}

void *walk_call(const struct replay *r, const struct allocator_calls *f,
                const struct trace_op *op)
{
    switch ((enum trace_kind)op->kind) {
    case TRACE_FREE:
        f->free(r->answers[op->ref]);
        return NULL;
    case TRACE_REALLOC:
        return f->realloc(r->answers[op->ref], op->size);
    case TRACE_CALLOC:
        return f->calloc(r->trace->extras[op->extra], op->size);
    case TRACE_MEMALIGN:
        return f->memalign(r->trace->extras[op->extra], op->size);
    default:
        return f->malloc(op->size);
    }
}

void walk_lose(struct walk *w, uint32_t answer)
{
    w->live -= shadow_block(w->shadow, answer)->size;
    w->died = answer;
    shadow_remove(w->shadow, answer);
}

/* A block of these bytes was answered to request i: can it be? */
static bool gain(struct walk *w, size_t i, uint64_t payload, size_t heap_size)
{
    const struct trace_op *op = &w->r->trace->ops[i];
    uint32_t a = w->answer;
    struct shadow_block b = {.size = payload, .origin = a, .op = (uint32_t)i};
    if (op->kind == TRACE_REALLOC && op->ref && w->r->answers[op->ref])
        b.origin = shadow_block(w->shadow, op->ref)->origin;
    enum fault_kind kind = shadow_place(w->shadow, a, b, alignment_of(w, op),
                                        heap_size, &w->fault->other);
    if (kind != FAULT_NONE)
        return walk_blame(w, kind, i, a);
    w->live += payload;
    w->born = a;
    uintptr_t end = (uintptr_t)w->r->answers[a] + payload;
    w->end = end > w->end ? end : w->end;
    return true;
}

bool walk_follow(struct walk *w, size_t i, size_t heap_size)
{
    const struct trace *t = w->r->trace;
    const struct trace_op *op = &t->ops[i];
    uint64_t payload = trace_payload(t, op);
    void *p = w->r->answers[w->answer];
    if (!p && !null_is_possible(w, op, payload) && !walk_only_frees(op))
        return walk_blame(w, FAULT_NULL, i, 0);
    /* A realloc that failed leaves the old block, for ever unnamed. */
    if (op->ref && op->kind == TRACE_REALLOC && (p || walk_only_frees(op)) &&
        w->r->answers[op->ref])
        walk_lose(w, op->ref);
    if (!p || walk_only_frees(op))
        return true;
    return gain(w, i, payload, heap_size);
}
