/*
 * explain_fault.c - what was wrong with an answer, a payload or a checker
 */
#include <inttypes.h>

#include "driver/explain_parts.h"
#include "driver/explain_tile.h"

typedef void print_fault(FILE *out, const struct explain_scene *s,
                         const struct replay_fault *f);

static void print_answer(FILE *out, const struct explain_scene *s,
                         const struct replay_fault *f)
{
    explain_request(out, s->r->trace, f->op);
    fprintf(out, " returned %#" PRIxPTR, explain_address(s, f->answer));
}

/* Where it would lie among the live ones. */
static void print_returned(FILE *out, const struct explain_scene *s,
                           const struct replay_fault *f)
{
    explain_print_map(out, s, explain_payload(s, f->answer), "returned");
}

static void print_misaligned(FILE *out, const struct explain_scene *s,
                             const struct replay_fault *f)
{
    const struct trace_op *op = &s->r->trace->ops[f->op];
    uint64_t align = s->r->align;
    if (op->kind == TRACE_MEMALIGN && s->r->trace->extras[op->extra] > align)
        align = s->r->trace->extras[op->extra];
    print_answer(out, s, f);
    fprintf(out,
            ", expected a multiple of %" PRIu64 ", found %" PRIu64
            " more than one (the payload must be aligned, not the header)",
            align, explain_address(s, f->answer) % align);
    print_returned(out, s, f);
}

static void print_outside(FILE *out, const struct explain_scene *s,
                          const struct replay_fault *f)
{
    uintptr_t at = explain_address(s, f->answer), lo = s->heap.lo;
    uintptr_t hi = lo + s->heap.size;
    uint64_t size = shadow_block(s->shadow, f->answer)->size;
    print_answer(out, s, f);
    if (size == UINT64_MAX)
        fprintf(out, ", expected NULL: %s",
                s->r->trace->ops[f->op].kind == TRACE_CALLOC
                    ? "the product overflows"
                    : "no heap holds so much");
    else if (at < lo || at > hi)
        explain_print_where(out, s, at);
    else
        fprintf(out,
                ", but its %" PRIu64 " bytes end %" PRIu64
                " %s past the end of the heap",
                size, size - (hi - at), explain_word_bytes(size - (hi - at)));
    explain_print_heap(out, s);
    if (at >= lo && at <= hi && size != UINT64_MAX)
        print_returned(out, s, f);
}

static void print_overlap(FILE *out, const struct explain_scene *s,
                          const struct replay_fault *f)
{
    print_answer(out, s, f);
    fprintf(out, ", which overlaps the payload of ");
    explain_print_id(out, s, shadow_block(s->shadow, f->other)->op);
    explain_print_block(out, s, f->answer);
    explain_print_block(out, s, f->other);
    print_returned(out, s, f);
    explain_print_latest(out, s, explain_payload(s, f->answer), f->op,
                         f->answer, f->other);
}

/* ---- Payloads ---------------------------------------------------------- */

static struct explain_range damaged(const struct explain_scene *s,
                                    const struct replay_fault *f)
{
    uintptr_t at = explain_address(s, f->answer) + (uintptr_t)f->damage.offset;
    uint64_t length = f->damage.length;
    return (struct explain_range){at, at + (length < 64 ? length : 64)};
}

/* What the second run told of a fault that is seen late. */
static void print_guilty(FILE *out, const struct explain_scene *s,
                         const char *when)
{
    if (s->watch.verdict == WATCH_UNSEEN)
        fputs("\n  a second run did not show it: the allocator does not do the "
              "same each time",
              out);
    if (s->watch.verdict != WATCH_FOUND)
        return;
    fprintf(out, "\n  %s ", when);
    explain_request(out, s->r->trace, s->watch.op);
    fprintf(out, " on line %zu", trace_line(s->r->trace, s->watch.op));
}

static void print_tail(FILE *out, const struct explain_scene *s,
                       const struct replay_fault *f)
{
    fprintf(out, "after ");
    explain_request(out, s->r->trace, f->op);
    fprintf(out,
            " byte %" PRIu64 " past the end of the heap is 0x%02x: something "
            "was stored beyond the break",
            f->damage.offset, f->damage.found);
    explain_print_heap(out, s);
}

/* Whether it is known which request did it, and that. */
static bool knows_guilty(const struct explain_scene *s,
                         const struct replay_fault *f, size_t *op)
{
    *op = s->watch.verdict == WATCH_FOUND ? s->watch.op : f->op;
    return s->watch.verdict == WATCH_FOUND || s->r->detail >= 2;
}

/* The block that the guilty request took, which may be live no more; a block
 * that it made is a live one. */
static void print_guilty_block(FILE *out, const struct explain_scene *s,
                               size_t guilty, uint32_t damaged_one)
{
    const struct trace_op *op = &s->r->trace->ops[guilty];
    bool frees = op->kind == TRACE_FREE;
    if ((!frees && op->kind != TRACE_REALLOC) || op->ref == 0 ||
        op->ref == damaged_one || !explain_address(s, op->ref))
        return;
    explain_print_block(out, s, op->ref);
    fprintf(out, ", which was %s then", frees ? "freed" : "reallocated");
}

/* Who may have written there. */
static void print_suspects(FILE *out, const struct explain_scene *s,
                           const struct replay_fault *f)
{
    size_t guilty;
    bool known = knows_guilty(s, f, &guilty);
    explain_print_neighbours(out, s, f->answer);
    if (f->unfilled)
        return;
    if (known && !f->across)
        print_guilty_block(out, s, guilty, f->answer);
    explain_print_map(out, s, damaged(s, f), "damaged");
    if (!f->across)
        explain_print_latest(out, s, damaged(s, f), guilty, f->answer, 0);
}

static void print_payload(FILE *out, const struct explain_scene *s,
                          const struct replay_fault *f)
{
    size_t maker = shadow_block(s->shadow, f->answer)->op;
    if (f->tail) {
        print_tail(out, s, f);
        return;
    }
    if (f->across) {
        explain_request(out, s->r->trace, f->op);
        fprintf(out, " did not keep the payload");
    } else {
        fprintf(out, "the payload of ");
        explain_print_id(out, s, maker);
        fprintf(out, " was overwritten; seen %s ",
                s->r->detail >= 2 || s->r->starved ? "after" : "at");
        explain_request(out, s->r->trace, f->op);
    }
    if (!f->across)
        print_guilty(out, s, "it happened during");
    explain_print_block(out, s, f->answer);
    if (!f->unfilled)
        explain_print_damage(out, s, f);
    print_suspects(out, s, f);
}

static void print_not_zeroed(FILE *out, const struct explain_scene *s,
                             const struct replay_fault *f)
{
    explain_request(out, s->r->trace, f->op);
    fprintf(out, " returned a block that is not all zero");
    explain_print_block(out, s, f->answer);
    explain_print_damage(out, s, f);
    explain_print_map(out, s, damaged(s, f), "not zero");
}

static void print_null(FILE *out, const struct explain_scene *s,
                       const struct replay_fault *f)
{
    explain_request(out, s->r->trace, f->op);
    fprintf(out, " returned NULL, expected a block");
    if (s->heap.limit)
        fprintf(out, "; mem_sbrk had %s",
                f->refused ? "refused to grow the heap"
                           : "not refused to grow the heap");
    explain_print_heap(out, s);
}

static void print_tile(FILE *out, const struct explain_scene *s,
                       const struct replay_fault *f)
{
    bool usable = f->tile.wrong == TILE_USABLE;
    fprintf(out, usable ? "mm_usable_size after " : "mm_walk after ");
    explain_request(out, s->r->trace, f->op);
    explain_tile(out, &f->tile);
    if (f->answer)
        explain_print_block(out, s, f->answer);
    if (f->other)
        explain_print_block(out, s, f->other);
    explain_print_heap(out, s);
}

static void print_checkheap(FILE *out, const struct explain_scene *s,
                            const struct replay_fault *f)
{
    if (f->tile.wrong) {
        print_tile(out, s, f);
        return;
    }
    if (s->r->detail < 2 && !s->r->starved) {
        fprintf(out, "mm_checkheap returned false at the end of the trace");
        print_guilty(out, s, "it first did so after");
        return;
    }
    fprintf(out, "mm_checkheap returned false after ");
    explain_request(out, s->r->trace, f->op);
}

static void print_init(FILE *out, const struct explain_scene *s,
                       const struct replay_fault *f)
{
    (void)f;
    if (s->phase == REPLAY_LOADING)
        fprintf(out, "the allocator cannot be loaded");
    else
        fprintf(out, "mm_init reported failure");
}

static print_fault *const printers[FAULT_KINDS] = {
    [FAULT_INIT] = print_init,
    [FAULT_MISALIGNED] = print_misaligned,
    [FAULT_OUTSIDE_HEAP] = print_outside,
    [FAULT_OVERLAP] = print_overlap,
    [FAULT_PAYLOAD] = print_payload,
    [FAULT_NOT_ZEROED] = print_not_zeroed,
    [FAULT_NULL] = print_null,
    [FAULT_CHECKHEAP] = print_checkheap,
};

void explain_print_fault(FILE *out, const struct explain_scene *s,
                         const struct replay_fault *f)
{
    if (printers[f->kind])
        printers[f->kind](out, s, f);
    else
        fprintf(out, "the run ended without a result");
}
