/* books_in_trace.c - has no headers, and no books that anybody counts: it keeps
 * each block's size in bits of the driver's own trace that the driver does not
 * read.  Not to be prevented in its own process; must not get: a utilization
 * above what the addresses allow. */
#define OWN_INIT
#define OWN_MALLOC
#define OWN_FREE
#define OWN_REALLOC
#define OWN_CALLOC
#include "honest.h"

#include "inside.h"

/* The bits: trace_op.extra, which only a calloc uses; what that gets more than
 * it asked for is lost. */
static struct replay *replay;
static size_t next_op;
static uint32_t next_answer;

static size_t units(size_t size)
{
    return (size + 15) / 16;
}

/* The request whose block stands at p and is not yet dead. */
static struct trace_op *owner(const void *p)
{
    uint32_t answer = next_answer;
    for (size_t i = next_op; i-- > 0;)
        if (replay->trace->ops[i].kind != TRACE_FREE &&
            replay->answers[answer--] == p)
            return &replay->trace->ops[i];
    return NULL;
}

bool mm_init(void)
{
    replay = inside_replay();
    next_op = next_answer = 0;
    return honest_init() && replay;
}

/* Free blocks: next and size, in their own bytes. */
struct hole {
    struct hole *next;
    size_t units;
};

static void *take(size_t want, size_t *got)
{
    struct hole **at = (struct hole **)&free_blocks;
    for (struct hole *h; (h = *at); at = &h->next)
        if (h->units >= want) {
            *at = h->next;
            *got = h->units;
            return h;
        }
    *got = want;
    return mem_sbrk((intptr_t)want * 16);
}

void *mm_malloc(size_t size)
{
    size_t got;
    void *p = take(units(size), &got);
    struct trace_op *op = &replay->trace->ops[next_op++];
    next_answer++;
    if (op->kind != TRACE_CALLOC)
        op->extra = got & 0x1fffffff;
    return p;
}

static size_t size_of(const struct trace_op *op)
{
    return op->kind == TRACE_CALLOC
               ? op->size * replay->trace->extras[op->extra]
               : op->size;
}

static void give(struct hole *h, const struct trace_op *op)
{
    h->units = op->kind != TRACE_CALLOC ? op->extra : units(size_of(op));
    h->next = (struct hole *)free_blocks;
    free_blocks = (struct block *)h;
}

void mm_free(void *p)
{
    if (p)
        give(p, owner(p));
    next_op++;
}

void *mm_realloc(void *p, size_t size)
{
    struct trace_op *op = p ? owner(p) : NULL;
    size_t old = op ? size_of(op) : 0;
    void *q = mm_malloc(size);
    if (op) {
        memcpy(q, p, old < size ? old : size);
        give(p, op);
    }
    return q;
}

void *mm_calloc(size_t nmemb, size_t size)
{
    void *p = mm_malloc(nmemb * size);
    return p ? memset(p, 0, nmemb * size) : NULL;
}
