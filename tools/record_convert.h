/*
 * record_convert.h - from the log of the recorder to a trace
 */
#ifndef RECORD_CONVERT_H
#define RECORD_CONVERT_H

#include <stdbool.h>

#include "tools/blocks.h"
#include "tools/record.h"

/* record_convert - tell b of the requests of a log, in order, up to its end,
 *     and finish it.  False when there is no memory. */
bool record_convert(const struct record_header *log, struct blocks *b);

#endif
