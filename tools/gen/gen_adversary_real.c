/*
 * gen_adversary_real.c - a game against a real allocator
 *
 * The adversary plays in the child, where the allocator is; what it requested
 * comes back through memory that both map, and is believed only as far as it
 * makes sense.  The heap lies at a fixed address, so that the same allocator
 * makes the same game.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "driver/allocator.h"
#include "driver/interrupt.h"
#include "driver/isolate.h"
#include "memlib.h"
#include "tools/gen/gen_adversary.h"
#include "tools/rep.h"

struct match {
    struct arena *arena;
    adversary_play *play;
    const struct adversary_terms *terms;
    const struct allocator *allocator;
    struct allocator_calls calls;
    uintptr_t bottom; /* addresses are counted from here */
};

/* ---- In the child ------------------------------------------------------ */

__attribute__((noreturn)) static void leave(struct arena *a, enum arena_end why)
{
    a->log->end = why;
    _exit(REP_FAILED);
}

static void stop(struct arena *a, enum arena_end why)
{
    leave(a, why);
}

static void serve(void *context, struct arena_block *b)
{
    struct match *m = context;
    const struct adversary_terms *t = m->terms;
    char *p = m->calls.malloc(b->words * t->unit - t->header);
    if (!p)
        leave(m->arena, ARENA_NULL);
    b->handle = (uintptr_t)p;
    b->address = ((uintptr_t)p - m->bottom) / t->unit;
}

static void take_back(void *context, const struct arena_block *b)
{
    struct match *m = context;
    m->calls.free((void *)(uintptr_t)b->handle);
}

static void play(void *context)
{
    struct match *m = context;
    struct arena *a = m->arena;
    if (!allocator_load(m->allocator, &m->calls) || !m->calls.init())
        leave(a, ARENA_INIT);
    m->play(a, m->terms);
    size_t bytes = m->calls.heap_bytes ? m->calls.heap_bytes(0) : 0;
    a->log->heap = (bytes + m->terms->unit - 1) / m->terms->unit;
    arena_free_all(a);
    a->log->end = ARENA_DONE;
    isolate_step_done();
}

/* ---- In the parent ----------------------------------------------------- */

/* report_exit - say why the child left, if it was not the allocator that did.
 */
static void report_exit(const char *name, const struct arena *a)
{
    const struct arena_log *log = a->log;
    if (log->end == ARENA_INIT)
        rep_fail("gen: %s: could not be loaded, or mm_init failed", name);
    else if (log->end == ARENA_NULL)
        rep_fail("gen: %s: returned NULL in request %u", name, log->count);
    else if (log->end == ARENA_TOO_LONG)
        rep_fail("gen: %s: expected at most %u requests, found more", name,
                 a->room);
    else
        rep_fail("gen: %s: exited in request %u", name, log->count);
}

/* report_end - say how a game ended that did not come to its end. */
static int report_end(const struct match *m, struct isolate *child,
                      enum isolate_event event)
{
    const char *name = m->allocator->name;
    uint32_t request = m->arena->log->count;
    switch (event) {
    case ISOLATE_SIGNALED:
        rep_fail("gen: %s: died in request %u: %s", name, request,
                 strsignal(isolate_death(child).signal));
        break;
    case ISOLATE_TIMEOUT:
    case ISOLATE_ASLEEP:
        rep_fail("gen: %s: took more than %d seconds, up to request %u", name,
                 TIME_LIMIT, request);
        break;
    case ISOLATE_MEMORY:
        rep_fail("gen: %s: used too much memory, in request %u", name, request);
        break;
    case ISOLATE_INTERRUPTED:
        rep_fail("gen: interrupted in request %u", request);
        break;
    default:
        report_exit(name, m->arena);
    }
    return REP_FAILED;
}

/* log_is_sound - whether what the child left is a game: every block is freed
 *     once, and none is larger than it may be. */
static bool log_is_sound(const struct match *m)
{
    const struct arena_log *log = m->arena->log;
    uint32_t ids = 0, live = 0;
    bool good = log->end == ARENA_DONE && log->count <= m->arena->room;
    uint8_t *freed = calloc(good ? log->count + 1 : 1, 1);
    for (uint32_t i = 0; freed && good && i < log->count; i++) {
        uint64_t n = arena_argument(log->requests[i]);
        if (arena_is_free(log->requests[i])) {
            good = n < ids && !freed[n];
            freed[good ? n : 0] = 1;
            live--;
        } else {
            good = n > 0 && n <= m->terms->max;
            ids++;
            live++;
        }
    }
    free(freed);
    return freed && good && live == 0;
}

static int system_error(const char *what)
{
    return rep_fail("gen: %s: %s", what, strerror(errno));
}

static int run_match(struct match *m)
{
    bool classic = m->allocator->classic;
    if (!mem_create(classic ? MEM_LOW_FIXED : MEM_FIXED,
                    classic ? HEAP_LIMIT_CLASSIC : HEAP_LIMIT))
        return system_error("no address space for the heap");
    if (allocator_on_simulated_heap(m->allocator))
        m->bottom = (uintptr_t)mem_heap_lo();
    struct isolate_limits limits = {.memory = (uint64_t)MEMORY_LIMIT_MIB << 20};
    struct isolate *child = isolate_start(play, m, limits);
    if (!child)
        return system_error("no child process");
    enum isolate_event event = isolate_await(child, TIME_LIMIT);
    int status = REP_OK;
    if (event != ISOLATE_STEP)
        status = report_end(m, child, event);
    isolate_end(child);
    if (status == REP_OK && !log_is_sound(m)) {
        rep_fail("gen: %s: left no game behind", m->allocator->name);
        status = REP_FAILED;
    }
    mem_deinit();
    return status;
}

int adversary_meet(struct arena *a, adversary_play *strategy,
                   const struct adversary_terms *t, const char *spec)
{
    static const struct arena_heap heap = {serve, take_back};
    struct allocator allocator;
    char *error;
    interrupt_catch();
    if (!allocator_find(&allocator, spec, &error)) {
        if (!interrupt_signal()) /* else so was the compiler */
            return rep_fail_with(error);
        free(error);
        return REP_FAILED;
    }
    struct match m = {
        .arena = a, .play = strategy, .terms = t, .allocator = &allocator};
    a->heap = &heap;
    a->context = &m;
    a->stop = stop;
    int status = run_match(&m);
    allocator_release(&allocator);
    return status;
}
