/*
 * examine.h - examinations: what is found out about allocators besides how
 * they do on traces
 */
#ifndef EXAMINE_H
#define EXAMINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "driver/allocator.h"
#include "driver/run.h"
#include "driver/trace.h"

struct examine {
    FILE *out;
    const struct run_options *run;
    const struct allocator *const *allocators;
    size_t count;
    const struct trace *const *traces; /* that the user named */
    size_t trace_count;
    bool verbose, color;
    bool failed; /* an allocator did not pass; stays set */
    char *error; /* why it could not go on, for the caller to free; NULL
                  * without memory, or where there is nothing to tell */
};

/*
 * An examination prints a report on all allocators.  False when it could not
 *     go on: e->error tells why, and after an interrupt where it stood.
 */
typedef bool examination(struct examine *e);

/* examine_conform - some forty questions of the contract of mm.h, each a tiny
 *     trace.  examine_oom - mem_sbrk fails at each of its calls in turn.
 *     examine_abuse - what becomes of the mistakes that programs make. */
examination examine_conform, examine_oom, examine_abuse;

/* examine_grade_checker - how much of the damage to a heap mm_checkheap
 *     sees. */
examination examine_grade_checker;

/* examine_break - run under a debugger, and stop there where run->break_at
 *     says. */
examination examine_break;

/* examine_text - write *text by a function, for the caller to free; NULL
 *     without memory. */
char *examine_text(void (*write)(FILE *out));

/* examine_flush - have all that is told seen.  False when it cannot be written,
 *     so that nobody would see the rest: e->error tells why. */
bool examine_flush(struct examine *e);

/* examine_tell - the explanation of a failure with the place in the trace told
 *     as a line, as far as the end of its first line; with verbose all of it,
 *     indented. */
void examine_tell(const struct examine *e, const struct result *r);

#endif
