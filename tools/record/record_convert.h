/*
 * record_convert.h - from the log of the recorder to a trace
 */
#ifndef RECORD_CONVERT_H
#define RECORD_CONVERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tools/blocks.h"
#include "tools/record/record.h"

/*
 * record_map - map the first bytes of a log, privately, to read and write.
 *     Where the file has holes there are zeros of our own: on a full tmpfs the
 *     first look at a hole would be a SIGBUS.  NULL with errno set.
 */
void *record_map(int fd, size_t bytes);

/*
 * record_convert - tell b of the requests of a log, in order, and finish it.
 *     room: slots that are there to be read; what is counted beyond them is
 *     lost.  False when there is no memory.
 */
bool record_convert(const struct record_header *log, uint64_t room,
                    struct blocks *b);

#endif
