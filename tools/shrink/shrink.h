/*
 * shrink.h - what the files of rep shrink share
 *
 * shrink_settle finds out how a trace fails, shrink_ask asks whether another
 * fails alike, shrink_search looks for the smallest that does, through edits
 * (shrink_edit), and shrink.c is the command.
 */
#ifndef SHRINK_H
#define SHRINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "driver/allocator.h"
#include "driver/result.h"
#include "driver/run_options.h"
#include "driver/trace.h"

/* ---- The question ------------------------------------------------------ */

struct shrink_ask {
    const struct allocator *allocator;
    struct run_options run;
    double seconds;    /* that a pass may take; 0: chosen by its length */
    bool same_message; /* its first line must be alike, too */
    uint64_t deadline; /* on clock_wall_ns, for the search */
    /* How the trace fails, as shrink_settle found out. */
    enum fault_kind kind;
    bool timed;     /* in a timed pass alone */
    bool fickle;    /* not in every run, or not at the same request */
    bool slow;      /* a time-out, of no request in particular */
    bool unsure;    /* it passes where there was time for a run */
    char *sentence; /* with same_message: the first line, numbers left out */
    const struct trace *whole; /* that it was found out with */
    size_t served;             /* requests, before that ran out of time, */
    double served_seconds;     /* which was so much, the most it was given */
    double patience;           /* times as long as usual, what is chosen */
    double ns_per_op;          /* that runs took; 0: unknown */
    double slack;        /* a try may take so many times as much as it does */
    size_t tries;        /* runs so far */
    const char *doing;   /* progress is shown so; NULL: it is not */
    bool late;           /* the last run was cut short by the deadline */
    bool stopped;        /* no more questions: interrupted, out of time, or: */
    char *error;         /* a run that could not be made; NULL: none */
    bool without_memory; /* nor could be said why */
};

/* One that does not fail each time is asked so often. */
#define SHRINK_FICKLE_RUNS 5

/* shrink_give_up - no more, q->stopped, because of an error, which is taken;
 *     NULL: out of memory. */
void shrink_give_up(struct shrink_ask *q, char *error);

/* shrink_left - seconds until the deadline; below 0 after it. */
double shrink_left(const struct shrink_ask *q);

/*
 * shrink_run - run t, and how long it took.  False when there is no result: no
 *     more, q->stopped.
 * shrink_run_in_time - the same, but where limit goes beyond the deadline it is
 *     cut short, and when that is exceeded there is no result: q->late.
 */
bool shrink_run(struct shrink_ask *q, const struct trace *t, double limit,
                struct result *result, double *seconds);
bool shrink_run_in_time(struct shrink_ask *q, const struct trace *t,
                        double limit, struct result *result, double *seconds);

/* shrink_is_alike - whether that is the failure that is looked for.
 * shrink_sentence - the first line of a message, without its place, each number
 *     as '#'; for the caller to free. */
bool shrink_is_alike(const struct shrink_ask *q, const struct result *r);
char *shrink_sentence(const struct result *r);

enum shrink_verdict { SHRINK_PASSES, SHRINK_FAILS, SHRINK_STOPPED };

/* shrink_settle - find out how t fails, and in what kind of run; *op is then
 *     the request at which it does. */
enum shrink_verdict shrink_settle(struct shrink_ask *q, const struct trace *t,
                                  size_t *op);

/* shrink_alike - whether t fails in the same way, and at which request.  False
 *     once q->stopped. */
bool shrink_alike(struct shrink_ask *q, const struct trace *t, size_t *op);

/* shrink_limit - seconds that a pass over t may take at all. */
double shrink_limit(const struct shrink_ask *q, const struct trace *t);

/* shrink_confirm - whether it does so given all the time, and what the driver
 *     says; *message is for the caller to free. */
bool shrink_confirm(struct shrink_ask *q, const struct trace *t,
                    char **message);

/* shrink_hurried - whether tries of t get less time than that. */
bool shrink_hurried(const struct shrink_ask *q, const struct trace *t);

/* ---- Edits ------------------------------------------------------------- */

/* Changes to a trace, by op number. */
struct shrink_edit {
    const struct trace *of;
    uint8_t *keep;   /* 0: it is left out */
    uint8_t *plain;  /* 1: it becomes a malloc */
    uint64_t *sizes; /* its trace_op.size instead */
};

/* shrink_edit_begin - no change yet; false without memory.
 * shrink_edit_end - forget it; one that failed to begin may be ended. */
bool shrink_edit_begin(struct shrink_edit *e, const struct trace *of);
void shrink_edit_end(struct shrink_edit *e);

/* shrink_edit_apply - the changed trace, for trace_free; false if there is
 *     none: no request is left, or no memory. */
bool shrink_edit_apply(const struct shrink_edit *e, struct trace *to);

/* ---- The search -------------------------------------------------------- */

/* What a phase of the search came to. */
struct shrink_row {
    const char *name;
    size_t requests; /* left after it */
    size_t tries;
};

enum { SHRINK_ROWS = 9 };

struct shrink {
    struct shrink_ask *ask;
    struct trace best; /* the smallest so far that fails alike */
    size_t op;         /* the request at which it does */
    struct shrink_row rows[SHRINK_ROWS];
    size_t row_count;
};

/* shrink_search - shrink s->best until no change keeps the failure, or until
 *     the question is stopped.  Appends to the rows. */
void shrink_search(struct shrink *s);

/* shrink_truncate - leave out what comes after s->op, and no more, without a
 *     question.  The only row. */
void shrink_truncate(struct shrink *s);

/* ---- The command ------------------------------------------------------- */

struct shrink_command {
    const char *input, *output; /* output NULL: named after the trace */
    const char *allocator;
    double seconds; /* for the search */
    bool quiet;
    struct shrink_ask ask;
    struct trace trace;
    char *path;    /* of what is written */
    bool replaced; /* there was a file of that name, and nobody named it */
    uint64_t begin;
    char *message; /* what the driver says of the witness */
};

/* shrink_to_stdout - whether the witness goes there. */
bool shrink_to_stdout(const struct shrink_command *c);

/* shrink_report - say what was found, and how it fails. */
void shrink_report(const struct shrink_command *c, const struct shrink *s);

#endif
