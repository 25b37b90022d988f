/*
 * import.h - what rep import and its formats share
 *
 * A format reads one line after another and tells the blocks of what it
 * understands.  Every request that it finds is one event, and each event is
 * kept, or counted in the tally with the reason why it is not.
 */
#ifndef IMPORT_H
#define IMPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tools/blocks.h"

struct import {
    struct blocks blocks;
    const char *name; /* of the log, for messages */
    uint64_t line;    /* number of the line at hand, from 1 */
    uint64_t process; /* the one that was asked for; 0: none was */
    void *state;      /* the format's own, all zero at first */
    char *error;      /* set: there is no going on */
};

/* A line is the characters from `line` up to end, which is its newline. */
struct import_format {
    const char *name;
    /* whether the line can only be of this format */
    bool (*recognise)(const char *line, const char *end);
    void (*read)(struct import *in, const char *line, const char *end);
    void (*finish)(struct import *in); /* the log is over; may be NULL */
    size_t state_size;
    bool tells_processes;
    const char *help;
};

extern const struct import_format import_mtrace, import_valgrind, import_ltrace,
    import_heaptrack;

/* import_spoilt - an event that is counted turns out not to be legible. */
static inline void import_spoilt(struct import *in)
{
    struct blocks_tally *tally = &in->blocks.tally;
    if (!tally->illegible++)
        tally->illegible_line = in->line;
}

/* import_illegible - an event that is there and not legible. */
static inline void import_illegible(struct import *in)
{
    in->blocks.tally.events++;
    import_spoilt(in);
}

/* import_log_magic - whether these 8 bytes begin a log of rep record;
 *     import_log_found - whether they are the first of the open file fd. */
bool import_log_magic(const char *bytes);
bool import_log_found(int fd);

/*
 * import_log - tell in->blocks of all the log in the open file fd, and finish
 *     it.  False on error, with in->error set.
 */
bool import_log(struct import *in, int fd);

#endif
