/*
 * explain.c - turns a failure into sentences: the frame around what the other
 * files of the room say
 */
#define _GNU_SOURCE
#include "driver/explain.h"

#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "driver/explain_hint.h"
#include "driver/explain_parts.h"
#include "memlib.h"

/* A copy that may fail, and never faults: the allocator may have done anything
 * to the memory behind the heap. */
static size_t copy_safely(void *to, uintptr_t from, size_t bytes)
{
    struct iovec here = {to, bytes}, there = {(void *)from, bytes};
    ssize_t n = process_vm_readv(getpid(), &here, 1, &there, 1, 0);
    return n < 0 ? 0 : (size_t)n;
}

/* The payload that was checked: after a realloc, what it was to keep. */
static struct explain_range checked(const struct explain_scene *s,
                                    const struct replay_fault *f)
{
    struct explain_range p = explain_payload(s, f->answer);
    const struct trace_op *op = &s->r->trace->ops[f->op];
    if (!f->across || op->kind != TRACE_REALLOC)
        return p;
    uint64_t old = shadow_block(s->shadow, op->ref)->size;
    if (p.hi - p.lo > old)
        p.hi = p.lo + old;
    return p;
}

static void keep(struct explain_scene *s, uintptr_t from, uintptr_t to)
{
    size_t viewed;
    uintptr_t end = (uintptr_t)mem_view(&viewed) + viewed;
    if (to > end)
        to = end;
    s->heap.at = from;
    if (from >= s->heap.lo && from < to)
        s->heap.count = copy_safely(s->heap.bytes, from, to - from);
}

/* The bytes of the payload around the damage, from a multiple of 16 on. */
static void keep_bytes(struct explain_scene *s, const struct replay_fault *f)
{
    struct explain_range payload = checked(s, f);
    if (f->damage.offset >= payload.hi - payload.lo)
        return;
    uintptr_t at = payload.lo + f->damage.offset;
    uintptr_t from = at & ~(uintptr_t)15, to = from + EXPLAIN_BYTES;
    keep(s, from < payload.lo ? payload.lo : from,
         to > payload.hi ? payload.hi : to);
}

/* What most allocators have in front of the payload that a request takes. */
static void keep_header(struct explain_scene *s)
{
    uint32_t taken = explain_taken(s);
    uintptr_t at = taken ? explain_address(s, taken) : 0;
    if (at >= s->heap.lo + EXPLAIN_HEADER)
        keep(s, at - EXPLAIN_HEADER, at);
}

void explain_keep_heap(struct explain_scene *s, const struct replay_fault *f)
{
    s->heap = (struct explain_heap){0};
    if (!allocator_on_simulated_heap(s->r->allocator))
        return;
    s->heap.lo = (uintptr_t)mem_heap_lo();
    s->heap.size = mem_heapsize();
    s->heap.limit = mem_limit();
    bool shows = f && f->answer && !f->tail && !f->unfilled &&
                 (f->kind == FAULT_PAYLOAD || f->kind == FAULT_NOT_ZEROED);
    if (shows)
        keep_bytes(s, f);
    else if (!f && s->crashed)
        keep_header(s);
}

/* "traces/x.rep:17: " and which pass it was, if not the first. */
static void print_place(FILE *out, const struct explain_scene *s, size_t op)
{
    const struct trace *t = s->r->trace;
    fprintf(out, "%s:%zu: ", t->path, trace_line(t, op));
    if (s->timed)
        fprintf(out, "in a timed pass: ");
    else if (s->again)
        fprintf(out, "in the second run: ");
    if (s->r->shifted)
        fprintf(out, "where the heap ends on the end of a page: ");
    else if (s->r->filled)
        fprintf(out, "where fresh memory is not zero: ");
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

char *explain_fault(const struct explain_scene *s, const struct replay_fault *f)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    print_place(out, s, f->op);
    explain_print_fault(out, s, f);
    print_last_words(out, s);
    explain_hint(out, s, f);
    fclose(out);
    return text;
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
    explain_print_end(out, s, event, d);
    print_last_words(out, s);
    if (event != ISOLATE_INTERRUPTED)
        explain_hint(out, s, NULL);
    fclose(out);
    return text;
}
