/*
 * shadow.h - what the driver believes about the heap
 *
 * The live blocks by address.  Two bits per granule say whether a payload
 * starts there and whether one ends there; words of such bits are summed up 64
 * to 1, level upon level, until one word is left.  The marks next to an
 * address are found by going up and down that tree, at most seven levels for a
 * terabyte, however many blocks live; and they say all: behind an end is free
 * space, behind a start is a block.  Nothing is ever marked along the length
 * of a block, so a block of 2^39 bytes costs what one of 16 costs.
 */
#ifndef SHADOW_H
#define SHADOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "driver/result.h"

struct shadow_block {
    uint64_t size;   /* bytes of payload */
    uint32_t origin; /* the answer as which it was born; realloc keeps it */
    uint32_t op;     /* number of the request that made it */
};

struct shadow;

/*
 * shadow_create - no block lives.  Addresses are in [lo, lo + limit), limit 0:
 *     anywhere, and then neither bounds nor overlap are checked.  align: what
 *     payloads must be aligned to, a power of two, 8 or more.  addresses: the
 *     table of answers, indexed by answer, up to `answers`; it is read, never
 *     written.  NULL, with errno set, without memory.
 */
struct shadow *shadow_create(uintptr_t lo, size_t limit, size_t align,
                             void *const *addresses, uint32_t answers);
void shadow_destroy(struct shadow *s);

/* shadow_clear - no block lives any more. */
void shadow_clear(struct shadow *s);

/*
 * shadow_place - the block `answer` begins to live at its address, with
 *     b.size bytes, in a heap of heap_size bytes.  align: for memalign, else
 *     0.  Returns FAULT_NONE, FAULT_MISALIGNED, FAULT_OUTSIDE_HEAP or
 *     FAULT_OVERLAP; *other is then the answer overlapped.  A payload of 0
 *     bytes takes up the byte at its address.
 */
enum fault_kind shadow_place(struct shadow *s, uint32_t answer,
                             struct shadow_block b, uint64_t align,
                             size_t heap_size, uint32_t *other);

/* shadow_remove - a live block ends. */
void shadow_remove(struct shadow *s, uint32_t answer);

/* shadow_block - what is known of an answer that was placed. */
const struct shadow_block *shadow_block(const struct shadow *s,
                                        uint32_t answer);

/*
 * shadow_next - the live block with the lowest address at or above addr, 0 if
 *     none.  shadow_prev - with the highest address at or below addr.
 *     Blocks that live anywhere (limit 0) are not found.
 */
uint32_t shadow_next(const struct shadow *s, uintptr_t addr);
uint32_t shadow_prev(const struct shadow *s, uintptr_t addr);

#endif
