/*
 * jobs.h - the traces that the command names, and what is to be done with each
 */
#ifndef JOBS_H
#define JOBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "driver/options.h"
#include "driver/trace.h"

struct job {
    struct trace trace;
    bool check_only;
    uint64_t bound_bytes; /* 0: not asked for */
};

/* What takes, and frees, the message of a trace that cannot be read; NULL:
 * there is no memory, or the user interrupts. */
typedef void jobs_complain(void *context, char *error);

/* jobs_read - read all that the options name that can be read, and tell
 *     warnings.  jobs_release gives them back. */
void jobs_read(struct job **jobs, size_t *count, const struct options *options,
               jobs_complain *complain, void *context);
void jobs_release(struct job *jobs, size_t count);

/* jobs_memaligns - how many memalign requests they hold. */
size_t jobs_memaligns(const struct job *jobs, size_t count);

#endif
