/*
 * portrait.h - the data that pictures show of one allocator on one trace
 *
 * Listens to the audit, and so rests on what the parent knows: the answers,
 * and the heap's size.  What was asked for (struct run_options, data) is
 * written into files of plot_dir; portrait_parts.h has the painters, one for
 * each kind of data.
 */
#ifndef PORTRAIT_H
#define PORTRAIT_H

#include <stdbool.h>
#include <stdio.h>

#include "driver/replay.h"
#include "driver/result.h"
#include "driver/run_options.h"

struct portrait;

/*
 * portrait_open - begin what o asks for of the pass that `left` is left of.
 *     False on error, with *error one line for the caller to free, or NULL
 *     without memory; *p is NULL where nothing is asked for.
 */
bool portrait_open(struct portrait **p, const struct run_options *o,
                   const struct replay *left, char **error);

/* portrait_add - a replay_visit; context is a struct portrait. */
void portrait_add(void *context, const struct replay_moment *m);

/*
 * portrait_close - write the files, whole or not at all, and name them in
 *     result, which gets the map in characters too; with NULL for that leave
 *     none.  False on error, with *error set, or NULL without memory.
 */
bool portrait_close(struct portrait *p, struct result *result, char **error);

/*
 * portrait_save - a file KIND-TRACE-ALLOCATOR.dat of dir, whole or not at all,
 *     that write fills.  Its name in dir, for the caller to free; NULL on
 *     error, with *error set, or NULL without memory.
 */
typedef void portrait_writer(void *context, FILE *out);
char *portrait_save(const char *dir, const char *kind, const char *trace,
                    const char *allocator, portrait_writer *write,
                    void *context, char **error);

#endif
