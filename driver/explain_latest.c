/*
 * explain_latest.c - the latest request in a neighbourhood
 */
#include "driver/explain_parts.h"

/* Bytes that a header and a footer may take between two payloads that lie next
 * to each other. */
#define NEXT_TO 64

static bool lies_near(const struct explain_scene *s, uint32_t answer,
                      struct explain_range place)
{
    if (answer == 0 || !explain_address(s, answer))
        return false;
    struct explain_range at = explain_payload(s, answer);
    return at.lo < place.hi + NEXT_TO && place.lo < at.hi + NEXT_TO;
}

/* How many answers the requests before `before` made. */
static uint32_t answers_before(const struct trace *t, size_t before)
{
    uint32_t n = 0;
    for (size_t i = 0; i < before; i++)
        n += trace_makes_answer(&t->ops[i]);
    return n;
}

static bool takes(const struct trace_op *op)
{
    return op->kind == TRACE_FREE || op->kind == TRACE_REALLOC;
}

void explain_print_latest(FILE *out, const struct explain_scene *s,
                          struct explain_range place, size_t before,
                          uint32_t told, uint32_t other)
{
    const struct trace *t = s->r->trace;
    uint32_t answer = answers_before(t, before);
    for (size_t i = before; i-- > 0;) {
        const struct trace_op *op = &t->ops[i];
        uint32_t made = trace_makes_answer(op) ? answer-- : 0;
        if (!lies_near(s, made, place) &&
            !(takes(op) && lies_near(s, op->ref, place)))
            continue;
        if (made && (made == told || made == other))
            return;
        fputs("\n  the latest request next to it: ", out);
        explain_request(out, s->r->trace, i);
        fprintf(out, " on line %zu", trace_line(t, i));
        return;
    }
}
