/*
 * lint.h - what the files of rep lint share
 */
#ifndef LINT_H
#define LINT_H

#include "driver/trace_remarks.h"

/* After the kinds of trace_untidy, what is told once for the whole trace. */
enum lint_kind {
    LINT_LEFT = TRACE_UNTIDY_KINDS,
    LINT_CALLOC,
    LINT_MEMALIGN,
    LINT_FREE_NULL,
    LINT_REALLOC_NULL,
    LINT_REALLOC_0,
    LINT_SIZE_0,
    LINT_UNMET,
    LINT_SPARSE,
    LINT_KINDS
};

struct lint_finding {
    size_t line, number; /* in order of telling, where they share a line */
    int kind;
    char *text;
};

/* What was found in one file. */
struct lint {
    size_t max; /* findings of a kind that are kept */
    struct lint_finding *list;
    size_t count, room;
    size_t times[LINT_KINDS];
    bool failed; /* there was no memory for one */
};

/* lint_add - one more of a kind, on a line; the text as for printf. */
__attribute__((format(printf, 4, 5))) void
lint_add(struct lint *l, int kind, size_t line, const char *format, ...);

/* lint_notes - add what a trace that was read well has in it that other
 *     drivers may not expect. */
void lint_notes(struct lint *l, const struct trace *t);

#endif
