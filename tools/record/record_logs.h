/*
 * record_logs.h - where the recorders inside the programs write their logs
 */
#ifndef RECORD_LOGS_H
#define RECORD_LOGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tools/record/record.h"

/* All zero but the first two at first. */
struct record_logs {
    const char *keep; /* the path of what stays; NULL: nothing does */
    bool every;       /* a directory of logs, not the log of one program */
    int fd;           /* of the one log */
    char *directory;  /* absolute; NULL: there is none */
};

/* One log, mapped. */
struct record_log {
    struct record_header *header; /* the log; its header is a copy */
    uint64_t room;                /* slots that are there */
    unsigned pid, image;          /* which program of that process, from 1 */
    bool last;                    /* of that process */
    bool running;
};

/* record_logs_open - make the place.  False when that fails, which was told. */
bool record_logs_open(struct record_logs *logs);

/*
 * record_logs_take - map what was logged so far, in order of beginning.  Logs
 *     that nobody began are left out.  The number; -1 when that fails, which
 *     was told.  The caller frees *taken.
 */
int record_logs_take(struct record_logs *logs, struct record_log **taken);

/* record_log_release - unmap it. */
void record_log_release(struct record_log *log);

/* record_logs_close - leave nothing in the file system but what is to be kept,
 *     if it was good for something. */
void record_logs_close(struct record_logs *logs, bool good);

#endif
