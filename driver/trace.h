/*
 * trace.h - the one model of a request trace
 *
 * A trace is read into single-assignment form.  Every request that returns a
 * block makes a new *answer*, numbered 1, 2, 3 ... in order of the requests;
 * a request that takes a block names the answer it takes.  Answer 0 is NULL.
 * So liveness needs no model of its own: an answer is born where it is made
 * and dies where it is taken; a replay stores answer after answer into a table
 * and looks the others up; and when it is over, the table is the complete
 * record of what the allocator did.
 */
#ifndef TRACE_H
#define TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum trace_kind {
    TRACE_MALLOC,
    TRACE_FREE,
    TRACE_REALLOC,
    TRACE_CALLOC,
    TRACE_MEMALIGN,
    TRACE_KINDS
};

/* One request, 16 bytes. */
struct trace_op {
    uint64_t size; /* bytes asked for; of calloc, of one member */
    uint32_t ref;  /* free, realloc: the answer taken; else the id, if narrow */
    uint32_t kind : 3;
    uint32_t extra : 29; /* calloc: where its count, memalign: its alignment,
                          * stands in trace.extras */
};

enum trace_dialect {
    TRACE_CLASSIC, /* heap size | ids | ops | weight */
    TRACE_MODERN,  /* weight | ids | ops | peak payload */
};

struct trace_jump;    /* where lines and ops stop running in step */
struct trace_wide_id; /* an id that does not fit into trace_op.ref */

struct trace {
    char *path; /* as given; "-" is "<stdin>" */
    char *name; /* the last component without .rep and compression */
    struct trace_op *ops;
    size_t op_count;
    uint32_t answer_count; /* answers are 1 .. answer_count */
    size_t id_count;       /* distinct ids */
    uint64_t *extras;
    size_t extra_count;
    enum trace_dialect dialect;
    int weight;            /* 0 .. 3, see trace_scores_* */
    uint64_t peak_payload; /* bytes, if every request that can is met */
    size_t peak_live;      /* most blocks live at once */
    char **warnings;       /* "file:line: ...", one per kind */
    size_t warning_count;
    struct trace_jump *jumps;
    size_t jump_count;
    struct trace_wide_id *wide_ids;
    size_t wide_id_count;
};

/* Requests above this many bytes fit into no address space; NULL is the right
 * answer and their payload counts as 0. */
#define TRACE_SIZE_MAX ((uint64_t)1 << 47)

/* trace_op_name - "malloc", "free", "realloc", "calloc", "memalign". */
const char *trace_op_name(enum trace_kind kind);

/*
 * trace_read - read the trace in path, "-" for standard input, plain or
 *     compressed (.gz, .xz, .zst, through the system's decompressor).  What
 *     the old drivers would have read in silence is mended and told in
 *     warnings; with strict it is an error.  False on error: *error is then
 *     one line "file:line: expected ..., found ..." for the caller to free,
 *     and *t is empty.  Takes one pass and at most 24 bytes an op at its
 *     peak, 16 when done; where ids lie above the number of requests, up to 32
 *     more for each of those ids, and 16 for an id beyond 32 bits.
 */
bool trace_read(struct trace *t, const char *path, bool strict, char **error);

/* trace_read_text - read the trace in a string, whose last line ends, and which
 *     may do without a header; label names it. */
bool trace_read_text(struct trace *t, const char *label, const char *text,
                     char **error);

/* trace_free - give back all that trace_read took. */
void trace_free(struct trace *t);

/*
 * trace_list - the traces of a directory, sorted by name, as paths that start
 *     with dir: files named *.rep, *.rep.gz, *.rep.xz, *.rep.zst, those whose
 *     name begins with a dot left out.  Returns an array that ends with NULL;
 *     the caller frees each path and the array.  NULL on error, with *error
 *     set; no trace at all is an error.
 */
char **trace_list(const char *dir, char **error);

/* trace_makes_answer - whether op returns a block. */
static inline bool trace_makes_answer(const struct trace_op *op)
{
    return op->kind != TRACE_FREE;
}

/*
 * trace_payload - bytes of payload that op asks for; UINT64_MAX when calloc's
 *     product overflows; 0 for free.
 */
uint64_t trace_payload(const struct trace *t, const struct trace_op *op);

/* trace_line - the line of the file on which op number i (from 0) stands. */
size_t trace_line(const struct trace *t, size_t i);

/* trace_id - the id that op number i names in the file; false if it names
 *     none (f -1).  Linear: for messages. */
bool trace_id(const struct trace *t, size_t i, uint64_t *id);

/*
 * The life of an answer: its block has `size` bytes from request `born` on
 * until request `died`, which takes it; trace.op_count if none does.  Where a
 * realloc takes one answer and makes another, the one dies where the other is
 * born.  An answer that is NULL (a request that cannot be met, a realloc to 0)
 * dies where it is born; what such a request would have taken lives on.
 */
struct trace_life {
    uint64_t size;
    uint32_t born, died;
};

/* trace_lives - the lives of answers 1 to answer_count, [0] unused, for the
 *     caller to free; NULL, with errno set, without memory. */
struct trace_life *trace_lives(const struct trace *t);

/* trace_scores_util, trace_scores_speed - what the weight lets count. */
static inline bool trace_scores_util(const struct trace *t)
{
    return t->weight == 1 || t->weight == 2;
}

static inline bool trace_scores_speed(const struct trace *t)
{
    return t->weight == 1 || t->weight == 3;
}

/*
 * A trace_writer writes one trace file: requests as they come, the header when
 * all are known.  Nothing appears under the file's name before
 * trace_writer_close has succeeded.  path "-" is standard output.
 */
struct trace_writer;

/* How a trace is to be written. */
struct trace_form {
    enum trace_dialect dialect; /* of the header */
    int weight;
    bool plain; /* no request that the oldest drivers do not know: calloc,
                 * memalign and realloc(NULL) become malloc, realloc to 0 free,
                 * sizes of 0 become 1, and free(NULL) is left out */
};

struct trace_writer *trace_writer_open(const char *path, struct trace_form form,
                                       char **error);

/*
 * trace_put - append a request.  arg is the count of calloc, the alignment of
 *     memalign, else ignored; size is ignored for free.  A realloc of an id
 *     never used before is realloc(NULL, size).  An allocation of a live id, a
 *     free of one that is not live and a realloc of a freed one are the
 *     caller's bugs and are caught by an assertion.
 */
void trace_put(struct trace_writer *w, enum trace_kind kind, uint64_t id,
               uint64_t arg, uint64_t size);

/* trace_put_free_null - append f -1. */
void trace_put_free_null(struct trace_writer *w);

/* trace_writer_state - what the requests put so far make of an id. */
enum trace_id_state { TRACE_ID_UNUSED, TRACE_ID_FREE, TRACE_ID_LIVE };
enum trace_id_state trace_writer_state(const struct trace_writer *w,
                                       uint64_t id);

/* trace_written - what was written so far. */
struct trace_written {
    size_t requests;
    size_t left_out;       /* free(NULL), where the form is plain */
    size_t ids;            /* distinct */
    uint64_t peak_payload; /* bytes */
};
struct trace_written trace_written(const struct trace_writer *w);

/*
 * trace_writer_close - write the header and give the file its name.  False on
 *     error, with *error set and no file left behind.  Frees w.
 */
bool trace_writer_close(struct trace_writer *w, char **error);

/* trace_writer_abandon - leave nothing behind.  Frees w. */
void trace_writer_abandon(struct trace_writer *w);

#endif
