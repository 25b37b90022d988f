/*
 * measures.h - how well the heap was used, from the moments of an audit
 */
#ifndef MEASURES_H
#define MEASURES_H

#include <stdint.h>

#include "driver/replay.h"
#include "driver/result.h"

/* What is gathered moment by moment; all zero but static_bytes at first. */
struct measures {
    uint64_t static_bytes; /* added to the heap at every moment */
    uint64_t peak_live, heap_at_peak_live;
    size_t peak_served; /* requests until then */
    uint64_t peak_heap, live_at_peak_heap;
    double ratio_sum; /* of heap over live, where anything lives */
    uint64_t ratio_count;
};

/* measures_add - a replay_visit; context is a struct measures. */
void measures_add(void *context, const struct replay_moment *m);

/* measures_store - the figures of a result that follow from them.  heap_bytes
 *     is the size of the heap in the end; 0: not known, and so are they. */
void measures_store(const struct measures *m, uint64_t heap_bytes,
                    struct result *result);

/* measures_charge - another pass took heap_bytes, more than the result has. */
void measures_charge(struct result *result, uint64_t heap_bytes);

/* measures_charge_private - a pass took so many bytes from elsewhere. */
void measures_charge_private(struct result *result, uint64_t bytes);

#endif
