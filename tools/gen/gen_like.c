/*
 * gen_like.c - the blocks of an existing trace
 */
#include "tools/gen/gen_like.h"

#include <stdlib.h>

#include "driver/trace.h"
#include "tools/gen/gen.h"
#include "tools/inputs.h"
#include "tools/rep.h"

struct study {
    struct gen_like *like;
    const struct trace *t;
    struct trace_life *lives;
    uint32_t *block_of; /* by answer; GEN_LIKE_NONE: it is no block */
};

static void begin_block(struct study *s, uint32_t answer)
{
    const struct trace_life *life = &s->lives[answer];
    s->block_of[answer] = (uint32_t)s->like->count;
    s->like->blocks[s->like->count++] = (struct gen_like_block){
        life->size, life->born, life->died, GEN_LIKE_NONE, GEN_LIKE_NONE};
}

static void continue_block(struct study *s, uint32_t block, uint32_t answer)
{
    const struct trace_life *life = &s->lives[answer];
    struct gen_like_block *b = &s->like->blocks[block];
    uint32_t step = (uint32_t)s->like->step_count++;
    s->like->steps[step] =
        (struct gen_like_step){life->size, life->born, GEN_LIKE_NONE};
    if (b->last_step == GEN_LIKE_NONE)
        b->first_step = step;
    else
        s->like->steps[b->last_step].next = step;
    b->last_step = step;
    b->died = life->died;
    s->block_of[answer] = block;
}

static void take_answer(struct study *s, const struct trace_op *op,
                        uint32_t answer)
{
    const struct trace_life *life = &s->lives[answer];
    uint32_t from = op->kind == TRACE_REALLOC ? op->ref : 0;
    s->block_of[answer] = GEN_LIKE_NONE;
    if (life->died == life->born)
        return;
    if (from && s->block_of[from] != GEN_LIKE_NONE &&
        s->lives[from].died == life->born)
        continue_block(s, s->block_of[from], answer);
    else
        begin_block(s, answer);
}

static void study_requests(struct study *s)
{
    uint32_t answer = 0;
    for (size_t i = 0; i < s->t->op_count; i++)
        if (trace_makes_answer(&s->t->ops[i]))
            take_answer(s, &s->t->ops[i], ++answer);
}

/* What there is at most of either is one an answer. */
static int study(struct gen_like *l, const struct trace *t)
{
    uint64_t room = t->answer_count + 1ull;
    struct study s = {l, t, trace_lives(t), NULL};
    if (!s.lives)
        return rep_fail("gen: out of memory");
    l->requests = t->op_count;
    l->blocks = gen_array(NULL, room, sizeof *l->blocks);
    l->steps = gen_array(NULL, room, sizeof *l->steps);
    s.block_of = gen_array(NULL, room, sizeof *s.block_of);
    study_requests(&s);
    free(s.block_of);
    free(s.lives);
    return REP_OK;
}

int gen_like_open(struct gen_like *l, const char *path)
{
    struct trace t;
    *l = (struct gen_like){0};
    int status = inputs_read(&t, path, false);
    if (status != REP_OK)
        return status;
    status = study(l, &t);
    if (status == REP_OK && !l->count)
        status = rep_fail("%s: expected a block to fit to, found none", t.path);
    trace_free(&t);
    return status;
}

void gen_like_close(struct gen_like *l)
{
    free(l->blocks);
    free(l->steps);
}

size_t gen_like_first(const struct gen_like *l, uint64_t request)
{
    size_t lo = 0, hi = l->count;
    while (lo < hi) {
        size_t middle = lo + (hi - lo) / 2;
        if (l->blocks[middle].born < request)
            lo = middle + 1;
        else
            hi = middle;
    }
    return lo;
}
