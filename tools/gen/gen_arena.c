/*
 * gen_arena.c - where an adversary plays: requests, answers, a log
 */
#define _GNU_SOURCE
#include "tools/gen/gen_arena.h"

#include <stdlib.h>

#include "driver/isolate.h"

static size_t log_bytes(const struct arena *a)
{
    return sizeof *a->log + a->room * sizeof a->log->requests[0];
}

static size_t block_bytes(const struct arena *a)
{
    return a->room * sizeof *a->blocks;
}

bool arena_open(struct arena *a)
{
    *a = (struct arena){.room = ARENA_REQUESTS_MAX};
    for (; a->room; a->room /= 2) {
        a->log = isolate_shared(log_bytes(a));
        a->blocks = isolate_shared(block_bytes(a));
        if (a->log && a->blocks)
            return true;
        arena_close(a);
    }
    return false;
}

void arena_close(struct arena *a)
{
    isolate_unshare(a->log, log_bytes(a));
    isolate_unshare(a->blocks, block_bytes(a));
}

static void note(struct arena *a, uint64_t request)
{
    if (a->log->count == a->room)
        a->stop(a, ARENA_TOO_LONG);
    a->log->requests[a->log->count++] = request;
}

uint32_t arena_malloc(struct arena *a, uint64_t words)
{
    struct arena_log *log = a->log;
    note(a, words << 1);
    struct arena_block *b = &a->blocks[a->count];
    b->words = words;
    a->heap->malloc(a->context, b);
    log->live += words;
    if (log->live > log->most)
        log->most = log->live;
    return a->count++;
}

void arena_free(struct arena *a, uint32_t id)
{
    struct arena_block *b = &a->blocks[id];
    note(a, (uint64_t)id << 1 | 1);
    a->heap->free(a->context, b);
    a->log->live -= b->words;
    b->words = 0;
}

void arena_free_all(struct arena *a)
{
    for (uint32_t id = 0; id < a->count; id++)
        if (a->blocks[id].words)
            arena_free(a, id);
}

uint64_t arena_left(const struct arena *a, uint64_t most)
{
    return most > a->log->live ? most - a->log->live : 0;
}

static int by_address(const void *x, const void *y, void *blocks)
{
    const struct arena_block *b = blocks;
    uint64_t p = b[*(const uint32_t *)x].address;
    uint64_t q = b[*(const uint32_t *)y].address;
    return (p > q) - (p < q);
}

/* Most often they are in order. */
void arena_sort(const struct arena *a, uint32_t *ids, size_t n)
{
    size_t i = 1;
    while (i < n && by_address(&ids[i - 1], &ids[i], a->blocks) <= 0)
        i++;
    if (i < n)
        qsort_r(ids, n, sizeof *ids, by_address, a->blocks);
}
