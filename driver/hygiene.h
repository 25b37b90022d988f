/*
 * hygiene.h - whether an allocator depends on what it never wrote
 *
 * More check passes, which differ in nothing but what fresh heap memory and
 * freed payloads hold: zeros, a pattern that is another one in every run of the
 * driver, and its complement.  Where their answers part, and passes that differ
 * in nothing at all do not, the allocator read what it had not written.
 * A last pass has the heap begin so that its end, when it is largest, is the
 * end of a page: who accesses the bytes beyond it crashes.
 */
#ifndef HYGIENE_H
#define HYGIENE_H

#include <stdbool.h>

#include "driver/lane.h"

/*
 * hygiene_examine - where the task's options ask for it, of an allocator on the
 *     simulated heap, whose check pass went well.  What is found goes into the
 *     task's result.  False when there can be no result.
 */
bool hygiene_examine(struct task *task);

#endif
