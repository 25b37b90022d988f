/*
 * replay_tiles.c - mm_walk and mm_usable_size against the shadow
 *
 * The first thing that is wrong is kept, and the rest of that walk ignored.  A
 * walk over a broken heap may never end: the fault is logged already, and an
 * alarm ends the process.
 */
#include "driver/replay_tiles.h"

#include <unistd.h>

#include "memlib.h"

/* Bytes above the last block that may be the allocator's own. */
#define TOP_SLACK 16

/* Seconds that a walk is given once it has told something wrong. */
#define WALK_SECONDS 2

/* The walk under way; a visitor is given no context. */
static struct tiling {
    struct walk *w;
    size_t op;
    uintptr_t first, next; /* where blocks begin, and where they go on */
    uintptr_t top;         /* the first byte beyond the heap */
    struct tile_sum sum;
    struct replay_extent *extents; /* to be filled; NULL: not asked for */
    bool broken;
} tiling;

static void blame(enum replay_tile_fault wrong, uint32_t answer, uintptr_t at,
                  uint64_t size)
{
    struct replay_tile *tile = &tiling.w->fault->tile;
    *tile = (struct replay_tile){wrong, at, size, tiling.next};
    walk_blame(tiling.w, FAULT_CHECKHEAP, tiling.op, answer);
    tiling.broken = true;
    alarm(WALK_SECONDS);
}

static uintptr_t address(uint32_t answer)
{
    return (uintptr_t)tiling.w->r->answers[answer];
}

static uint64_t payload_size(uint32_t answer)
{
    return shadow_block(tiling.w->shadow, answer)->size;
}

static bool may_keep_dead(void)
{
    return tiling.w->r->allocator->collects;
}

static uint32_t at_most_32_bits(uint64_t bytes)
{
    return bytes < UINT32_MAX ? (uint32_t)bytes : UINT32_MAX;
}

/* What is not payload of the block of a live one. */
static void add_up(uint32_t answer, uint64_t before, uint64_t after)
{
    tiling.sum.internal_bytes += before + after;
    if (tiling.extents)
        tiling.extents[answer] = (struct replay_extent){at_most_32_bits(before),
                                                        at_most_32_bits(after)};
}

/* The block at `at` holds the payload that it should, whole. */
static void check_payload(uintptr_t at, size_t size, bool live)
{
    const struct shadow *s = tiling.w->shadow;
    uint32_t a = shadow_next(s, at), b = 0;
    if (!a || address(a) >= at + size) {
        if (live && !may_keep_dead())
            blame(TILE_EMPTY, 0, at, size);
        return;
    }
    if (!live)
        blame(TILE_FREE, a, at, size);
    else if (payload_size(a) > at + size - address(a))
        blame(TILE_SHORT, a, at, size);
    else if ((b = shadow_next(s, address(a) + 1)) && address(b) < at + size) {
        blame(TILE_SHARED, a, at, size);
        tiling.w->fault->other = b;
    } else
        add_up(a, address(a) - at, at + size - address(a) - payload_size(a));
}

static void visit(void *block, size_t size, bool live)
{
    uintptr_t at = (uintptr_t)block;
    if (tiling.broken)
        return;
    tiling.sum.visited++;
    if (!tiling.next)
        tiling.first = tiling.next = at;
    if (at < (uintptr_t)mem_heap_lo() || at >= tiling.top)
        blame(TILE_OUTSIDE, 0, at, size);
    else if (at != tiling.next)
        blame(TILE_APART, 0, at, size);
    else if (size == 0 || size > tiling.top - at)
        blame(TILE_SIZE, 0, at, size);
    else
        check_payload(at, size, live);
    tiling.next = at + size;
}

/* What no block was told to hold. */
static void check_ends(void)
{
    const struct shadow *s = tiling.w->shadow;
    uint32_t a = shadow_next(s, 0);
    if (a && address(a) >= tiling.first)
        a = shadow_next(s, tiling.next);
    if (a)
        blame(TILE_NONE, a, 0, 0);
    else if (tiling.next && tiling.top - tiling.next > TOP_SLACK)
        blame(TILE_TOP, 0, tiling.next, tiling.top - tiling.next);
}

static void begin(struct walk *w, size_t i, struct replay_extent *extents)
{
    tiling = (struct tiling){.w = w,
                             .op = i,
                             .top = (uintptr_t)mem_heap_lo() + mem_heapsize(),
                             .extents = extents};
}

static bool walk_agrees(struct walk *w, void (*walk)(mm_visitor *), size_t i,
                        struct replay_extent *extents)
{
    begin(w, i, extents);
    w->r->log->phase = REPLAY_WALKER;
    walk(visit);
    if (!tiling.broken)
        check_ends();
    alarm(0);
    w->r->log->phase = REPLAY_REQUEST;
    return !tiling.broken;
}

/* Bytes from a payload to the next one, or to the top. */
static uint64_t room_for(uint32_t answer, uint32_t next)
{
    return (next ? address(next) : tiling.top) - address(answer);
}

static void check_usable(uint32_t answer, uint32_t next, uint64_t usable)
{
    uint64_t payload = payload_size(answer), room = room_for(answer, next);
    tiling.sum.visited++;
    if (usable < payload)
        blame(TILE_USABLE, answer, address(answer), usable);
    else
        add_up(answer, 0, (usable < room ? usable : room) - payload);
}

static bool usable_agrees(struct walk *w, size_t (*usable_size)(void *),
                          size_t i, struct replay_extent *extents)
{
    begin(w, i, extents);
    w->r->log->phase = REPLAY_USABLE;
    uint32_t next, a = shadow_next(w->shadow, 0);
    for (; a && !tiling.broken; a = next) {
        next = shadow_next(w->shadow, address(a) + 1);
        check_usable(a, next, usable_size((void *)address(a)));
    }
    alarm(0);
    w->r->log->phase = REPLAY_REQUEST;
    return !tiling.broken;
}

bool tiles_agree(struct walk *w, const struct allocator_calls *calls, size_t i)
{
    return (!calls->walk || walk_agrees(w, calls->walk, i, NULL)) &&
           (!calls->usable_size ||
            usable_agrees(w, calls->usable_size, i, NULL));
}

bool tiles_survey(struct walk *w, const struct allocator_calls *calls, size_t i,
                  struct tile_sum *sum)
{
    bool sound = calls->walk
                     ? walk_agrees(w, calls->walk, i, w->r->extents)
                     : usable_agrees(w, calls->usable_size, i, w->r->extents);
    *sum = tiling.sum;
    return sound;
}
