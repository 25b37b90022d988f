/*
 * abuse_acts.h - mistakes that programs make, made on purpose
 *
 * In a child of its own: a few blocks, the mistake, and then requests as if
 * nothing had been, each held against what the program knows.
 */
#ifndef ABUSE_ACTS_H
#define ABUSE_ACTS_H

#include <stdint.h>

#include "driver/allocator.h"

enum abuse_phase {
    ABUSE_BEFORE, /* loading, mm_init, the first blocks */
    ABUSE_ACT,    /* the call that is the mistake, or brings it to light */
    ABUSE_AFTER,
    ABUSE_DONE,
};

enum abuse_damage {
    ABUSE_SOUND,
    ABUSE_NULL,    /* a later request was not served */
    ABUSE_ANSWER,  /* it was misaligned or outside the heap */
    ABUSE_OVERLAP, /* a block that is in use was handed out */
    ABUSE_PAYLOAD, /* a payload was overwritten */
    ABUSE_OUTSIDE, /* memory was that is not the allocator's */
    ABUSE_CHECKER, /* mm_checkheap says that the heap is broken */
    ABUSE_DAMAGES,
};

/* What the child tells; any bytes may stand here. */
struct abuse_log {
    uint32_t phase, damage;
    uint8_t changed; /* the call changed the heap */
    uint8_t printed; /* and printed something */
};

struct abuse_act {
    const char *name;
    const char *what;
};

extern const struct abuse_act abuse_acts[];
extern const size_t abuse_act_count;

struct abuse_job {
    const struct allocator *allocator;
    size_t act;            /* abuse_act_count: none, to see that all is well */
    size_t size;           /* bytes of the blocks */
    struct abuse_log *log; /* shared */
};

/* abuse_body - a body for isolate_start; arg is a struct abuse_job.  One step.
 */
void abuse_body(void *arg);

#endif
