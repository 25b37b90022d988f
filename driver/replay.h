/*
 * replay.h - the passes over a trace
 *
 * Two passes run in a child, with the allocator: the check pass, which holds
 * every answer and every payload against the shadow as it comes, and the speed
 * pass, which does nothing but call and store the answers.  The third, the
 * audit, runs in the parent: it walks the table of answers that a pass left in
 * shared memory and takes nobody's word for what is in there.
 */
#ifndef REPLAY_H
#define REPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "driver/allocator.h"
#include "driver/payload.h"
#include "driver/result.h"
#include "driver/shadow.h"
#include "driver/trace.h"

/* What the child was doing. */
enum replay_phase {
    REPLAY_SET_UP,  /* nothing: the allocator is yet to be loaded */
    REPLAY_LOADING, /* its constructors run */
    REPLAY_INIT,    /* mm_init */
    REPLAY_READY,   /* nothing: mm_init is done, in a speed pass */
    REPLAY_REQUEST, /* request number `op` */
    REPLAY_CHECKER, /* mm_checkheap, after request number `op` */
    REPLAY_WALKER,  /* mm_walk, likewise */
    REPLAY_USABLE,  /* mm_usable_size, likewise */
    REPLAY_DONE,
};

/* What is wrong with what mm_walk and mm_usable_size tell. */
enum replay_tile_fault {
    TILE_SOUND,
    TILE_OUTSIDE, /* a block is not in the heap */
    TILE_APART,   /* it does not begin where the one before it ends */
    TILE_SIZE,    /* it has none, or does not end in the heap */
    TILE_EMPTY,   /* it is live and has no payload */
    TILE_FREE,    /* it is free and has one */
    TILE_SHORT,   /* it has part of one */
    TILE_SHARED,  /* it has two */
    TILE_NONE,    /* a payload is in no block */
    TILE_TOP,     /* the last block ends too far below the top */
    TILE_USABLE,  /* fewer bytes are usable than were asked for */
    TILE_KINDS,
};

struct replay_tile {
    uint32_t wrong;     /* enum replay_tile_fault */
    uintptr_t at;       /* the block, the end of the last one, the payload */
    uint64_t size;      /* that was told; what is left below the top */
    uintptr_t expected; /* where the block was to begin */
};

/* Comes through shared memory, where a child may have left any bytes: no bool,
 * which must not be read when it holds anything but 0 and 1. */
struct replay_fault {
    enum fault_kind kind;
    size_t op;
    uint32_t answer;  /* the block concerned, 0: none */
    uint32_t other;   /* overlap: the other block */
    uint8_t across;   /* payload: lost by the realloc itself */
    uint8_t refused;  /* null: mem_sbrk had refused */
    uint8_t tail;     /* payload: bytes beyond the break */
    uint8_t unfilled; /* payload: nobody wrote there; damage is not known */
    struct payload_damage damage; /* payload, not-zeroed */
    struct replay_tile tile;      /* checkheap */
};

/* The heap had `bytes` bytes from after `served` requests on. */
struct replay_growth {
    uint64_t served, bytes;
};

/* Bytes of a live block below and above its payload, as the allocator told:
 * headers, footers, what it rounded up.  Both 0 where it told nothing. */
struct replay_extent {
    uint32_t before, after;
};

/* After `served` requests so many bytes of the blocks that live were not
 * payload, as the allocator told. */
struct replay_survey {
    uint64_t served, internal_bytes;
};

/* What the child tells of itself. */
struct replay_log {
    enum replay_phase phase;
    size_t op;        /* the request being served */
    uint8_t watching; /* said by the parent: heed replay.watch in this pass */
    uint8_t watched;  /* the fault is what was watched for */
    size_t answered;  /* check pass: requests whose answers are in the table */
    struct replay_fault fault;
    size_t growth_count;
    size_t survey_count;
    uint64_t replay_ns, init_ns; /* of the last speed pass */
    uint64_t libc_bytes;   /* of libc's malloc, that were taken since loading */
    uint64_t instructions; /* 0: not counted */
};

/* What a check pass looks at after every request, and blames it for: bytes of
 * one payload, or what mm_checkheap says. */
struct replay_watch {
    uint32_t answer; /* 0: none */
    size_t until;    /* the request that was to take it */
    uint64_t offset, length;
    bool checker;
};

struct replay {
    const struct trace *trace;
    const struct allocator *allocator;
    size_t align;    /* that payloads must have */
    int detail;      /* as -d: 0, 1, 2 */
    size_t pause;    /* requests after which a resident pass pauses */
    size_t present;  /* bytes of heap that a speed pass finds present */
    bool inspected;  /* a speed pass looks at what payloads hold */
    uint64_t secret; /* of the payload patterns */
    bool starved;    /* mem_sbrk is made to fail: the answer may be NULL */
    struct replay_watch watch;
    size_t stop;  /* a check pass traps before its request number stop, counted
                   * from 1; 0: nowhere */
    bool filled;  /* fresh memory is not zero */
    bool shifted; /* the heap may end on the end of a page */
    bool counted; /* ticks are those of a counter, see ticks.h */
    /* Shared with the child. */
    void **answers;
    struct replay_growth *growth;
    struct replay_extent *extents; /* by answer; NULL: not asked for */
    struct replay_survey *surveys; /* in order; likewise */
    uint32_t *costs; /* in ticks, by request; NULL: not a latency pass */
    struct replay_log *log;
    size_t heap_bytes; /* of the simulated heap, in a snapshot */
};

/* replay_create - make the shared tables for t.  False, errno set, without
 *     memory.  The heap must stand already: see mem_create. */
bool replay_create(struct replay *r, const struct trace *t,
                   const struct allocator *a);

/* replay_ask_survey - let the first check pass tell of the blocks as well, if
 *     the allocator does: extents and surveys are made.  False, errno set,
 *     without memory. */
bool replay_ask_survey(struct replay *r);

/* replay_ask_costs - make the table that a latency pass fills.  False, errno
 *     set, without memory. */
bool replay_ask_costs(struct replay *r);
void replay_destroy(struct replay *r);

/* replay_withhold - the child has them: no other one is to see them. */
void replay_withhold(const struct replay *r);

/* replay_shadow - an empty shadow over the heap that r runs in. */
struct shadow *replay_shadow(const struct replay *r);

/*
 * replay_check, replay_speed, replay_latency, replay_resident - bodies for
 *     isolate_start; arg is a struct replay.  First check and speed pass make
 *     all that they need themselves, a step of its own.
 *     A check pass is one step, and is made again, on the heap as it was left,
 *     when it is resumed.  A speed pass is two, mm_init and the requests; of an
 *     allocator on the simulated heap there is one in a process, so that none
 *     knows of another, and the others begin anew when they are resumed.
 *     A latency pass is a speed pass that times each request by itself.
 *     A resident pass is three: what is before the requests, those up to
 *     `pause`, and the others; in these no memory becomes present but for the
 *     requests, and of each block every page does.
 */
void replay_check(void *arg);
void replay_speed(void *arg);
void replay_latency(void *arg);
void replay_resident(void *arg);

/*
 * replay_snapshot - copy what a pass left into private memory, with all that
 *     the child said of itself brought into range; for the audit and for
 *     explanations.  False without memory.
 * replay_discard - give the copy back.
 */
bool replay_snapshot(struct replay *copy, const struct replay *r);
void replay_discard(struct replay *copy);

/* replay_visit - what an audit can tell of the moment after a request. */
struct replay_moment {
    size_t served; /* requests so far */
    uint64_t live; /* bytes of live payload */
    uint64_t peak; /* the most they have been */
    uint64_t heap; /* bytes of heap; 0 when not known */
    uint32_t born; /* the answer that began to live with it, 0: none */
    uint32_t died; /* the one that ceased to */
    const struct shadow *shadow; /* after it; knows the one that died as well */
};
typedef void replay_visit(void *context, const struct replay_moment *m);

/*
 * replay_audit - walk the answers of a snapshot over the first `ops` requests
 *     with s, an empty shadow, which is left as the heap was then.  visit may
 * be NULL.  Returns false with *fault filled at the first answer that is not
 * possible.
 */
bool replay_audit(const struct replay *r, struct shadow *s, size_t ops,
                  replay_visit *visit, void *context,
                  struct replay_fault *fault);

#endif
