/*
 * result.h - what one allocator did on one trace
 *
 * The row of numbers that run.c fills, grade.c weighs and report.c prints.
 * A figure that is not known is NAN; a set is one allocator's results.
 */
#ifndef RESULT_H
#define RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "driver/stats.h"
#include "driver/trace.h"

enum fault_kind {
    FAULT_NONE,
    FAULT_INIT,
    FAULT_MISALIGNED,
    FAULT_OUTSIDE_HEAP,
    FAULT_OVERLAP,
    FAULT_PAYLOAD,
    FAULT_NOT_ZEROED,
    FAULT_NULL,
    FAULT_CHECKHEAP,
    FAULT_CRASH,
    FAULT_TIMEOUT,
    FAULT_EXIT,
    FAULT_KILLED,
    FAULT_OOM,
    FAULT_HYGIENE,
    FAULT_KINDS
};

/* fault_name - "init", "misaligned", ...; the names of the JSON. */
const char *fault_name(enum fault_kind kind);

/* Files of data for pictures, see portrait.h. */
enum result_data {
    DATA_CURVE,
    DATA_FRAGMENTATION,
    DATA_HEAPMAP,
    DATA_LATENCY,
    DATA_KINDS
};

struct result {
    const struct trace *trace;
    enum fault_kind fault; /* FAULT_NONE: valid */
    size_t fault_op;       /* op number from 0 */
    size_t fault_line;     /* line of the trace */
    bool fault_later;      /* in a later pass: the check pass went well */
    char *message;         /* NULL when valid; several lines, no last newline;
                            * the first begins "file:line: " */
    char *output;          /* what the run printed, capped; NULL for nothing */

    uint64_t peak_payload;  /* bytes */
    uint64_t heap_bytes;    /* taken with mem_sbrk, or resident */
    bool resident;          /* it is by how much the resident set grew */
    bool compared;          /* runs that differ in hygiene alone were */
    size_t parted_line;     /* of the trace, where runs that differ in nothing
                             * parted; 0: they did not */
    size_t sbrk_failures;   /* calls of mem_sbrk that were made to fail */
    uint64_t static_bytes;  /* the allocator's writable static data */
    uint64_t private_bytes; /* memory it took besides: mmap, libc's malloc */
    unsigned alignment;     /* that was asked of payloads; 0: not known */
    double util;            /* peak_payload / result_memory */
    double overhead;        /* 1 / util - 1 */
    uint64_t bound_bytes;   /* the smallest heap found for the trace, see
                             * bound.h; 0: not known */

    /* Memory in use by the allocator over live payload, as Johnstone & Wilson
     * 1998 measure fragmentation; 1 is perfect. */
    double heap_over_live_mean;    /* averaged over all requests (#1) */
    double heap_over_live_at_live; /* when live payload is highest (#2) */
    double heap_over_live_at_heap; /* when the heap is largest (#3) */
    double heap_max_over_live_max; /* highest over highest (#4) */

    bool timed;                  /* the figures below are known */
    double secs;                 /* median CPU time of one replay */
    double ns_per_op;            /* secs per request */
    double kops;                 /* thousand requests per second */
    double floor_ns_per_op;      /* of the no-op allocator */
    struct stats_interval ratio; /* times as fast as libc; mid NAN: unknown */
    double instructions_per_op;
    double init_ns;     /* median CPU time of mm_init */
    double *samples_ns; /* CPU time of every timed replay */
    size_t sample_count;

    /* Of single requests, see latency.h. */
    double latency_median_ns, latency_p99_ns, latency_p999_ns, latency_worst_ns;

    char *data[DATA_KINDS]; /* names of files in the directory for pictures;
                             * NULL: there is none */
    char *map; /* the heap map in characters, lines; NULL: not asked for */
};

/* result_memory - bytes that the allocator took, wherever from. */
uint64_t result_memory(const struct result *r);

/* result_above_bound - by what part of it that exceeds bound_bytes; NAN if one
 *     of them is not known. */
double result_above_bound(const struct result *r);

struct result_set {
    const char *allocator; /* as -m named it */
    bool is_libc;
    struct result *results; /* one per trace, in order */
    size_t count;
    size_t missing; /* traces that were not run: the driver had to stop */
    bool unusable;  /* it could not be run at all: the first result tells why */
};

#endif
