/*
 * replay_inspect.c - what payloads hold in a pass that looks like a timed one
 */
#include "driver/replay_inspect.h"

#include <stdlib.h>

#include "driver/payload.h"
#include "driver/replay_walk.h"

/* Payloads up to so many bytes are summed up whole; of larger ones as many at
 * either end and somewhere in between. */
#define WINDOW 128

struct kept {
    uint64_t bytes, sum;
};

struct inspect {
    const struct replay *r;
    struct kept *kept; /* of each answer */
    uint64_t moved;    /* the sum that a realloc must preserve */
};

struct inspect *inspect_create(const struct replay *r)
{
    struct inspect *s = calloc(1, sizeof *s);
    struct kept *kept =
        calloc((size_t)r->trace->answer_count + 1, sizeof *kept);
    if (!s || !kept)
        return NULL;
    *s = (struct inspect){.r = r, .kept = kept};
    return s;
}

/* FNV-1a (Fowler, Noll, Vo 1991), eight bytes a step where there are so many.
 */
static uint64_t sum_of(const unsigned char *p, uint64_t bytes, uint64_t sum)
{
    typedef uint64_t __attribute__((may_alias, aligned(1))) word;
    const uint64_t prime = 0x100000001b3;
    for (; bytes >= 8; bytes -= 8, p += 8)
        sum = (sum ^ *(const word *)p) * prime;
    while (bytes-- > 0)
        sum = (sum ^ *p++) * prime;
    return sum;
}

/* The first `bytes` bytes of the payload at p; which of them are looked at
 * nobody knows. */
static uint64_t sum_up(const struct inspect *s, const void *p, uint64_t bytes)
{
    const unsigned char *byte = p;
    uint64_t sum = 0xcbf29ce484222325;
    if (bytes <= 3 * WINDOW)
        return sum_of(byte, bytes, sum);
    uint64_t between = s->r->secret % (bytes - 2 * WINDOW);
    sum = sum_of(byte, WINDOW, sum);
    sum = sum_of(byte + between, WINDOW, sum);
    return sum_of(byte + bytes - WINDOW, WINDOW, sum);
}

static bool blame(const struct inspect *s, enum fault_kind kind, size_t i,
                  uint32_t answer)
{
    struct replay_fault *fault = &s->r->log->fault;
    fault->kind = kind;
    fault->op = i;
    fault->answer = answer;
    return false;
}

bool inspect_before(struct inspect *s, size_t i)
{
    const struct trace_op *op = &s->r->trace->ops[i];
    if (op->kind != TRACE_FREE && op->kind != TRACE_REALLOC)
        return true;
    const void *p = s->r->answers[op->ref];
    const struct kept *k = &s->kept[op->ref];
    s->r->log->answered = i;
    if (!p || op->ref == 0)
        return true;
    s->r->log->fault.unfilled = true;
    if (sum_up(s, p, k->bytes) != k->sum)
        return blame(s, FAULT_PAYLOAD, i, op->ref);
    if (op->kind == TRACE_REALLOC)
        s->moved = sum_up(s, p, op->size < k->bytes ? op->size : k->bytes);
    return true;
}

static bool holds_what_it_should(struct inspect *s, size_t i, uint32_t answer)
{
    const struct trace_op *op = &s->r->trace->ops[i];
    const void *p = s->r->answers[answer];
    struct replay_fault *fault = &s->r->log->fault;
    uint64_t bytes = s->kept[answer].bytes;
    if (op->kind == TRACE_CALLOC &&
        !payload_check_zero(p, bytes, &fault->damage))
        return blame(s, FAULT_NOT_ZEROED, i, answer);
    if (op->kind != TRACE_REALLOC || op->ref == 0 || !s->r->answers[op->ref])
        return true;
    uint64_t old = s->kept[op->ref].bytes;
    fault->across = true;
    if (sum_up(s, p, old < bytes ? old : bytes) != s->moved)
        return blame(s, FAULT_PAYLOAD, i, answer);
    return true;
}

bool inspect_after(struct inspect *s, size_t i, uint32_t answer)
{
    const struct trace_op *op = &s->r->trace->ops[i];
    const void *p = s->r->answers[answer];
    if (op->kind == TRACE_FREE || !p || walk_only_frees(op))
        return true;
    s->r->log->answered = i + 1;
    s->r->log->fault.across = false;
    s->kept[answer].bytes = trace_payload(s->r->trace, op);
    if (!holds_what_it_should(s, i, answer))
        return false;
    s->kept[answer].sum = sum_up(s, p, s->kept[answer].bytes);
    return true;
}
