/*
 * curve.h - per-request data for plots
 */
#ifndef CURVE_H
#define CURVE_H

#include <stdbool.h>
#include <stdint.h>

#include "driver/replay.h"

struct curve;

/*
 * curve_open - begin the file DIR/ALLOCATOR-TRACE.dat, making DIR if need be;
 *     DIR/ALLOCATOR-TRACE.2.dat if this process has begun that one before, .3
 *     and so on.  NULL on error, with *error one line for the caller to free.
 */
struct curve *curve_open(const char *dir, const char *allocator,
                         const char *trace, uint64_t static_bytes,
                         char **error);

/* curve_add - a replay_visit; context is a struct curve. */
void curve_add(void *context, const struct replay_moment *m);

/* curve_close - finish the file, or with keep false leave none; nothing stands
 *     under its name before.  False on error, with *error set. */
bool curve_close(struct curve *c, bool keep, char **error);

#endif
