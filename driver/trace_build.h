/*
 * trace_build.h - from requests to answers, one request at a time
 */
#ifndef TRACE_BUILD_H
#define TRACE_BUILD_H

#include "driver/trace_ids.h"
#include "driver/trace_model.h"
#include "driver/trace_parse.h"
#include "driver/trace_remarks.h"

/* Changes of what is live wait for so many requests, so that the sizes they
 * look up have come into the cache meanwhile: 20 million requests with 50,000
 * live blocks are read in 0.9 s instead of 1.6. */
#define TRACE_WAITING 16

/* The first case of a kind, and how many there were. */
struct trace_note {
    char *fact;
    const char *mend; /* what is made of it */
    size_t line;
    size_t times;
};

struct trace_build {
    struct trace *trace;
    bool strict;
    const struct trace_listener
        *listener; /* NULL: the first of a kind will do */
    char **error;
    size_t line;          /* of the request to be added */
    size_t announced;     /* requests that count; SIZE_MAX: all */
    uint64_t last_size;   /* of the last a or r */
    struct trace_ids ids; /* id -> the last op that named it, its answer */
    struct trace_live live;
    uint64_t waiting[TRACE_WAITING]; /* changes of live, not yet made */
    size_t changes;
    struct trace_note notes[TRACE_UNTIDY_KINDS];
    size_t op_room, extra_room, jump_room, wide_room;
    uint32_t extra_seen[64]; /* by hash, 1 + where a number stands in extras */
};

/* trace_build_add - append a request.  False on error, with *error set. */
bool trace_build_add(struct trace_build *b, const struct trace_request *r);

/*
 * trace_build_note - an untidy thing on a line: told to the listener; without
 *     one, with strict the error, else kept if it is the first of its kind,
 *     and counted.  mend: what is made of it; the rest: what it is, as for
 *     printf.
 */
__attribute__((format(printf, 5, 6))) bool
trace_build_note(struct trace_build *b, enum trace_untidy kind, size_t line,
                 const char *mend, const char *format, ...);

/* trace_build_settle - all requests were added: compute the peaks. */
void trace_build_settle(struct trace_build *b);

/* trace_build_finish - complete the trace: counts, warnings, arrays no larger
 *     than need be.  After trace_build_settle. */
bool trace_build_finish(struct trace_build *b);

/* trace_build_free - free all but the trace. */
void trace_build_free(struct trace_build *b);

#endif
