/*
 * explain.c - turns a failure into sentences
 */
#define _GNU_SOURCE
#include "driver/explain.h"

#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "driver/explain_hint.h"
#include "driver/explain_tile.h"
#include "memlib.h"

/* An address this far from something is still told as a distance from it. */
#define NEAR (1ULL << 20)

/* ---- Words ------------------------------------------------------------- */

static const char *bytes_word(uint64_t n)
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

/* "free(id 4)", "malloc(112) for id 17", "realloc(id 4, 200)" */
static void print_request(FILE *out, const struct trace *t, size_t i)
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

static uintptr_t address(const struct explain_scene *s, uint32_t answer)
{
    return (uintptr_t)s->r->answers[answer];
}

/* "\n  id 4: [0x10, 0x50), 64 bytes, malloc on line 9" */
static void print_block(FILE *out, const struct explain_scene *s,
                        uint32_t answer)
{
    const struct trace *t = s->r->trace;
    const struct shadow_block *b = shadow_block(s->shadow, answer);
    uintptr_t at = address(s, answer);
    fprintf(out, "\n  ");
    print_id(out, t, b->op);
    fprintf(out,
            ": [%#" PRIxPTR ", %#" PRIxPTR "), %" PRIu64 " %s, %s on "
            "line %zu",
            at, at + b->size, b->size, bytes_word(b->size),
            trace_op_name(t->ops[b->op].kind), trace_line(t, b->op));
}

static bool has_heap(const struct explain_scene *s)
{
    return allocator_on_simulated_heap(s->r->allocator);
}

static void print_heap(FILE *out, const struct explain_scene *s)
{
    if (!has_heap(s))
        return;
    uintptr_t lo = (uintptr_t)mem_heap_lo();
    size_t size = mem_heapsize();
    fprintf(out, "\n  heap: [%#" PRIxPTR ", %#" PRIxPTR "), %zu bytes", lo,
            lo + size, size);
}

/* The live blocks on either side of a payload, for who wrote where. */
static void print_neighbours(FILE *out, const struct explain_scene *s,
                             uint32_t answer)
{
    uintptr_t at = address(s, answer);
    uint32_t below = at ? shadow_prev(s->shadow, at - 1) : 0;
    uint32_t above = shadow_next(s->shadow, at + 1);
    if (below) {
        print_block(out, s, below);
        fprintf(out, ", the next block below");
    }
    if (above) {
        print_block(out, s, above);
        fprintf(out, ", the next block above");
    }
}

/* The last line that the allocator printed: an assertion's, mostly. */
static void print_last_words(FILE *out, const struct explain_scene *s)
{
    if (!s->output)
        return;
    size_t end = strlen(s->output);
    while (end && s->output[end - 1] == '\n')
        end--;
    size_t begin = end;
    while (begin && s->output[begin - 1] != '\n')
        begin--;
    if (end > begin + 200)
        end = begin + 200;
    if (end > begin)
        fprintf(out, "\n  it printed: %.*s", (int)(end - begin),
                s->output + begin);
}

/* "traces/x.rep:17: " and, in a speed pass, that it was one. */
static void print_place(FILE *out, const struct explain_scene *s, size_t op)
{
    const struct trace *t = s->r->trace;
    fprintf(out, "%s:%zu: ", t->path, trace_line(t, op));
    if (s->timed)
        fprintf(out, "in a timed pass: ");
}

/* What the child was at: "free(id 4)", "mm_init", ... */
static void print_activity(FILE *out, const struct explain_scene *s)
{
    switch (s->phase) {
    case REPLAY_LOADING:
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
        print_request(out, s->r->trace, s->op);
        break;
    }
}

/* ---- Places ------------------------------------------------------------ */

/* The live payload that holds addr; 0 if none. */
static uint32_t payload_at(const struct explain_scene *s, uintptr_t addr)
{
    uint32_t a = shadow_prev(s->shadow, addr);
    if (a && addr - address(s, a) < shadow_block(s->shadow, a)->size)
        return a;
    return 0;
}

static void print_inside_heap(FILE *out, const struct explain_scene *s,
                              uintptr_t addr)
{
    uint32_t a = payload_at(s, addr);
    if (!a) {
        fprintf(out, ", inside the heap, in no live payload");
        return;
    }
    const struct shadow_block *b = shadow_block(s->shadow, a);
    fprintf(out, ", inside the payload of ");
    print_id(out, s->r->trace, b->op);
    fprintf(out, ", allocated on line %zu", trace_line(s->r->trace, b->op));
}

/* Where a faulting address lies, by whatever is close to it. */
static void print_where(FILE *out, const struct explain_scene *s,
                        uintptr_t addr)
{
    uintptr_t lo = has_heap(s) ? (uintptr_t)mem_heap_lo() : 0;
    uintptr_t hi = has_heap(s) ? lo + mem_heapsize() : 0;
    uintptr_t end = has_heap(s) ? lo + mem_limit() : 0;
    if (addr < NEAR || addr > UINTPTR_MAX - NEAR)
        fprintf(out, ", near NULL");
    else if (addr >= lo && addr < hi)
        print_inside_heap(out, s, addr);
    else if (addr == hi && hi != 0)
        fprintf(out, ", the first byte past the end of the heap");
    else if (addr >= hi && addr < end + NEAR)
        fprintf(out, ", %" PRIuPTR " %s past the end of the heap", addr - hi,
                bytes_word(addr - hi));
    else if (addr < lo && lo - addr <= NEAR)
        fprintf(out, ", %" PRIuPTR " %s before the start of the heap",
                lo - addr, bytes_word(lo - addr));
    else
        fprintf(out, ", far from the heap");
}

/* ---- Faults of answers ------------------------------------------------- */

typedef void print_fault(FILE *out, const struct explain_scene *s,
                         const struct replay_fault *f);

static void print_answer(FILE *out, const struct explain_scene *s,
                         const struct replay_fault *f)
{
    print_request(out, s->r->trace, f->op);
    fprintf(out, " returned %#" PRIxPTR, address(s, f->answer));
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
            align, address(s, f->answer) % align);
}

static void print_outside(FILE *out, const struct explain_scene *s,
                          const struct replay_fault *f)
{
    uintptr_t at = address(s, f->answer), lo = (uintptr_t)mem_heap_lo();
    uintptr_t hi = lo + mem_heapsize();
    uint64_t size = shadow_block(s->shadow, f->answer)->size;
    print_answer(out, s, f);
    if (size == UINT64_MAX)
        fprintf(out, ", expected NULL: %s",
                s->r->trace->ops[f->op].kind == TRACE_CALLOC
                    ? "the product overflows"
                    : "no heap holds so much");
    else if (at < lo || at > hi)
        print_where(out, s, at);
    else
        fprintf(out,
                ", but its %" PRIu64 " bytes end %" PRIu64
                " %s past the end of the heap",
                size, size - (hi - at), bytes_word(size - (hi - at)));
    print_heap(out, s);
}

static void print_overlap(FILE *out, const struct explain_scene *s,
                          const struct replay_fault *f)
{
    print_answer(out, s, f);
    fprintf(out, ", which overlaps the payload of ");
    print_id(out, s->r->trace, shadow_block(s->shadow, f->other)->op);
    print_block(out, s, f->answer);
    print_block(out, s, f->other);
}

static void print_damage(FILE *out, const struct explain_scene *s,
                         const struct replay_fault *f)
{
    const struct payload_damage *d = &f->damage;
    fprintf(out,
            "\n  byte %" PRIu64 ", at %#" PRIxPTR ": expected 0x%02x, found "
            "0x%02x",
            d->offset, address(s, f->answer) + (uintptr_t)d->offset,
            d->expected, d->found);
    if (d->length > 1)
        fprintf(out, "; %" PRIu64 "%s bytes in a row are wrong", d->length,
                d->length == 64 ? " or more" : "");
}

static void print_tail(FILE *out, const struct explain_scene *s,
                       const struct replay_fault *f)
{
    fprintf(out, "after ");
    print_request(out, s->r->trace, f->op);
    fprintf(out,
            " byte %" PRIu64 " past the end of the heap is 0x%02x: something "
            "was stored beyond the break",
            f->damage.offset, f->damage.found);
    print_heap(out, s);
}

static void print_payload(FILE *out, const struct explain_scene *s,
                          const struct replay_fault *f)
{
    const struct trace *t = s->r->trace;
    size_t maker = shadow_block(s->shadow, f->answer)->op;
    if (f->tail) {
        print_tail(out, s, f);
        return;
    }
    if (f->across) {
        print_request(out, t, f->op);
        fprintf(out, " did not keep the payload");
    } else {
        fprintf(out, "the payload of ");
        print_id(out, t, maker);
        fprintf(out, " was overwritten; seen %s ",
                s->r->detail >= 2 || s->r->starved ? "after" : "at");
        print_request(out, t, f->op);
    }
    print_block(out, s, f->answer);
    print_damage(out, s, f);
    print_neighbours(out, s, f->answer);
}

static void print_not_zeroed(FILE *out, const struct explain_scene *s,
                             const struct replay_fault *f)
{
    print_request(out, s->r->trace, f->op);
    fprintf(out, " returned a block that is not all zero");
    print_block(out, s, f->answer);
    print_damage(out, s, f);
}

static void print_null(FILE *out, const struct explain_scene *s,
                       const struct replay_fault *f)
{
    print_request(out, s->r->trace, f->op);
    fprintf(out, " returned NULL, expected a block");
    if (has_heap(s))
        fprintf(out, "; mem_sbrk had %s",
                f->refused ? "refused to grow the heap"
                           : "not refused to grow the heap");
    print_heap(out, s);
}

static void print_tile(FILE *out, const struct explain_scene *s,
                       const struct replay_fault *f)
{
    bool usable = f->tile.wrong == TILE_USABLE;
    fprintf(out, usable ? "mm_usable_size after " : "mm_walk after ");
    print_request(out, s->r->trace, f->op);
    explain_tile(out, &f->tile);
    if (f->answer)
        print_block(out, s, f->answer);
    if (f->other)
        print_block(out, s, f->other);
    print_heap(out, s);
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
        return;
    }
    fprintf(out, "mm_checkheap returned false after ");
    print_request(out, s->r->trace, f->op);
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

char *explain_fault(const struct explain_scene *s, const struct replay_fault *f)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    print_place(out, s, f->op);
    if (printers[f->kind])
        printers[f->kind](out, s, f);
    else
        fprintf(out, "the run ended without a result");
    print_last_words(out, s);
    explain_hint(out, s, f);
    fclose(out);
    return text;
}

/* ---- Ends of the child ------------------------------------------------- */

/* The fault lies at the edge of a stack that has grown to its limit. */
static bool stack_used_up(const struct isolate_death *d)
{
    return d->signal == SIGSEGV && d->stack != 0 &&
           d->stack_base - d->stack > STACK_LIMIT / 4 * 3 &&
           d->address + NEAR > d->stack && d->address < d->stack + NEAR;
}

static void print_crash(FILE *out, const struct explain_scene *s,
                        const struct isolate_death *d)
{
    const char *name = sigabbrev_np(d->signal);
    const char *words = sigdescr_np(d->signal);
    print_activity(out, s);
    fprintf(out, " crashed: SIG%s, %s", name ? name : "?", words ? words : "?");
    if (d->signal != SIGSEGV && d->signal != SIGBUS)
        return;
    if (!d->seen) /* it has a handler of its own */
        fprintf(out, ", at an unknown address");
    else if (stack_used_up(d))
        fprintf(out,
                ": the stack of %llu MiB is used up, as by endless "
                "recursion",
                STACK_LIMIT >> 20);
    else if (d->code == SI_KERNEL)
        fprintf(out, ", at an address that no program can have: the pointer "
                     "is garbage");
    else if (d->code <= 0)
        fprintf(out, ", sent by a process");
    else {
        fprintf(out, ", at %#" PRIxPTR, d->address);
        print_where(out, s, d->address);
    }
    print_heap(out, s);
}

static void print_death(FILE *out, const struct explain_scene *s,
                        const struct isolate_death *d)
{
    if (isolate_is_crash(d->signal)) {
        print_crash(out, s, d);
        return;
    }
    const char *name = sigabbrev_np(d->signal);
    print_activity(out, s);
    fprintf(out, " ended the process: killed by SIG%s", name ? name : "?");
}

static void print_progress(FILE *out, const struct explain_scene *s)
{
    fprintf(out, ", after %zu of %zu requests", s->op, s->r->trace->op_count);
}

/* The child had to be ended. */
static void print_excess(FILE *out, const struct explain_scene *s,
                         enum isolate_event event)
{
    if (event == ISOLATE_TIMEOUT)
        fprintf(out, " was under way when the pass had used up %g s",
                s->seconds);
    if (event == ISOLATE_ASLEEP)
        fprintf(out, " was asleep when the pass had taken %g s",
                TIME_SLACK * s->seconds);
    if (event == ISOLATE_INTERRUPTED)
        fprintf(out, " was under way when you interrupted it");
    if (event == ISOLATE_MEMORY)
        fprintf(out,
                " was under way when the run had used up %" PRIu64
                " MiB of memory",
                s->memory >> 20);
    print_progress(out, s);
}

char *explain_end(const struct explain_scene *s, enum isolate_event event,
                  const struct isolate_death *d)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    print_place(out, s, s->op);
    if (event == ISOLATE_SIGNALED)
        print_death(out, s, d);
    else
        print_activity(out, s);
    if (event == ISOLATE_EXITED)
        fprintf(out, " ended the process: exit(%d) was called", d->status);
    else if (event != ISOLATE_SIGNALED)
        print_excess(out, s, event);
    print_last_words(out, s);
    if (event != ISOLATE_INTERRUPTED)
        explain_hint(out, s, NULL);
    fclose(out);
    return text;
}
