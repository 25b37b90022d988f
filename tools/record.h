/*
 * record.h - the log between the recorder inside a program and rep outside
 *
 * A sparse file that both map: a header page, then events in the order in
 * which they happened.  The recorder takes the next place with one atomic
 * addition, so the order is total over all threads, and what is written
 * survives whatever ends the program.
 */
#ifndef RECORD_H
#define RECORD_H

#include <stdatomic.h>
#include <stdint.h>

/* The environment tells the recorder the descriptor of the log. */
#define RECORD_FD_VARIABLE "MDRIVER_RECORD_FD"

/* The loader splits LD_PRELOAD at blanks and colons.  A recorder with such a
 * path is named by a descriptor, which it closes. */
#define RECORD_BY_FD "/proc/self/fd/"

#define RECORD_MAGIC 0x31474f4c4352444dULL /* "MDRCLOG1" */

/*
 * A block that is taken is logged before the call, one that is given after
 * it; otherwise another thread could be seen to get a block that is not free
 * yet.  realloc does both, so it makes two events.
 */
enum record_kind {
    RECORD_UNFINISHED, /* the program ended while it wrote this one */
    RECORD_MALLOC,
    RECORD_FREE,
    RECORD_CALLOC,        /* arg: the count */
    RECORD_MEMALIGN,      /* arg: the alignment */
    RECORD_REALLOC_BEGIN, /* address: the block taken */
    RECORD_REALLOC_END,   /* address: the block given; arg: the number of its
                           * begin */
};

struct record_event {
    _Atomic uint64_t kind; /* written last */
    uint64_t address;      /* of the block, 0 when none was given */
    uint64_t arg;
    uint64_t size;
};

struct record_header {
    uint64_t magic;
    uint64_t capacity;         /* events for which there is room */
    _Atomic uint64_t attached; /* 1 when the recorder has found the log */
    char pad[40];
    _Atomic uint64_t count; /* events, those without room included */
};

#define RECORD_EVENTS_AT 4096 /* offset of the first event in bytes */

_Static_assert(sizeof(struct record_event) == 32, "two events a cache line");
_Static_assert(sizeof(struct record_header) <= RECORD_EVENTS_AT,
               "the header fits before the events");

#endif
