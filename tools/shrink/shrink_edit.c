/*
 * shrink_edit.c - a trace with some requests left out or made simpler
 */
#include <stdlib.h>
#include <string.h>

#include "driver/trace_edit.h"
#include "tools/shrink/shrink.h"

bool shrink_edit_begin(struct shrink_edit *e, const struct trace *of)
{
    *e = (struct shrink_edit){
        .of = of,
        .keep = malloc(of->op_count),
        .plain = calloc(of->op_count, 1),
        .sizes = calloc(of->op_count, sizeof *e->sizes),
    };
    if (!e->keep || !e->plain || !e->sizes)
        return false;
    memset(e->keep, 1, of->op_count);
    for (size_t i = 0; i < of->op_count; i++)
        e->sizes[i] = of->ops[i].size;
    return true;
}

void shrink_edit_end(struct shrink_edit *e)
{
    free(e->keep);
    free(e->plain);
    free(e->sizes);
    *e = (struct shrink_edit){0};
}

/* An allocation names its id in the same place whatever its kind. */
static void make_plain(struct trace *t, size_t i)
{
    t->ops[i].size = trace_payload(t, &t->ops[i]);
    t->ops[i].kind = TRACE_MALLOC;
}

bool shrink_edit_apply(const struct shrink_edit *e, struct trace *to)
{
    char *error;
    struct trace_selection selection = {e->keep, e->sizes};
    if (!trace_select(to, e->of, selection, &error)) {
        free(error);
        return false;
    }
    bool whole = to->op_count == e->of->op_count;
    for (size_t i = 0; whole && i < to->op_count; i++)
        if (e->plain[i])
            make_plain(to, i);
    return true;
}
