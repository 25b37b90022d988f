/*
 * replay_present.h - memory that is made present before it is measured
 *
 * In the child: what a pass would touch for the first time is touched, so that
 * neither its time nor its memory is the kernel's doing.
 */
#ifndef REPLAY_PRESENT_H
#define REPLAY_PRESENT_H

#include <stdbool.h>
#include <stdint.h>

#include "driver/replay.h"

/* present_bytes - have the page of every byte present, without a change. */
void present_bytes(void *p, uint64_t bytes);

/* present_tables - the requests, and what the pass writes of them. */
void present_tables(const struct replay *r);

/* present_stack - 64 KiB of stack. */
void present_stack(void);

/* present_objects - code and constants of all that is loaded; and variables,
 *     whose pages else come to be when the first of them is written. */
void present_objects(bool variables);

#endif
