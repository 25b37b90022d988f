/*
 * roots.h - the table of live pointers, for an allocator that collects garbage
 *
 * An allocator that defines mm_roots is told where the addresses of all live
 * payloads stand; what a request frees is cleared there.  The table of answers
 * cannot serve: the audit needs it as it is, and it grows with the trace, while
 * a collection reads all of its roots.  This one has as many entries as blocks
 * are live at once; which answer uses which is laid down before the replay.
 */
#ifndef ROOTS_H
#define ROOTS_H

#include "driver/allocator.h"
#include "driver/trace.h"

struct roots {
    void **table;   /* [0] is not told: for answers that are nobody's */
    uint32_t *slot; /* in the table, of each answer */
    size_t count;   /* entries that are told */
    size_t least;   /* of them, for the blocks live at once */
    size_t room;    /* entries that may be told */
    const struct allocator_calls *calls;
};

/* roots_create - lay down who uses which entry, in the child that replays.
 *     Of calls, which may be filled in later, their mm_roots will be told.
 *     False, errno set, without memory. */
bool roots_create(struct roots *r, const struct trace *t,
                  const struct allocator_calls *calls);

/* roots_begin - clear the table, and tell the allocator of it. */
void roots_begin(struct roots *r);

/* roots_leak - keep a root for ever. */
void roots_leak(struct roots *r, void *p);

/* roots_before - a request is to be made: what it frees has no root. */
static inline void roots_before(struct roots *r, const struct trace_op *op)
{
    if (op->kind == TRACE_FREE)
        r->table[r->slot[op->ref]] = NULL;
}

/*
 * roots_after - the request was answered with p, answer of that number.  A
 * realloc that failed leaves the old block, for ever unnamed, but the program
 * has the pointer.
 */
static inline void roots_after(struct roots *r, const struct trace_op *op,
                               void *const *answers, uint32_t number, void *p)
{
    if (op->kind == TRACE_FREE)
        return;
    if (op->kind == TRACE_REALLOC) {
        if (!p && op->size && answers[op->ref])
            roots_leak(r, answers[op->ref]);
        r->table[r->slot[op->ref]] = NULL;
    }
    r->table[r->slot[number]] = p;
}

#endif
