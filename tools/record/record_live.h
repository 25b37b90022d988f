/*
 * record_live.h - the log as it grows, inside the program
 *
 * Part of the shared object that is loaded into programs: no stdio, no
 * allocation, no lock.
 */
#ifndef RECORD_LIVE_H
#define RECORD_LIVE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tools/record/record.h"

/* The recording of this process.  It lies in a page that the kernel wipes in
 * a forked child. */
struct record_live {
    struct record_header *_Atomic log; /* NULL: not recording, or not yet */
    struct record_event *events;
    _Atomic uint64_t capacity;
    _Atomic uint64_t ready; /* slots whose pages are there */
    _Atomic int starter;    /* the thread that opens the log */
    atomic_bool silent;     /* there is none to be had */
};

extern struct record_live *record_live;

/* Pages of the log are made ready ahead, 256 KiB at a time: faulting them in
 * one by one cost cc1 24% of its time, this costs it a few.  At first it is 16
 * KiB at a time, as most children make few requests. */
#define RECORD_BATCH_FIRST 1024 /* slots */
#define RECORD_BATCH       16384

/*
 * record_attach - find out from the environment where to log; once, and as
 *     soon as there is an environment.
 */
void record_attach(void);

/* record_start - begin the log of this process, if it is to have one.  NULL if
 *     not. */
struct record_live *record_start(void);

/* record_populate - slot, a multiple of the first batch, is reached: make the
 *     pages of the batch after it ready. */
void record_populate(struct record_live *live, uint64_t slot);

/* record_reach - whether the first `end` slots are there to be written; makes
 *     ready what a thread that was to do so has not got round to. */
bool record_reach(struct record_live *live, uint64_t end);

/* record_take - room for an event of n slots.  The first, or NULL. */
static inline struct record_event *record_take(unsigned n, uint64_t *slot)
{
    struct record_live *live = record_live;
    struct record_header *log =
        atomic_load_explicit(&live->log, memory_order_acquire);
    if (__builtin_expect(!log, 0)) {
        *slot = 0;
        live = record_start();
        if (!live)
            return NULL;
        log = live->log;
    }
    *slot = atomic_fetch_add_explicit(&log->count, n, memory_order_relaxed);
    uint64_t end = *slot + n;
    if (__builtin_expect(end > live->ready, 0) && !record_reach(live, end)) {
        log->lost++;
        return NULL;
    }
    if (__builtin_expect(end % RECORD_BATCH_FIRST < n, 0))
        record_populate(live, end - end % RECORD_BATCH_FIRST);
    return &live->events[*slot];
}

static inline void record_put(struct record_event *event, enum record_kind kind,
                              const void *address, uint64_t size)
{
    event->size = size;
    atomic_store_explicit(&event->head, record_head(kind, (uintptr_t)address),
                          memory_order_release);
}

/* record_note - log an event.  Returns its slot. */
static inline uint64_t record_note(enum record_kind kind, const void *address,
                                   uint64_t size)
{
    uint64_t slot;
    struct record_event *event = record_take(1, &slot);
    if (event)
        record_put(event, kind, address, size);
    return slot;
}

/* record_note_with - the same for an event that has an argument. */
static inline void record_note_with(enum record_kind kind, const void *address,
                                    uint64_t size, uint64_t argument)
{
    uint64_t slot;
    struct record_event *event = record_take(2, &slot);
    if (!event)
        return;
    record_put(event + 1, RECORD_ARGUMENT, NULL, argument);
    record_put(event, kind, address, size);
}

#endif
