/*
 * lint_notes.c - what a trace has in it that other drivers may not expect
 *
 * None of it is wrong, so one note a kind will do, on the line of the first
 * request of that kind.
 */
#include <stdlib.h>

#include "tools/edit/lint.h"

/* ---- Habits of requests ------------------------------------------------ */

static bool is_calloc(const struct trace *t, size_t i)
{
    return t->ops[i].kind == TRACE_CALLOC;
}

static bool is_memalign(const struct trace *t, size_t i)
{
    return t->ops[i].kind == TRACE_MEMALIGN;
}

/* Not the free of an id that is not live. */
static bool is_free_null(const struct trace *t, size_t i)
{
    uint64_t id;
    return t->ops[i].kind == TRACE_FREE && !t->ops[i].ref &&
           !trace_id(t, i, &id);
}

static bool is_realloc_null(const struct trace *t, size_t i)
{
    return t->ops[i].kind == TRACE_REALLOC && !t->ops[i].ref;
}

static bool is_realloc_0(const struct trace *t, size_t i)
{
    return t->ops[i].kind == TRACE_REALLOC && !t->ops[i].size;
}

static bool is_size_0(const struct trace *t, size_t i)
{
    const struct trace_op *op = &t->ops[i];
    return op->kind != TRACE_FREE && op->kind != TRACE_REALLOC &&
           !trace_payload(t, op);
}

static bool is_unmet(const struct trace *t, size_t i)
{
    return trace_payload(t, &t->ops[i]) > TRACE_SIZE_MAX;
}

static const struct habit {
    enum lint_kind kind;
    bool (*has)(const struct trace *t, size_t i);
    const char *text;
} habits[] = {
    {LINT_CALLOC, is_calloc, "`c` (calloc), which the oldest drivers lack"},
    {LINT_MEMALIGN, is_memalign, "`m` (memalign), which other drivers lack"},
    {LINT_FREE_NULL, is_free_null,
     "`f -1` (free(NULL)), which the oldest drivers lack"},
    {LINT_REALLOC_NULL, is_realloc_null,
     "`r` of a new id (realloc(NULL)), which the oldest drivers lack"},
    {LINT_REALLOC_0, is_realloc_0,
     "`r` to size 0 (a free), whose NULL old drivers take for a failure"},
    {LINT_SIZE_0, is_size_0,
     "a size of 0, for which old drivers take NULL as a failure"},
    {LINT_UNMET, is_unmet,
     "more bytes than any heap has: the right answer is NULL"},
};

static void note_habit(struct lint *l, const struct trace *t,
                       const struct habit *h)
{
    size_t first = 0, times = 0;
    for (size_t i = 0; i < t->op_count; i++)
        if (h->has(t, i) && times++ == 0)
            first = i;
    if (times)
        lint_add(l, (int)h->kind, trace_line(t, first), "%s (%zu request%s)",
                 h->text, times, times == 1 ? "" : "s");
}

/* ---- The whole --------------------------------------------------------- */

static void note_left(struct lint *l, const struct trace *t,
                      const struct trace_life *lives)
{
    uint64_t bytes = 0;
    size_t blocks = 0, oldest = 0;
    for (uint32_t a = 1; a <= t->answer_count; a++) {
        if (lives[a].died != t->op_count)
            continue;
        if (!blocks++)
            oldest = lives[a].born;
        if (__builtin_add_overflow(bytes, lives[a].size, &bytes))
            bytes = UINT64_MAX;
    }
    if (blocks)
        lint_add(l, LINT_LEFT, trace_line(t, oldest),
                 "live in the end: %zu block%s, %llu byte%s; the oldest is "
                 "allocated here",
                 blocks, blocks == 1 ? "" : "s", (unsigned long long)bytes,
                 bytes == 1 ? "" : "s");
}

/* Those that an array of twice as many would not hold. */
static void note_sparse(struct lint *l, const struct trace *t)
{
    uint64_t highest = 0, id;
    size_t where = 0;
    for (size_t i = 0; i < t->op_count; i++) {
        bool takes = t->ops[i].kind == TRACE_FREE ||
                     (t->ops[i].kind == TRACE_REALLOC && t->ops[i].ref);
        if (!takes && trace_id(t, i, &id) && id > highest) {
            highest = id;
            where = i;
        }
    }
    if (highest / 2 >= t->id_count)
        lint_add(l, LINT_SPARSE, trace_line(t, where),
                 "id %llu is the highest of %zu: old drivers make an array up "
                 "to it",
                 (unsigned long long)highest, t->id_count);
}

void lint_notes(struct lint *l, const struct trace *t)
{
    struct trace_life *lives = trace_lives(t);
    l->failed |= !lives;
    if (lives)
        note_left(l, t, lives);
    free(lives);
    for (size_t i = 0; i < sizeof habits / sizeof habits[0]; i++)
        note_habit(l, t, &habits[i]);
    note_sparse(l, t);
}
