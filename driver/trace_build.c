/*
 * trace_build.c - from requests to answers, one request at a time
 *
 * Knows what is live.  For every id the table holds the last op that named it
 * and the answer it has, 0 if it is dead; sizes are looked up in the ops
 * themselves.  Untidy requests are mended here, each kind with one note.
 */
#define _GNU_SOURCE
#include "driver/trace_build.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* What is known of an id, packed into the number that the table stores. */
struct state {
    bool known;
    size_t op;       /* the last that named it */
    uint32_t answer; /* 0: it is dead */
};

static struct state state_of(const struct trace_build *b, uint64_t id)
{
    uint64_t v = trace_ids_get(&b->ids, id);
    return (struct state){v != 0, (size_t)(uint32_t)v - 1, (uint32_t)(v >> 32)};
}

static bool fail_memory(struct trace_build *b)
{
    return trace_fail(b->error, "%s:%zu: %s", b->trace->path, b->line,
                      strerror(ENOMEM));
}

/* The op about to be pushed becomes the last that named id. */
static bool set_state(struct trace_build *b, uint64_t id, uint32_t answer)
{
    uint64_t op = b->trace->op_count;
    return trace_ids_set(&b->ids, id, (op + 1) | (uint64_t)answer << 32) ||
           fail_memory(b);
}

/* The longest fact quotes a word of 40 characters, 4 for each. */
#define FACT_MAX 300

/* ---- Notes ------------------------------------------------------------- */

/* On the stack: there may be one for each line of a large file. */
static bool tell_listener(struct trace_build *b, struct trace_remark remark,
                          const char *format, va_list args)
{
    char fact[FACT_MAX];
    vsnprintf(fact, sizeof(fact), format, args);
    remark.fact = fact;
    b->notes[remark.kind].times++;
    b->listener->tell(b->listener->context, &remark);
    return true;
}

static bool keep_first(struct trace_build *b, struct trace_remark remark,
                       const char *format, va_list args)
{
    struct trace_note *n = &b->notes[remark.kind];
    if (n->times++)
        return true;
    if (vasprintf(&n->fact, format, args) < 0) {
        n->fact = NULL;
        return fail_memory(b);
    }
    n->line = remark.line;
    n->mend = remark.mend;
    return !b->strict ||
           trace_fail(b->error, "%s:%zu: %s", b->trace->path, n->line, n->fact);
}

bool trace_build_note(struct trace_build *b, enum trace_untidy kind,
                      size_t line, const char *mend, const char *format, ...)
{
    struct trace_remark remark = {.kind = kind, .line = line, .mend = mend};
    va_list args;
    va_start(args, format);
    bool good = b->listener ? tell_listener(b, remark, format, args)
                            : keep_first(b, remark, format, args);
    va_end(args);
    return good;
}

static bool note_no_size(struct trace_build *b, uint64_t id)
{
    return trace_build_note(
        b, TRACE_NO_SIZE, b->line, "the previous size is taken",
        "`a` of id %llu: expected a size, found the end of the line",
        (unsigned long long)id);
}

static bool note_live(struct trace_build *b, uint64_t id, char letter,
                      size_t op)
{
    return trace_build_note(
        b, TRACE_LIVE_ID, b->line, "the old block leaks",
        "`%c` of id %llu, which is live (allocated on line %zu)", letter,
        (unsigned long long)id, trace_line(b->trace, op));
}

static bool note_dead(struct trace_build *b, uint64_t id, struct state s,
                      bool is_free)
{
    char when[40] = "never allocated";
    if (s.known)
        snprintf(when, sizeof(when), "freed on line %zu",
                 trace_line(b->trace, s.op));
    return trace_build_note(b, is_free ? TRACE_DEAD_FREE : TRACE_DEAD_REALLOC,
                            b->line,
                            is_free ? "it frees NULL" : "it allocates anew",
                            "`%c` of id %llu, which is not live (%s)",
                            is_free ? 'f' : 'r', (unsigned long long)id, when);
}

static bool note_beyond(struct trace_build *b)
{
    return trace_build_note(b, TRACE_BEYOND, b->line, "it is ignored",
                            "request %zu, but the header announces %zu",
                            b->announced + 1 + b->notes[TRACE_BEYOND].times,
                            b->announced);
}

/* ---- The arrays of the trace ------------------------------------------- */

/* The line of the op about to be pushed. */
static bool mark_line(struct trace_build *b)
{
    struct trace *t = b->trace;
    size_t offset = b->line - t->op_count;
    if (t->jump_count && t->jumps[t->jump_count - 1].offset == offset)
        return true;
    if (!trace_array_grow(&t->jumps, &b->jump_room, t->jump_count,
                          sizeof(*t->jumps)))
        return fail_memory(b);
    t->jumps[t->jump_count++] = (struct trace_jump){t->op_count, offset};
    return true;
}

static bool push(struct trace_build *b, struct trace_op op)
{
    struct trace *t = b->trace;
    if (!mark_line(b))
        return false;
    if (!trace_array_grow(&t->ops, &b->op_room, t->op_count, sizeof(*t->ops)))
        return fail_memory(b);
    t->ops[t->op_count++] = op;
    return true;
}

/* Remember an id for which the op about to be pushed has no place. */
static bool push_wide(struct trace_build *b, uint64_t id)
{
    struct trace *t = b->trace;
    if (!trace_array_grow(&t->wide_ids, &b->wide_room, t->wide_id_count,
                          sizeof(*t->wide_ids)))
        return fail_memory(b);
    t->wide_ids[t->wide_id_count++] =
        (struct trace_wide_id){id, (uint32_t)t->op_count};
    return true;
}

/* A place in extras for a number.  Few different ones are in use, so most
 * stand there already: the array hardly grows. */
static bool push_extra(struct trace_build *b, uint64_t value, uint32_t *where)
{
    struct trace *t = b->trace;
    uint32_t *seen = &b->extra_seen[(value * 0x9e3779b97f4a7c15ULL) >> 58];
    if (!*seen || t->extras[*seen - 1] != value) {
        if (t->extra_count >> 29)
            return trace_fail(
                b->error, "%s:%zu: expected at most 2^29 `c` and `m` requests",
                t->path, b->line);
        if (!trace_array_grow(&t->extras, &b->extra_room, t->extra_count,
                              sizeof(*t->extras)))
            return fail_memory(b);
        t->extras[t->extra_count++] = value;
        *seen = (uint32_t)t->extra_count;
    }
    *where = *seen - 1;
    return true;
}

/* ---- Liveness ---------------------------------------------------------- */

static bool can_be_met(const struct trace *t, const struct trace_op *op)
{
    return trace_payload(t, op) <= TRACE_SIZE_MAX;
}

/* A change that waits: 0 is none, else twice one more than the op whose block
 * it is, plus one if that block begins to live. */
static void change(struct trace_build *b, uint64_t waiting)
{
    const struct trace *t = b->trace;
    if (!waiting)
        return;
    const struct trace_op *op = &t->ops[(waiting >> 1) - 1];
    if (!can_be_met(t, op))
        return;
    if (waiting & 1)
        trace_live_gain(&b->live, trace_payload(t, op));
    else
        trace_live_lose(&b->live, trace_payload(t, op));
}

static void let_wait(struct trace_build *b, uint64_t next)
{
    uint64_t *place = &b->waiting[b->changes++ % TRACE_WAITING];
    change(b, *place);
    *place = next;
}

/* The block that op number i made begins to live. */
static void gain(struct trace_build *b, size_t i)
{
    let_wait(b, (i + 1) * 2 + 1);
}

/* It is taken. */
static void lose(struct trace_build *b, size_t i)
{
    __builtin_prefetch(&b->trace->ops[i]);
    let_wait(b, (i + 1) * 2);
}

/* ---- Requests ---------------------------------------------------------- */

static bool allocate(struct trace_build *b, const struct trace_request *r)
{
    static const char letters[TRACE_KINDS] = "afrcm";
    struct trace *t = b->trace;
    struct state s = state_of(b, r->id);
    uint32_t extra = 0;
    uint64_t size = r->no_size ? b->last_size : r->size;
    if (r->no_size && !note_no_size(b, r->id))
        return false;
    if (s.answer && !note_live(b, r->id, letters[r->kind], s.op))
        return false;
    if (r->kind != TRACE_MALLOC && !push_extra(b, r->arg, &extra))
        return false;
    if (r->id > UINT32_MAX && !push_wide(b, r->id))
        return false;
    struct trace_op op = {.size = size,
                          .ref = (uint32_t)r->id,
                          .kind = r->kind & 7,
                          .extra = extra & 0x1fffffff};
    if (!set_state(b, r->id, ++t->answer_count) || !push(b, op))
        return false;
    gain(b, t->op_count - 1);
    return true;
}

static bool reallocate(struct trace_build *b, const struct trace_request *r)
{
    struct trace *t = b->trace;
    struct state s = r->no_id ? (struct state){0} : state_of(b, r->id);
    if (!s.answer && s.known && !note_dead(b, r->id, s, false))
        return false;
    if (!s.answer && !push_wide(b, r->id))
        return false;
    struct trace_op op = {
        .size = r->size, .ref = s.answer, .kind = TRACE_REALLOC};
    t->answer_count++;
    if (!set_state(b, r->id, r->size ? t->answer_count : 0) || !push(b, op))
        return false;
    /* A realloc that cannot be met leaves the old block where it is. */
    if (s.answer && can_be_met(t, &op))
        lose(b, s.op);
    if (r->size || !s.answer)
        gain(b, t->op_count - 1);
    return true;
}

static bool release(struct trace_build *b, const struct trace_request *r)
{
    struct trace_op op = {.kind = TRACE_FREE};
    if (r->no_id)
        return push(b, op);
    struct state s = state_of(b, r->id);
    if (!s.answer)
        return note_dead(b, r->id, s, true) && push_wide(b, r->id) &&
               push(b, op);
    op.ref = s.answer;
    if (!set_state(b, r->id, 0) || !push(b, op))
        return false;
    lose(b, s.op);
    return true;
}

bool trace_build_add(struct trace_build *b, const struct trace_request *r)
{
    if (b->trace->op_count >= b->announced)
        return note_beyond(b);
    if (b->trace->op_count >= TRACE_OPS_MAX)
        return trace_fail(b->error,
                          "%s:%zu: expected at most %zu requests, found more",
                          b->trace->path, b->line, TRACE_OPS_MAX);
    if (r->kind == TRACE_FREE)
        return release(b, r);
    bool good = r->kind == TRACE_REALLOC ? reallocate(b, r) : allocate(b, r);
    if (r->kind == TRACE_REALLOC || (r->kind == TRACE_MALLOC && !r->no_size))
        b->last_size = r->size;
    return good;
}

/* ---- The end ----------------------------------------------------------- */

/* Of the notes not yet told, the one that stands first in the file. */
static struct trace_note *first_note(struct trace_build *b)
{
    struct trace_note *first = NULL;
    for (int kind = 0; kind < TRACE_UNTIDY_KINDS; kind++) {
        struct trace_note *n = &b->notes[kind];
        if (n->fact && (!first || n->line < first->line))
            first = n;
    }
    return first;
}

static bool tell(struct trace_build *b, struct trace_note *n)
{
    struct trace *t = b->trace;
    char times[32] = "";
    char **warning = &t->warnings[t->warning_count];
    if (n->times > 1)
        snprintf(times, sizeof(times), " (%zu times)", n->times);
    if (asprintf(warning, "%s:%zu: %s: %s%s", t->path, n->line, n->fact,
                 n->mend, times) < 0)
        return fail_memory(b);
    t->warning_count++;
    free(n->fact);
    n->fact = NULL;
    return true;
}

static bool tell_all(struct trace_build *b)
{
    struct trace_note *n;
    b->trace->warnings = calloc(TRACE_UNTIDY_KINDS, sizeof(char *));
    if (!b->trace->warnings)
        return fail_memory(b);
    while ((n = first_note(b)))
        if (!tell(b, n))
            return false;
    return true;
}

void trace_build_settle(struct trace_build *b)
{
    for (int i = 0; i < TRACE_WAITING; i++)
        let_wait(b, 0);
    b->trace->peak_payload = trace_live_peak(&b->live);
    b->trace->peak_live = b->live.peak_blocks;
}

bool trace_build_finish(struct trace_build *b)
{
    struct trace *t = b->trace;
    trace_array_fit(&t->ops, t->op_count, sizeof(*t->ops));
    trace_array_fit(&t->extras, t->extra_count, sizeof(*t->extras));
    trace_array_fit(&t->jumps, t->jump_count, sizeof(*t->jumps));
    trace_array_fit(&t->wide_ids, t->wide_id_count, sizeof(*t->wide_ids));
    t->id_count = b->ids.count;
    return tell_all(b);
}

void trace_build_free(struct trace_build *b)
{
    trace_ids_free(&b->ids);
    for (int kind = 0; kind < TRACE_UNTIDY_KINDS; kind++) {
        free(b->notes[kind].fact);
        b->notes[kind].fact = NULL;
    }
}
