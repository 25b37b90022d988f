/*
 * blocks.h - from requests by address, as programs make them, to a trace
 *
 * Whatever saw a program's requests (our recorder, other tools) knows blocks
 * by their addresses, which come back; a trace knows them by ids.  Here is the
 * one place that turns the former into the latter.  An id is the life of one
 * block, through its reallocs; ids count from 0.  Nothing of what is told is
 * trusted to be consistent: the program may have been watched from its middle
 * on, and what watched it may have missed something.
 */
#ifndef BLOCKS_H
#define BLOCKS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "driver/trace.h"
#include "tools/blocks_map.h"

/* What became of the events.  A request is one event, or two if it is a
 * realloc that was seen to begin and to end. */
struct blocks_tally {
    uint64_t events;     /* that were read; for the caller to count */
    uint64_t failed;     /* requests that the allocator did not meet */
    uint64_t unknown;    /* frees of blocks that nobody saw allocated */
    uint64_t adopted;    /* reallocs of such blocks, kept as malloc */
    uint64_t unseen;     /* frees added for blocks given out a second time */
    uint64_t unfinished; /* cut short by the end of the program; the caller */
    uint64_t lost;       /* that were not logged; the caller */
    uint64_t hidden;     /* whose block is not shown; the caller */
    uint64_t inner;      /* made while another one is met; the caller */
    uint64_t foreign;    /* of another process; the caller */
    uint64_t illegible;  /* that cannot be understood; the caller */
    uint64_t illegible_line; /* where the first of them stands, from 1 */
};

/* All zero but w at first. */
struct blocks {
    struct trace_writer *w;
    struct blocks_map live;
    struct blocks_map moving; /* inside a realloc, by its key */
    struct blocks_tally tally;
    uint64_t ids; /* given out so far */
    bool out_of_memory;
};

/*
 * blocks_alloc - malloc, calloc or memalign gave the block at that address, or
 *     0.  arg is the count of calloc, the alignment of memalign: of what is no
 *     power of two libc takes the next.
 */
void blocks_alloc(struct blocks *b, enum trace_kind kind, uint64_t address,
                  uint64_t arg, uint64_t size);

/* blocks_free - the block at that address, or NULL, is given back. */
void blocks_free(struct blocks *b, uint64_t address);

/*
 * blocks_realloc_begin, _end - a realloc of the block at that address other
 *     than NULL begins, and ends with the block at `address`, or 0.  In
 *     between other threads may do what they like; key, not 0, tells which end
 *     belongs to which begin.  _begin: whether the block is known, so that
 *     blocks_finish counts a realloc without an end.
 */
bool blocks_realloc_begin(struct blocks *b, uint64_t key, uint64_t address);
void blocks_realloc_end(struct blocks *b, uint64_t key, uint64_t old_address,
                        uint64_t address, uint64_t size);

/* blocks_realloc - both at once, for who sees only its end; old may be 0. */
void blocks_realloc(struct blocks *b, uint64_t old_address, uint64_t address,
                    uint64_t size);

/*
 * blocks_finish - there is no more: reallocs without an end are unfinished.
 *     Gives back the maps, not the writer.  False when memory ran out.
 */
bool blocks_finish(struct blocks *b);

/*
 * blocks_print_summary - "NAME: N events, N requests kept, N dropped (why),
 *     N ids, peak payload N bytes": one line, its end left out, to stderr.
 */
void blocks_print_summary(const char *name, const struct blocks_tally *tally,
                          const struct trace_written *written);

#endif
