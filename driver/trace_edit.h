/*
 * trace_edit.h - a trace made from another, and a trace written as a whole
 */
#ifndef TRACE_EDIT_H
#define TRACE_EDIT_H

#include "driver/trace.h"

/* What of a trace goes into another one; by op number. */
struct trace_selection {
    const uint8_t *keep;   /* 0: it is left out; NULL: all are kept */
    const uint64_t *sizes; /* its trace_op.size instead; NULL: as they are */
};

/*
 * trace_select - make a trace of the selected requests of another, for
 *     trace_free.  Whatever is left out, the rest has a meaning: the free of a
 *     block that is not allocated is left out too, its realloc to more than 0
 *     becomes a malloc, and a block whose free or realloc is left out lives on
 *     as it was, also when its id is used again.  Lines, ids and path stay
 *     those of the original.  False on error, with *error set and *to empty; no
 *     request at all is one.
 */
bool trace_select(struct trace *to, const struct trace *from,
                  struct trace_selection selection, char **error);

/* How trace_put_all may differ from what was read. */
enum {
    TRACE_RENUMBER = 1, /* ids are 0, 1, 2 ... in order of appearance, none
                         * is used again; else only an id that is in use, or
                         * must be new, is changed, to one above all */
    TRACE_BALANCE = 2,  /* what is live in the end is freed, oldest first */
};

/* trace_put_all - append the requests of t to a writer nothing was put into.
 *     False, with errno set, without memory. */
bool trace_put_all(struct trace_writer *w, const struct trace *t, int flags);

/* trace_write - write t into a file of its own: a writer, trace_put_all and
 *     trace_writer_close in one.  False on error, with *error set. */
bool trace_write(const struct trace *t, const char *path,
                 struct trace_form form, int flags, char **error);

#endif
