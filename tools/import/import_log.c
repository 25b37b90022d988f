/*
 * import_log.c - the log that rep record keeps
 *
 * It is mapped as it is, holes and all.  What its header says of its length is
 * believed as far as the file goes.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "driver/trace_model.h"
#include "tools/import/import.h"
#include "tools/record/record_convert.h"

bool import_log_magic(const char *bytes)
{
    static const uint64_t magic = RECORD_MAGIC;
    return memcmp(bytes, &magic, sizeof magic) == 0;
}

bool import_log_found(int fd)
{
    char bytes[sizeof(uint64_t)];
    return pread(fd, bytes, sizeof bytes, 0) == sizeof bytes &&
           import_log_magic(bytes);
}

/* length - of the file; 0 and an error if no header fits into it. */
static size_t length(struct import *in, int fd)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        trace_fail(&in->error, "%s: %s", in->name, strerror(errno));
    else if (st.st_size >= RECORD_EVENTS_AT)
        return (size_t)st.st_size;
    else
        trace_fail(&in->error,
                   "%s: expected a log of at least %d bytes, found %lld",
                   in->name, RECORD_EVENTS_AT, (long long)st.st_size);
    return 0;
}

bool import_log(struct import *in, int fd)
{
    size_t bytes = length(in, fd);
    if (!bytes)
        return false;
    void *map = record_map(fd, bytes);
    if (!map)
        return trace_fail(&in->error, "%s: cannot map: %s", in->name,
                          strerror(errno));
    const struct record_header *log = map;
    uint64_t room = (bytes - RECORD_EVENTS_AT) / sizeof(struct record_event);
    bool good = record_convert(log, room < log->capacity ? room : log->capacity,
                               &in->blocks);
    munmap(map, bytes);
    return good || trace_fail(&in->error, "%s: %s", in->name, strerror(ENOMEM));
}
