/*
 * resident.h - memory of an allocator that takes it from the kernel itself
 */
#ifndef RESIDENT_H
#define RESIDENT_H

#include <stdbool.h>

#include "driver/lane.h"

/*
 * resident_measure - charge the task's result with what the resident set of a
 *     process of its own grows by; not known where the kernel does not tell.  A
 *     pass that fails is a fault of the result.  False when there can be no
 *     result.
 */
bool resident_measure(struct task *task);

#endif
