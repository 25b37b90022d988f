/*
 * gen_fitted.c - the models cdf and markov, fitted to an existing trace
 *
 * Zorn and Grunwald 1994, "Evaluating models of memory allocation", ACM TOMACS
 * 4:107: cdf draws sizes and lifetimes from what the trace has, each for
 * itself; markov draws a size after the size before it, and a lifetime after
 * the size.  What follows a size is drawn by looking for that size at random
 * and taking what comes next there, so no table of transitions is needed.
 *
 * The clock counts requests, as in the trace.  Inside a phase the fit knows
 * how long a block lives; of a block that outlives the phase, when it dies:
 * so what was dropped at once is dropped at once.
 */
#include <stdlib.h>
#include <string.h>

#include "tools/gen/gen_like.h"
#include "tools/gen/gen_models.h"
#include "tools/gen/gen_queue.h"
#include "tools/rep.h"

enum { LIKE, PHASES };

#define NO_PLAN UINT64_MAX
#define NEVER   UINT64_MAX

/* Sizes below SMALL are of one class with those of the same 8 bytes, larger
 * ones with an eighth of the doubling. */
#define SMALL       128
#define CLASS_COUNT (SMALL / 8 + 8 * (64 - 7))

/* What becomes of a block that will go through realloc. */
struct plan {
    uint32_t step; /* the next one */
    uint64_t dies;
    uint64_t shift; /* from the time of the trace to ours ... */
    uint64_t end;   /* ... before the end of the phase; from then on it is the
                     * same */
};

struct phase {
    uint64_t from, to; /* requests */
    size_t first, end; /* blocks */
};

struct model {
    struct gen *g;
    struct gen_like like;
    struct phase phase;
    uint64_t clock;
    struct gen_queue queue;
    struct plan *plans;
    size_t plan_count, plan_room;
    size_t *members; /* markov: the blocks of the phase by class ... */
    size_t starts[CLASS_COUNT + 1]; /* ... and where each class begins */
    size_t before;                  /* the class of the block before */
};

/* ---- The life of a block ----------------------------------------------- */

static uint64_t our_time(const struct plan *p, uint64_t request)
{
    return request < p->end ? request + p->shift : request;
}

/* A plan for the steps of one block and the lifetime of another. */
static struct plan make_plan(const struct model *m,
                             const struct gen_like_block *steps,
                             const struct gen_like_block *life)
{
    struct plan p = {steps->first_step, NEVER, m->clock - life->born,
                     m->phase.to};
    if (life->died < m->like.requests)
        p.dies = our_time(&p, life->died);
    p.shift = m->clock - steps->born;
    return p;
}

/* Wait for what happens next to the block: its next realloc, if it lives to
 * see it, or its death. */
static void await(struct model *m, uint64_t id, uint64_t note,
                  const struct plan *p)
{
    const struct gen_like_step *step =
        p->step == GEN_LIKE_NONE ? NULL : &m->like.steps[p->step];
    uint64_t time = step ? our_time(p, step->at) : NEVER;
    if (time >= p->dies || !step)
        gen_queue_put(&m->queue, (struct gen_death){p->dies, id, NO_PLAN});
    else
        gen_queue_put(&m->queue, (struct gen_death){time, id, note});
}

static uint64_t keep_plan(struct model *m, struct plan p)
{
    if (m->plan_count == m->plan_room) {
        m->plan_room = m->plan_room ? 2 * m->plan_room : 1024;
        m->plans = gen_array(m->plans, m->plan_room, sizeof *m->plans);
    }
    m->plans[m->plan_count] = p;
    return m->plan_count++;
}

static void request(struct model *m, uint64_t size,
                    const struct gen_like_block *steps,
                    const struct gen_like_block *life)
{
    struct plan p = make_plan(m, steps, life);
    bool kept = p.step != GEN_LIKE_NONE;
    uint64_t id = gen_malloc(m->g, size);
    m->clock++;
    await(m, id, kept ? keep_plan(m, p) : NO_PLAN, &p);
}

/* The next realloc or free that waits. */
static void happen(struct model *m)
{
    struct gen_death next = gen_queue_take(&m->queue);
    m->clock++;
    if (next.note == NO_PLAN) {
        gen_free(m->g, next.id);
        return;
    }
    struct plan *p = &m->plans[next.note];
    const struct gen_like_step *step = &m->like.steps[p->step];
    gen_realloc(m->g, next.id, step->size);
    p->step = step->next;
    await(m, next.id, next.note, p);
}

/* ---- Phases ------------------------------------------------------------ */

static struct phase find_phase(const struct model *m, uint64_t number)
{
    uint64_t requests = m->like.requests, count = m->g->params[PHASES];
    struct phase p = {.from = number * requests / count,
                      .to = (number + 1) * requests / count};
    p.first = gen_like_first(&m->like, p.from);
    p.end = gen_like_first(&m->like, p.to);
    return p;
}

/* What is due goes first; a phase that is early waits for its end. */
static void run_phase(struct model *m, void (*birth)(struct model *m))
{
    for (size_t i = m->phase.first; i < m->phase.end; i++) {
        while (gen_queue_due(&m->queue, m->clock))
            happen(m);
        birth(m);
    }
    while (m->phase.to && gen_queue_due(&m->queue, m->phase.to - 1))
        happen(m);
    if (m->clock < m->phase.to)
        m->clock = m->phase.to;
}

static void close_model(struct model *m)
{
    gen_like_close(&m->like);
    gen_queue_free(&m->queue);
    free(m->plans);
    free(m->members);
}

/* run_fitted - prepare is called before each phase. */
static int run_fitted(struct gen *g, void (*prepare)(struct model *m),
                      void (*birth)(struct model *m))
{
    struct model m = {.g = g};
    if (!g->texts[LIKE])
        return rep_fail("gen: --like: expected a trace, found none");
    int status = gen_like_open(&m.like, g->texts[LIKE]);
    for (uint64_t i = 0; status == REP_OK && i < g->params[PHASES]; i++) {
        m.phase = find_phase(&m, i);
        prepare(&m);
        run_phase(&m, birth);
    }
    while (m.queue.count)
        happen(&m);
    close_model(&m);
    return status;
}

static size_t any_of(struct model *m, size_t from, size_t to)
{
    return from + gen_below(m->g, to - from);
}

/* ---- cdf --------------------------------------------------------------- */

static void prepare_nothing(struct model *m)
{
    (void)m;
}

static void birth_cdf(struct model *m)
{
    const struct phase *p = &m->phase;
    const struct gen_like_block
        *b = &m->like.blocks[any_of(m, p->first, p->end)],
        *life = &m->like.blocks[any_of(m, p->first, p->end)];
    request(m, b->size, b, life);
}

static int run_cdf(struct gen *g)
{
    return run_fitted(g, prepare_nothing, birth_cdf);
}

/* ---- markov ------------------------------------------------------------ */

static size_t class_of(uint64_t size)
{
    if (size < SMALL)
        return size / 8;
    unsigned octave = 63 - (unsigned)__builtin_clzll(size);
    return SMALL / 8 + 8 * (octave - 7) + (size >> (octave - 3) & 7);
}

/* Counting sort (Knuth TAOCP 3 §5.2, algorithm D). */
static void prepare_classes(struct model *m)
{
    const struct phase *p = &m->phase;
    size_t at[CLASS_COUNT + 1] = {0};
    m->members = gen_array(m->members, p->end - p->first, sizeof *m->members);
    for (size_t i = p->first; i < p->end; i++)
        at[class_of(m->like.blocks[i].size) + 1]++;
    for (size_t c = 0; c < CLASS_COUNT; c++)
        at[c + 1] += at[c];
    memcpy(m->starts, at, sizeof at);
    for (size_t i = p->first; i < p->end; i++)
        m->members[at[class_of(m->like.blocks[i].size)]++] = i;
}

static size_t any_of_class(struct model *m, size_t class)
{
    size_t from = m->starts[class], to = m->starts[class + 1];
    if (from == to)
        return any_of(m, m->phase.first, m->phase.end);
    return m->members[any_of(m, from, to)];
}

static void birth_markov(struct model *m)
{
    size_t next = any_of_class(m, m->before) + 1;
    if (next == m->phase.end)
        next = any_of(m, m->phase.first, m->phase.end);
    uint64_t size = m->like.blocks[next].size;
    m->before = class_of(size);
    const struct gen_like_block *life =
        &m->like.blocks[any_of_class(m, m->before)];
    request(m, size, life, life);
}

static int run_markov(struct gen *g)
{
    return run_fitted(g, prepare_classes, birth_markov);
}

/* ---- The models -------------------------------------------------------- */

#define FITTED_HELP                                                            \
    "Fitted to the trace of --like, which may be compressed, or - for "        \
    "standard\n"                                                               \
    "input: it has about as many requests, and the like sizes and "            \
    "lifetimes.\n"                                                             \
    "The trace is cut into PHASES of the same number of requests, and the\n"   \
    "model is fitted to each; the more, the nearer it comes.\n"                \
    "After Zorn and Grunwald 1994, \"Evaluating models of memory "             \
    "allocation\",\n"                                                          \
    "ACM TOMACS 4:107.  What calloc and memalign requested is requested by\n"  \
    "malloc."

#define FITTED_PARAMS                                                          \
    {                                                                          \
        {"like", 0, 0, GEN_TEXT, "the trace to fit to", "FILE"},               \
            {"phases", 16, 1, 1000000, "fitted one by one", NULL},             \
    }

const struct gen_model gen_model_cdf = {
    .name = "cdf",
    .run = run_cdf,
    .help = "sizes and lifetimes as in another trace, each for itself\n"
            "\n" FITTED_HELP,
    .params = FITTED_PARAMS,
};

const struct gen_model gen_model_markov = {
    .name = "markov",
    .run = run_markov,
    .help =
        "sizes that follow each other as in another trace\n"
        "\n"
        "A block's lifetime, and its growth by realloc, are those of a block "
        "of its\n"
        "size.\n"
        "\n" FITTED_HELP,
    .params = FITTED_PARAMS,
};
