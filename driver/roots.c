/*
 * roots.c - the table of live pointers, for an allocator that collects garbage
 */
#include "driver/roots.h"

#include <stdlib.h>
#include <string.h>

/* Entries that are in nobody's use, the last one freed first: few are ever in
 * use while few blocks live. */
struct spare {
    uint32_t *slots;
    size_t count;
};

static uint32_t take_slot(struct roots *r, struct spare *spare)
{
    return spare->count ? spare->slots[--spare->count] : (uint32_t)++r->count;
}

static void lay_down(struct roots *r, const struct trace *t,
                     struct spare *spare)
{
    uint32_t answer = 1;
    for (const struct trace_op *op = t->ops; op < t->ops + t->op_count; op++) {
        bool takes = op->kind == TRACE_FREE || op->kind == TRACE_REALLOC;
        if (takes && r->slot[op->ref])
            spare->slots[spare->count++] = r->slot[op->ref];
        r->room += op->kind == TRACE_REALLOC;
        if (!trace_makes_answer(op))
            continue;
        bool frees = op->kind == TRACE_REALLOC && op->size == 0 && op->ref;
        r->slot[answer++] = frees ? 0 : take_slot(r, spare);
    }
}

bool roots_create(struct roots *r, const struct trace *t,
                  const struct allocator_calls *calls)
{
    size_t bytes = ((size_t)t->answer_count + 1) * sizeof *r->slot;
    struct spare spare = {.slots = calloc(1, bytes)};
    *r = (struct roots){.slot = calloc(1, bytes), .calls = calls};
    if (!spare.slots || !r->slot)
        return false;
    lay_down(r, t, &spare);
    free(spare.slots);
    r->least = r->count;
    r->room += r->count;
    r->table = calloc(r->room + 1, sizeof *r->table);
    return r->table != NULL;
}

void roots_begin(struct roots *r)
{
    memset(r->table, 0, (r->count + 1) * sizeof *r->table);
    r->count = r->least;
    r->calls->roots(r->table + 1, r->count);
}

void roots_leak(struct roots *r, void *p)
{
    r->table[++r->count] = p;
    r->calls->roots(r->table + 1, r->count);
}
