/*
 * explain_words.c - requests, blocks and places in words
 */
#include <inttypes.h>

#include "driver/explain_parts.h"
#include "driver/explain_tile.h"

const char *explain_word_bytes(uint64_t n)
{
    return n == 1 ? "byte" : "bytes";
}

static void print_id(FILE *out, const struct trace *t, size_t i)
{
    uint64_t id;
    if (trace_id(t, i, &id))
        fprintf(out, "id %" PRIu64, id);
    else
        fprintf(out, "NULL");
}

void explain_print_id(FILE *out, const struct explain_scene *s, size_t i)
{
    print_id(out, s->r->trace, i);
}

void explain_request(FILE *out, const struct trace *t, size_t i)
{
    const struct trace_op *op = &t->ops[i];
    fprintf(out, "%s(", trace_op_name(op->kind));
    if (op->kind == TRACE_FREE || op->kind == TRACE_REALLOC) {
        if (op->ref)
            print_id(out, t, i);
        else
            fprintf(out, "NULL");
    }
    if (op->kind == TRACE_CALLOC || op->kind == TRACE_MEMALIGN)
        fprintf(out, "%" PRIu64 ", ", t->extras[op->extra]);
    if (op->kind == TRACE_REALLOC)
        fprintf(out, ", ");
    if (op->kind != TRACE_FREE)
        fprintf(out, "%" PRIu64, op->size);
    fprintf(out, ")");
    if (op->kind != TRACE_FREE && !(op->kind == TRACE_REALLOC && op->ref)) {
        fprintf(out, " for ");
        print_id(out, t, i);
    }
}

void explain_print_activity(FILE *out, const struct explain_scene *s)
{
    switch (s->phase) {
    case REPLAY_LOADING:
    case REPLAY_SET_UP:
        fprintf(out, "loading the allocator");
        break;
    case REPLAY_INIT:
    case REPLAY_READY:
        fprintf(out, "mm_init");
        break;
    case REPLAY_CHECKER:
    case REPLAY_WALKER:
    case REPLAY_USABLE:
        fprintf(out, "%s after ", explain_helper(s->phase));
        /* fall through */
    default:
        explain_request(out, s->r->trace, s->op);
        break;
    }
}

/* ---- Blocks ------------------------------------------------------------ */

struct explain_range explain_payload(const struct explain_scene *s,
                                     uint32_t answer)
{
    uintptr_t at = explain_address(s, answer);
    uint64_t size = shadow_block(s->shadow, answer)->size;
    return (struct explain_range){at, size > UINTPTR_MAX - at ? UINTPTR_MAX
                                                              : at + size};
}

uint32_t explain_payload_at(const struct explain_scene *s, uintptr_t addr)
{
    uint32_t a = shadow_prev(s->shadow, addr);
    return a && addr < explain_payload(s, a).hi ? a : 0;
}

uint32_t explain_taken(const struct explain_scene *s)
{
    const struct trace_op *op = &s->r->trace->ops[s->op];
    bool takes = op->kind == TRACE_FREE || op->kind == TRACE_REALLOC;
    if (s->phase != REPLAY_REQUEST || !takes || op->ref == 0 ||
        !explain_address(s, op->ref))
        return 0;
    return op->ref;
}

void explain_print_block(FILE *out, const struct explain_scene *s,
                         uint32_t answer)
{
    const struct trace *t = s->r->trace;
    const struct shadow_block *b = shadow_block(s->shadow, answer);
    uintptr_t at = explain_address(s, answer);
    fprintf(out, "\n  ");
    explain_print_id(out, s, b->op);
    fprintf(out,
            ": [%#" PRIxPTR ", %#" PRIxPTR "), %" PRIu64 " %s, %s on "
            "line %zu",
            at, at + b->size, b->size, explain_word_bytes(b->size),
            trace_op_name(t->ops[b->op].kind), trace_line(t, b->op));
}

void explain_print_neighbours(FILE *out, const struct explain_scene *s,
                              uint32_t answer)
{
    uintptr_t at = explain_address(s, answer);
    uint32_t below = at ? shadow_prev(s->shadow, at - 1) : 0;
    uint32_t above = shadow_next(s->shadow, at + 1);
    if (below) {
        explain_print_block(out, s, below);
        fprintf(out, ", the next block below");
    }
    if (above) {
        explain_print_block(out, s, above);
        fprintf(out, ", the next block above");
    }
}

/* ---- Places ------------------------------------------------------------ */

void explain_print_heap(FILE *out, const struct explain_scene *s)
{
    if (s->heap.limit)
        fprintf(out, "\n  heap: [%#" PRIxPTR ", %#" PRIxPTR "), %zu bytes",
                s->heap.lo, s->heap.lo + s->heap.size, s->heap.size);
}

static void print_inside_heap(FILE *out, const struct explain_scene *s,
                              uintptr_t addr)
{
    uint32_t a = explain_payload_at(s, addr);
    if (!a) {
        fprintf(out, ", inside the heap, in no live payload");
        return;
    }
    const struct shadow_block *b = shadow_block(s->shadow, a);
    fprintf(out, ", inside the payload of ");
    explain_print_id(out, s, b->op);
    fprintf(out, ", allocated on line %zu", trace_line(s->r->trace, b->op));
}

void explain_print_where(FILE *out, const struct explain_scene *s,
                         uintptr_t addr)
{
    uintptr_t lo = s->heap.lo;
    uintptr_t hi = lo + s->heap.size, end = lo + s->heap.limit;
    if (addr < EXPLAIN_NEAR || addr > UINTPTR_MAX - EXPLAIN_NEAR)
        fprintf(out, ", near NULL");
    else if (addr >= lo && addr < hi)
        print_inside_heap(out, s, addr);
    else if (addr == hi && hi != 0)
        fprintf(out, ", the first byte past the end of the heap");
    else if (addr >= hi && addr < end + EXPLAIN_NEAR)
        fprintf(out, ", %" PRIuPTR " %s past the end of the heap", addr - hi,
                explain_word_bytes(addr - hi));
    else if (addr < lo && lo - addr <= EXPLAIN_NEAR)
        fprintf(out, ", %" PRIuPTR " %s before the start of the heap",
                lo - addr, explain_word_bytes(lo - addr));
    else
        fprintf(out, ", far from the heap");
}
