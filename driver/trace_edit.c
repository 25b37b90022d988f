/*
 * trace_edit.c - a trace made from another, and a trace written as a whole
 *
 * What is selected goes through the same builder as a file's lines, so that
 * there is one model of what is live.  Both sides go by answers: what an id
 * means may be different once requests are left out.
 */
#define _GNU_SOURCE
#include "driver/trace_edit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "driver/trace_build.h"

/* ---- Selecting --------------------------------------------------------- */

struct select {
    const struct trace *from;
    struct trace_selection selection;
    struct trace_build build;
    uint64_t *ids;    /* of each answer of from */
    uint8_t *present; /* whether its block lives in the new trace */
    uint32_t made;    /* answers of from so far */
};

/* The id that op number i names, where it does not take an answer. */
static uint64_t own_id(const struct trace *t, size_t i)
{
    uint64_t id = 0;
    trace_id(t, i, &id);
    return id;
}

static bool is_kept(const struct select *s, size_t i)
{
    return !s->selection.keep || s->selection.keep[i];
}

static struct trace_request request_of(const struct select *s, size_t i,
                                       uint64_t id)
{
    const struct trace_op *op = &s->from->ops[i];
    bool has_arg = op->kind == TRACE_CALLOC || op->kind == TRACE_MEMALIGN;
    return (struct trace_request){
        .kind = (enum trace_kind)op->kind,
        .no_id =
            !op->ref && (op->kind == TRACE_FREE || op->kind == TRACE_REALLOC),
        .id = id,
        .arg = has_arg ? s->from->extras[op->extra] : 0,
        .size = s->selection.sizes ? s->selection.sizes[i] : op->size,
    };
}

static bool add(struct select *s, size_t i, const struct trace_request *r)
{
    s->build.line = trace_line(s->from, i);
    return trace_build_add(&s->build, r);
}

static bool select_free(struct select *s, size_t i)
{
    uint32_t ref = s->from->ops[i].ref;
    if (!is_kept(s, i) || (ref && !s->present[ref]))
        return true;
    struct trace_request r = request_of(s, i, s->ids[ref]);
    return add(s, i, &r);
}

static bool select_realloc(struct select *s, size_t i)
{
    uint32_t ref = s->from->ops[i].ref, made = ++s->made;
    s->ids[made] = s->ids[ref];
    s->present[made] = s->present[ref];
    struct trace_request r = request_of(s, i, s->ids[ref]);
    if (!is_kept(s, i) || (!s->present[ref] && !r.size))
        return true;
    if (!s->present[ref])
        r.kind = TRACE_MALLOC;
    s->present[made] = r.size != 0;
    return add(s, i, &r);
}

/* Also a realloc of NULL. */
static bool select_allocation(struct select *s, size_t i)
{
    uint32_t made = ++s->made;
    s->ids[made] = own_id(s->from, i);
    if (!is_kept(s, i))
        return true;
    struct trace_request r = request_of(s, i, s->ids[made]);
    s->present[made] = r.kind != TRACE_REALLOC || r.size != 0;
    return add(s, i, &r);
}

static bool select_op(struct select *s, size_t i)
{
    const struct trace_op *op = &s->from->ops[i];
    if (op->kind == TRACE_FREE)
        return select_free(s, i);
    if (op->kind == TRACE_REALLOC && op->ref)
        return select_realloc(s, i);
    return select_allocation(s, i);
}

static bool select_all(struct select *s)
{
    struct trace *to = s->build.trace;
    for (size_t i = 0; i < s->from->op_count; i++)
        if (!select_op(s, i))
            return false;
    if (!to->op_count)
        return trace_fail(s->build.error,
                          "%s: expected a request that is kept, found none",
                          s->from->path);
    trace_build_settle(&s->build);
    return trace_build_finish(&s->build);
}

/* A copy's head: what was untidy in the original is mended by now. */
static bool copy_head(struct trace *to, const struct trace *from)
{
    to->path = strdup(from->path);
    to->name = strdup(from->name);
    to->dialect = from->dialect;
    to->weight = from->weight;
    return to->path && to->name;
}

static void forget_warnings(struct trace *t)
{
    for (size_t i = 0; i < t->warning_count; i++)
        free(t->warnings[i]);
    t->warning_count = 0;
}

bool trace_select(struct trace *to, const struct trace *from,
                  struct trace_selection selection, char **error)
{
    size_t answers = from->answer_count + 1ul;
    *to = (struct trace){0};
    *error = NULL;
    struct select s = {
        .from = from,
        .selection = selection,
        .build = {.trace = to, .error = error, .announced = SIZE_MAX},
        .ids = calloc(answers, sizeof(*s.ids)),
        .present = calloc(answers, sizeof(*s.present)),
    };
    bool good = (s.ids && s.present && copy_head(to, from)) ||
                trace_fail(error, "%s: %s", from->path, strerror(ENOMEM));
    good = good && select_all(&s);
    trace_build_free(&s.build);
    free(s.ids);
    free(s.present);
    if (good)
        forget_warnings(to);
    else
        trace_free(to);
    return good;
}

/* ---- Writing ----------------------------------------------------------- */

struct put {
    struct trace_writer *w;
    const struct trace *t;
    int flags;
    uint64_t next; /* below it no new id is to be found */
    uint64_t *ids; /* that each answer was written with */
    uint32_t made;
};

static uint64_t highest_id(const struct trace *t)
{
    uint64_t highest = 0;
    for (size_t i = 0; i < t->op_count; i++) {
        bool takes = t->ops[i].kind == TRACE_FREE ||
                     (t->ops[i].kind == TRACE_REALLOC && t->ops[i].ref);
        uint64_t id = takes ? 0 : own_id(t, i);
        highest = id > highest ? id : highest;
    }
    return highest;
}

/* The id for the block that op number i allocates. */
static uint64_t id_for(struct put *p, size_t i)
{
    uint64_t id = own_id(p->t, i);
    enum trace_id_state state = trace_writer_state(p->w, id);
    bool new = p->t->ops[i].kind == TRACE_REALLOC;
    if (!(p->flags & TRACE_RENUMBER) &&
        (state == TRACE_ID_UNUSED || (state == TRACE_ID_FREE && !new)))
        return id;
    while (trace_writer_state(p->w, p->next) != TRACE_ID_UNUSED)
        p->next++;
    return p->next;
}

static void put_allocation(struct put *p, size_t i)
{
    const struct trace_op *op = &p->t->ops[i];
    bool has_arg = op->kind == TRACE_CALLOC || op->kind == TRACE_MEMALIGN;
    uint64_t id = id_for(p, i);
    p->ids[++p->made] = id;
    trace_put(p->w, (enum trace_kind)op->kind, id,
              has_arg ? p->t->extras[op->extra] : 0, op->size);
}

static void put_realloc(struct put *p, const struct trace_op *op)
{
    uint64_t id = p->ids[op->ref];
    p->ids[++p->made] = id;
    trace_put(p->w, TRACE_REALLOC, id, 0, op->size);
}

static void put_op(struct put *p, size_t i)
{
    const struct trace_op *op = &p->t->ops[i];
    if (op->kind == TRACE_FREE && !op->ref)
        trace_put_free_null(p->w);
    else if (op->kind == TRACE_FREE)
        trace_put(p->w, TRACE_FREE, p->ids[op->ref], 0, 0);
    else if (op->kind == TRACE_REALLOC && op->ref)
        put_realloc(p, op);
    else
        put_allocation(p, i);
}

/* An id may be that of two answers that nobody took: the second is NULL. */
static bool put_leftovers(struct put *p)
{
    struct trace_life *lives = trace_lives(p->t);
    for (uint32_t a = 1; lives && a <= p->t->answer_count; a++)
        if (lives[a].died == p->t->op_count &&
            trace_writer_state(p->w, p->ids[a]) == TRACE_ID_LIVE)
            trace_put(p->w, TRACE_FREE, p->ids[a], 0, 0);
    free(lives);
    return lives != NULL;
}

bool trace_put_all(struct trace_writer *w, const struct trace *t, int flags)
{
    struct put p = {.w = w, .t = t, .flags = flags};
    if (!(flags & TRACE_RENUMBER))
        p.next = highest_id(t) + 1;
    p.ids = calloc(t->answer_count + 1ul, sizeof(*p.ids));
    for (size_t i = 0; p.ids && i < t->op_count; i++)
        put_op(&p, i);
    bool good = p.ids && (!(flags & TRACE_BALANCE) || put_leftovers(&p));
    free(p.ids);
    return good;
}

bool trace_write(const struct trace *t, const char *path,
                 struct trace_form form, int flags, char **error)
{
    struct trace_writer *w = trace_writer_open(path, form, error);
    if (!w)
        return false;
    if (trace_put_all(w, t, flags))
        return trace_writer_close(w, error);
    trace_writer_abandon(w);
    *error = NULL;
    return trace_fail(error, "%s: %s", path, strerror(ENOMEM));
}
