/*
 * replay_inspect.h - what payloads hold in a pass that looks like a timed one
 *
 * A timed pass writes nothing into payloads, so an allocator might spare
 * itself the copying of realloc and the zeros of calloc there.  An inspected
 * pass is the same loop, with the same requests, in a process of its own as
 * well; but of every payload a sum is kept of what it held when it was handed
 * out, whatever that was, and held against it until it is freed.
 */
#ifndef REPLAY_INSPECT_H
#define REPLAY_INSPECT_H

#include <stdbool.h>
#include <stddef.h>

#include "driver/replay.h"

struct inspect;

/* inspect_create - for a pass over r; it lives as long as the process.  NULL
 *     without memory. */
struct inspect *inspect_create(const struct replay *r);

/*
 * inspect_before - before request i is made: the payload that it takes holds
 *     what it held.
 * inspect_after - after it: what it answered, as entry `answer` of the table,
 *     holds what it should.
 *     False, with the fault logged, when it does not.
 */
bool inspect_before(struct inspect *s, size_t i);
bool inspect_after(struct inspect *s, size_t i, uint32_t answer);

#endif
