/*
 * abuse_acts.c - mistakes that programs make, made on purpose
 */
#include "driver/abuse_acts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "driver/isolate.h"
#include "memlib.h"

#define BLOCKS 24 /* that the child has room for */
#define FIRST  8  /* that live before the act */
#define VICTIM 3
#define FREED  6

/* What lies outside the heap, and is not the allocator's: words that may pass
 * for sizes. */
#define ROOM      32
#define LOOKALIKE ((uint64_t)0x30)

struct block {
    unsigned char *p; /* NULL: none */
    size_t size;
};

struct scene {
    struct abuse_log *log;
    struct allocator_calls calls;
    bool ours; /* the heap is the simulated one */
    size_t size;
    struct block blocks[BLOCKS];
    uint64_t *stack, *data; /* of ROOM words each */
    void *copy;             /* of the heap before the act */
    size_t copied;
    off_t printed; /* before it */
};

/* ---- Blocks ------------------------------------------------------------ */

static void blame(struct scene *s, enum abuse_damage damage)
{
    if (s->log->damage == ABUSE_SOUND)
        s->log->damage = damage;
}

static unsigned char byte_of(size_t block, size_t i)
{
    return (unsigned char)(block * 37 + i * 11 + 5);
}

static void fill(struct scene *s, size_t i)
{
    struct block *b = &s->blocks[i];
    for (size_t k = 0; k < b->size; k++)
        b->p[k] = byte_of(i, k);
}

static void check_payload(struct scene *s, size_t i)
{
    const struct block *b = &s->blocks[i];
    for (size_t k = 0; b->p && k < b->size; k++)
        if (b->p[k] != byte_of(i, k)) {
            blame(s, ABUSE_PAYLOAD);
            return;
        }
}

static bool overlap(const struct block *a, const struct block *b)
{
    return a->p && b->p && a->p < b->p + b->size && b->p < a->p + a->size;
}

static bool is_possible(const struct scene *s, const unsigned char *p,
                        size_t size)
{
    const unsigned char *lo = mem_heap_lo();
    if ((uintptr_t)p % ALIGNMENT_CLASSIC)
        return false;
    return !s->ours || (p >= lo && (size_t)(p - lo) <= mem_heapsize() &&
                        size <= mem_heapsize() - (size_t)(p - lo));
}

/* p was answered: from now on it is block i, if it can be. */
static void take(struct scene *s, size_t i, void *p, size_t size)
{
    struct block *b = &s->blocks[i];
    *b = (struct block){p, size};
    if (!p)
        blame(s, ABUSE_NULL);
    else if (!is_possible(s, p, size))
        blame(s, ABUSE_ANSWER);
    for (size_t k = 0; k < BLOCKS; k++)
        if (k != i && overlap(b, &s->blocks[k]))
            blame(s, ABUSE_OVERLAP);
    if (s->log->damage == ABUSE_SOUND)
        fill(s, i);
    else
        b->p = NULL; /* to be let alone */
}

static void allocate(struct scene *s, size_t i, size_t size)
{
    take(s, i, s->calls.malloc(size), size);
}

/* Free block i as one should. */
static unsigned char *drop(struct scene *s, size_t i)
{
    unsigned char *p = s->blocks[i].p;
    check_payload(s, i);
    s->blocks[i].p = NULL;
    s->calls.free(p);
    return p;
}

static void check_heap(struct scene *s)
{
    for (size_t i = 0; i < BLOCKS; i++)
        check_payload(s, i);
    for (size_t i = 0; i < ROOM; i++)
        if (s->stack[i] != LOOKALIKE || s->data[i] != LOOKALIKE)
            blame(s, ABUSE_OUTSIDE);
    if (s->calls.checkheap && !s->calls.checkheap(0))
        blame(s, ABUSE_CHECKER);
}

/* ---- The call ---------------------------------------------------------- */

static off_t bytes_printed(void)
{
    fflush(stdout);
    return lseek(STDERR_FILENO, 0, SEEK_CUR);
}

static void begin_call(struct scene *s)
{
    s->copied = s->ours ? mem_heapsize() : 0;
    s->copy = malloc(s->copied + 1);
    if (s->copy && s->copied)
        memcpy(s->copy, mem_heap_lo(), s->copied);
    s->printed = bytes_printed();
    s->log->phase = ABUSE_ACT;
}

static void end_call(struct scene *s)
{
    s->log->phase = ABUSE_AFTER;
    s->log->printed = bytes_printed() != s->printed;
    s->log->changed = !s->ours || !s->copy || mem_heapsize() != s->copied ||
                      memcmp(s->copy, mem_heap_lo(), s->copied) != 0;
}

static void free_wrongly(struct scene *s, void *p)
{
    begin_call(s);
    s->calls.free(p);
    end_call(s);
}

/* ---- The acts ---------------------------------------------------------- */

static void do_nothing(struct scene *s)
{
    s->log->phase = ABUSE_AFTER;
}

static void free_twice(struct scene *s)
{
    free_wrongly(s, drop(s, VICTIM));
}

static void free_twice_late(struct scene *s)
{
    void *p = drop(s, VICTIM);
    drop(s, 1);
    free_wrongly(s, p);
}

static void free_interior(struct scene *s)
{
    free_wrongly(s, s->blocks[VICTIM].p + 16);
}

static void free_outside(struct scene *s)
{
    free_wrongly(s, s->data + ROOM / 2);
}

static void free_stack(struct scene *s)
{
    free_wrongly(s, s->stack + ROOM / 2);
}

/* The write does what it does; the free brings it to light, or not. */
static void write_and_free(struct scene *s, ptrdiff_t from, size_t bytes)
{
    struct block *b = &s->blocks[VICTIM];
    unsigned char *p = b->p;
    memset(p + from, 0xa5, bytes);
    b->p = NULL;
    free_wrongly(s, p);
}

static void write_past_1(struct scene *s)
{
    write_and_free(s, (ptrdiff_t)s->size, 1);
}

static void write_past_8(struct scene *s)
{
    write_and_free(s, (ptrdiff_t)s->size, 8);
}

static void write_past_16(struct scene *s)
{
    write_and_free(s, (ptrdiff_t)s->size, 16);
}

static void write_before(struct scene *s)
{
    write_and_free(s, -8, 8);
}

static void realloc_freed(struct scene *s)
{
    void *p = drop(s, VICTIM);
    begin_call(s);
    void *q = s->calls.realloc(p, 2 * s->size);
    end_call(s);
    if (q)
        take(s, VICTIM, q, 2 * s->size);
}

const struct abuse_act abuse_acts[] = {
    {"double-free", "free(p), free(p)"},
    {"late-double-free", "free(p), free(q), free(p)"},
    {"free-interior", "free(p + 16)"},
    {"free-outside", "free of an address outside the heap"},
    {"free-stack", "free of a variable on the stack"},
    {"past-1", "1 byte is written past p, then free(p)"},
    {"past-8", "8 bytes past it"},
    {"past-16", "16 bytes past it"},
    {"before-8", "8 bytes before it"},
    {"realloc-freed", "free(p), realloc(p, n)"},
};

const size_t abuse_act_count = sizeof abuse_acts / sizeof *abuse_acts;

static void (*const does[])(struct scene *) = {
    free_twice,   free_twice_late, free_interior, free_outside,
    free_stack,   write_past_1,    write_past_8,  write_past_16,
    write_before, realloc_freed,   do_nothing,
};

/* ---- Before and after -------------------------------------------------- */

static bool begin(struct scene *s, const struct allocator *a)
{
    if (!allocator_load(a, &s->calls) || !s->calls.init())
        return false;
    for (size_t i = 0; i < FIRST; i++)
        allocate(s, i, s->size);
    drop(s, FREED);
    return s->log->damage == ABUSE_SOUND;
}

/* As a program goes on.  What was found wrong ends it. */
static void go_on(struct scene *s)
{
    const size_t sizes[] = {s->size, s->size,     100, 24,    2000,
                            s->size, 2 * s->size, 48,  70000, 16};
    const size_t count = sizeof sizes / sizeof *sizes;
    check_heap(s);
    for (size_t i = 0; i < count && !s->log->damage; i++) {
        allocate(s, FIRST + i, sizes[i]);
        if (i % 4 == 3 && !s->log->damage)
            drop(s, FIRST + i - 1);
    }
    check_heap(s);
    for (size_t i = 0; i < BLOCKS && !s->log->damage; i++)
        if (s->blocks[i].p)
            drop(s, i);
    for (size_t i = 0; i < FIRST && !s->log->damage; i++)
        allocate(s, i, s->size);
    if (!s->log->damage)
        check_heap(s);
}

void abuse_body(void *arg)
{
    static uint64_t data[ROOM] __attribute__((aligned(16)));
    uint64_t stack[ROOM] __attribute__((aligned(16)));
    const struct abuse_job *job = arg;
    struct scene s = {
        .log = job->log,
        .ours = allocator_on_simulated_heap(job->allocator),
        .size = job->size,
        .stack = stack,
        .data = data,
    };
    for (size_t i = 0; i < ROOM; i++)
        stack[i] = data[i] = LOOKALIKE;
    if (begin(&s, job->allocator)) {
        does[job->act](&s);
        go_on(&s);
        s.log->phase = ABUSE_DONE;
    }
    isolate_step_done();
}
