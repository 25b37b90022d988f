/*
 * gen_arena.h - where an adversary plays: requests, answers, a log
 *
 * The adversary sees where its blocks come to lie and chooses its next request
 * by it.  What serves them is an ideal policy or a real allocator; sizes and
 * addresses are in words all the same.  The log is what becomes the trace.
 */
#ifndef GEN_ARENA_H
#define GEN_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The most requests of a game, where there is address space for them. */
#define ARENA_REQUESTS_MAX ((uint32_t)1 << 26)

struct arena_block {
    uint64_t address, words; /* words 0: it is free again */
    uint64_t handle;         /* for whoever gave it out */
};

/* What serves the requests.  A malloc that fails does not return. */
struct arena_heap {
    void (*malloc)(void *context, struct arena_block *b);
    void (*free)(void *context, const struct arena_block *b);
};

enum arena_end {
    ARENA_PLAYING,
    ARENA_DONE,
    ARENA_TOO_LONG, /* more requests than there is room for */
    ARENA_NULL,     /* the allocator had no memory */
    ARENA_INIT,     /* it could not be loaded, or its mm_init failed */
};

/* What is left of a game. */
struct arena_log {
    uint64_t end;              /* enum arena_end */
    uint64_t live, most, heap; /* words: live, most at once, in the end */
    uint32_t count;
    uint64_t requests[]; /* arena_is_free */
};

struct arena {
    const struct arena_heap *heap;
    void *context;
    void (*stop)(struct arena *a, enum arena_end why); /* does not return */
    struct arena_log *log;
    struct arena_block *blocks; /* by id */
    uint32_t count;             /* ids given out */
    uint32_t room;              /* requests that the log can hold */
};

/* arena_open - a log and blocks, shared with children.  False, with errno set,
 *     without address space. */
bool arena_open(struct arena *a);
void arena_close(struct arena *a);

/* arena_malloc - a block of so many words; its id, counting from 0. */
uint32_t arena_malloc(struct arena *a, uint64_t words);
void arena_free(struct arena *a, uint32_t id);

/* arena_free_all - all that is live, oldest first. */
void arena_free_all(struct arena *a);

/* arena_sort - put n ids in the order of their addresses. */
void arena_sort(const struct arena *a, uint32_t *ids, size_t n);

/* arena_left - words that may be requested before `most` are live. */
uint64_t arena_left(const struct arena *a, uint64_t most);

/* A request of the log: words asked for, or the id freed. */
static inline bool arena_is_free(uint64_t request)
{
    return request & 1;
}

static inline uint64_t arena_argument(uint64_t request)
{
    return request >> 1;
}

#endif
