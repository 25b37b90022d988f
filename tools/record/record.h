/*
 * record.h - the log between the recorder inside a program and rep outside
 *
 * A sparse file that both map: a header page, then slots of events in the
 * order in which they happened.  The recorder takes the next slots with one
 * atomic addition, so the order is total over all threads, and what is written
 * survives whatever ends the program, or rep.
 */
#ifndef RECORD_H
#define RECORD_H

#include <stdatomic.h>
#include <stdint.h>

/* The environment tells the recorder where to log: the number of a descriptor,
 * for this program alone; or the path of a directory, in which every process
 * makes a log for each program that it executes, PID.1, PID.2, ... */
#define RECORD_VARIABLE "MDRIVER_RECORD"

/* The loader splits LD_PRELOAD at blanks and colons.  A recorder with such a
 * path is named by a descriptor, which it closes; or by this link in the
 * directory. */
#define RECORD_BY_FD "/proc/self/fd/"
#define RECORD_LINK  "record.so"

#define RECORD_MAGIC 0x32474f4c4352444dULL /* "MDRCLOG2" */

/* Slots for which a log has room: 64 GiB of address space.  The file takes
 * what is used. */
#define RECORD_SLOTS ((uint64_t)1 << 32)

/*
 * A block that is taken is logged before the call, one that is given after
 * it; otherwise another thread could be seen to get a block that is not free
 * yet.  realloc does both, so it makes two events.
 */
enum record_kind {
    RECORD_UNFINISHED, /* the program ended while it wrote this one */
    RECORD_MALLOC,
    RECORD_FREE,
    RECORD_CALLOC,        /* argument: the count */
    RECORD_MEMALIGN,      /* argument: the alignment */
    RECORD_REALLOC_BEGIN, /* address: the block taken */
    RECORD_REALLOC_END,   /* address: the block given; argument: the slot of
                           * its begin */
    RECORD_ARGUMENT,      /* the second slot of an event that has one, written
                           * before the first: size is the argument */
};

/* One slot; most events need no more. */
struct record_event {
    _Atomic uint64_t head; /* address << 3 | kind; written last */
    uint64_t size;
};

static inline uint64_t record_head(enum record_kind kind, uint64_t address)
{
    return address << 3 | kind;
}

/* record_address - of the block, 0 when none was given. */
static inline uint64_t record_address(uint64_t head)
{
    return head >> 3;
}

static inline enum record_kind record_kind(uint64_t head)
{
    return (enum record_kind)(head & 7);
}

struct record_header {
    uint64_t magic;
    uint64_t capacity;         /* slots for which there is room */
    _Atomic uint64_t attached; /* 1 when the recorder has found the log */
    uint64_t started;          /* CLOCK_MONOTONIC, ns */
    uint64_t pid;
    char name[16]; /* of the program, as ps has it */
    char pad[8];
    _Atomic uint64_t count; /* slots, those without room included */
    _Atomic uint64_t lost;  /* events without room */
};

#define RECORD_EVENTS_AT 4096 /* offset of the first slot in bytes */

_Static_assert(sizeof(struct record_event) == 16, "four slots a cache line");
_Static_assert(sizeof(struct record_header) == 80 &&
                   sizeof(struct record_header) <= RECORD_EVENTS_AT,
               "the count is in a cache line apart from what is only read");

#endif
