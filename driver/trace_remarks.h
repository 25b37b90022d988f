/*
 * trace_remarks.h - all that is to be said of a trace's file, line by line
 */
#ifndef TRACE_REMARKS_H
#define TRACE_REMARKS_H

#include "driver/trace.h"

enum trace_untidy {
    /* What the old drivers read in silence: trace_read warns of it. */
    TRACE_NO_SIZE,
    TRACE_LIVE_ID,
    TRACE_DEAD_FREE,
    TRACE_DEAD_REALLOC,
    TRACE_BEYOND,
    TRACE_SHORT_HEADER,
    TRACE_WRONG_IDS,
    TRACE_WRONG_OPS,
    /* What trace_read gives up at. */
    TRACE_UNREADABLE,
    TRACE_NO_WEIGHT,
    TRACE_NO_REQUEST,
    /* What it says nothing of. */
    TRACE_FEW_IDS,
    TRACE_WRONG_PEAK,
    TRACE_OLD_FLAG,
    TRACE_COMMENT,
    TRACE_BLANK,
    TRACE_CRLF,
    TRACE_UNTIDY_KINDS
};

struct trace_remark {
    enum trace_untidy kind;
    size_t line;
    const char *fact; /* what is on the line */
    const char *mend; /* what is made of it */
};

/* Who is told; a remark is gone when tell returns. */
struct trace_listener {
    void (*tell)(void *context, const struct trace_remark *remark);
    void *context;
};

/*
 * trace_study - trace_read for somebody who is told everything, not only the
 *     first of a kind: in order of the lines, but for the header, which comes
 *     last.  Lines that cannot be read are ignored.  False on error, with
 *     *error set as by trace_read, or NULL after TRACE_NO_REQUEST; *t is then
 *     empty.  No warnings are kept in *t.
 */
bool trace_study(struct trace *t, const char *path,
                 const struct trace_listener *listener, char **error);

#endif
