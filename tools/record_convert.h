/*
 * record_convert.h - from the log of the recorder to a trace
 */
#ifndef RECORD_CONVERT_H
#define RECORD_CONVERT_H

#include <stdbool.h>
#include <stdint.h>

#include "driver/trace.h"
#include "tools/record.h"

/* What became of the events of a log.  A request is one event, or two if it
 * is a realloc. */
struct record_tally {
    uint64_t events;       /* that have been logged */
    uint64_t requests;     /* written to the trace */
    uint64_t ids;          /* allocations among them */
    uint64_t peak_payload; /* bytes */
    uint64_t failed;       /* requests that libc did not meet */
    uint64_t unknown;      /* frees of blocks older than the recording */
    uint64_t adopted;      /* reallocs of such blocks, written as malloc */
    uint64_t unseen;       /* frees added for blocks given out a second time */
    uint64_t unfinished;   /* cut short by the end of the program */
    uint64_t lost;         /* for which the log had no room */
    uint64_t null_frees;   /* free(NULL) left out of a classic trace */
};

/*
 * record_convert - write the requests of a log, in order, to w.  An id is the
 *     life of one block, through its reallocs; ids count from 0.  classic
 *     leaves no request that the oldest drivers do not know: calloc and
 *     memalign become malloc, realloc to 0 free, sizes of 0 become 1, and
 *     free(NULL) is left out.  False when there is no memory.
 */
bool record_convert(const struct record_header *log, struct trace_writer *w,
                    bool classic, struct record_tally *tally);

#endif
