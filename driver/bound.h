/*
 * bound.h - how small the heap of a trace could have been
 */
#ifndef BOUND_H
#define BOUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "driver/trace.h"

/*
 * A block in a placement: it has the bytes from address on, from request born
 * on until request died (as in trace_life).  Blocks of payload 0 take no place
 * (malloc(0) may be NULL) and are not among them.
 */
struct bound_block {
    uint64_t address, size; /* of size, the payload rounded up to 16 */
    uint32_t born, died;
};

/* Bytes; UINT64_MAX stands for that and more. */
struct bound {
    uint64_t peak_payload; /* what lives at once at most */
    uint64_t rounded;      /* the same of payloads rounded up to 16: no heap of
                            * aligned blocks is smaller */
    uint64_t headed;       /* of blocks with a header of 8 bytes, rounded up to
                            * 16, 32 at least */
    uint64_t placed;       /* the smallest heap found that holds the rounded
                            * blocks, whoever knows the future; 0: none was */
    size_t tries;          /* placements that were tried */
    struct bound_block *blocks; /* the placement of this size, by birth */
    size_t block_count;
};

/* Tries for BOUND_TRIES_AUTO: as many as make the work the same for small
 * traces and large ones, so at least one. */
#define BOUND_TRIES_AUTO 0

/*
 * bound_find - the bounds of a trace, and the best placement of so many tries,
 *     of which the first that reaches the bound is the last; for bound_release.
 *     The same trace and count give the same placement on every machine.  A
 *     payload that cannot be met counts 0; alignment beyond 16 is not heeded.
 *     False on error, with *b empty: *error is one line for the caller to
 *     free, or NULL without memory and after an interrupt.
 */
bool bound_find(struct bound *b, const struct trace *t, size_t tries,
                char **error);
void bound_release(struct bound *b);

/* bound_share - peak_payload over placed, U_opt; NAN where there is none. */
double bound_share(const struct bound *b);

#endif
