/*
 * gen_random.c - the model random: no order at all
 *
 * Who dies is chosen among the live blocks, whose number stays about the same;
 * or every block is given a lifetime when it is born.
 */
#include <stdlib.h>

#include "tools/gen/gen_draw.h"
#include "tools/gen/gen_models.h"
#include "tools/gen/gen_queue.h"
#include "tools/rep.h"

enum {
    OPS,
    LIVE,
    REALLOC,
    SIZES,
    SIZE_FIRST,
    LIVES = SIZE_FIRST + GEN_DRAW_PARAM_COUNT,
    LIFE_FIRST
};

enum { LIVES_ANY, LIVES_YOUNG, LIVES_DRAWN };

struct block {
    uint64_t born, id;
};

struct model {
    struct gen *g;
    struct gen_draw sizes, lives;
    struct block *live;
    uint64_t count, born; /* of the live blocks; of all until now */
};

static bool is_realloc(struct model *m)
{
    return gen_below(m->g, 100) < m->g->params[REALLOC];
}

/* ---- A steady number of blocks ----------------------------------------- */

/* The place in live of the block to go.  young: of two, the one that came
 * later, so most blocks die early and some get very old. */
static uint64_t choose(struct model *m)
{
    uint64_t i = gen_below(m->g, m->count);
    if (m->g->params[LIVES] == LIVES_ANY)
        return i;
    uint64_t j = gen_below(m->g, m->count);
    return m->live[i].born > m->live[j].born ? i : j;
}

/* One request.  The chance of an allocation is 1/2 when as many blocks live as
 * wanted, more below and less above. */
static void steady_step(struct model *m)
{
    struct gen *g = m->g;
    uint64_t wanted = g->params[LIVE], n = m->count;
    if (n && is_realloc(m)) {
        uint64_t id = m->live[choose(m)].id;
        gen_realloc(g, id, gen_draw(g, &m->sizes));
    } else if (!n || (n < 2 * wanted && gen_below(g, 2 * wanted) >= n)) {
        uint64_t id = gen_malloc(g, gen_draw(g, &m->sizes));
        m->live[m->count++] = (struct block){m->born++, id};
    } else {
        uint64_t i = choose(m);
        gen_free(g, m->live[i].id);
        m->live[i] = m->live[--m->count];
    }
}

static void free_shuffled(struct model *m)
{
    uint64_t *ids = gen_new_ids(m->count);
    for (uint64_t i = 0; i < m->count; i++)
        ids[i] = m->live[i].id;
    gen_shuffle(m->g, ids, m->count);
    while (m->count)
        gen_free(m->g, ids[--m->count]);
    free(ids);
}

static void run_steady(struct model *m)
{
    const uint64_t *params = m->g->params;
    uint64_t room = 2 * params[LIVE];
    if (room > params[OPS])
        room = params[OPS];
    m->live = gen_array(NULL, room + 1, sizeof *m->live);
    for (uint64_t left = params[OPS]; left > m->count; left--)
        steady_step(m);
    free_shuffled(m);
    free(m->live);
}

/* ---- Lifetimes --------------------------------------------------------- */

/* The clock counts allocations. */
static void lifetime_step(struct model *m, struct gen_queue *q)
{
    struct gen *g = m->g;
    if (q->count && is_realloc(m)) {
        uint64_t id = q->deaths[gen_below(g, q->count)].id;
        gen_realloc(g, id, gen_draw(g, &m->sizes));
    } else if (gen_queue_due(q, m->born)) {
        gen_free(g, gen_queue_take(q).id);
    } else {
        uint64_t id = gen_malloc(g, gen_draw(g, &m->sizes));
        uint64_t dies = ++m->born + gen_draw(g, &m->lives);
        gen_queue_put(q, (struct gen_death){dies, id, 0});
    }
}

static void run_lifetimes(struct model *m)
{
    struct gen_queue q = {0};
    for (uint64_t left = m->g->params[OPS]; left > q.count; left--)
        lifetime_step(m, &q);
    while (q.count)
        gen_free(m->g, gen_queue_take(&q).id);
    gen_queue_free(&q);
}

/* ---- The model --------------------------------------------------------- */

static int open_draws(struct model *m)
{
    const struct gen *g = m->g;
    int status = gen_draw_open(
        &m->sizes, g, (enum gen_draw_kind)g->params[SIZES], SIZE_FIRST, "");
    if (status != REP_OK || g->params[LIVES] < LIVES_DRAWN)
        return status;
    uint64_t kind = g->params[LIVES] - LIVES_DRAWN;
    return gen_draw_open(&m->lives, g, (enum gen_draw_kind)kind, LIFE_FIRST,
                         "life-");
}

static int run_random(struct gen *g)
{
    struct model m = {.g = g};
    int status = open_draws(&m);
    if (status == REP_OK && g->params[LIVES] < LIVES_DRAWN)
        run_steady(&m);
    else if (status == REP_OK)
        run_lifetimes(&m);
    gen_draw_close(&m.sizes);
    gen_draw_close(&m.lives);
    return status;
}

const struct gen_model gen_model_random = {
    .name = "random",
    .run = run_random,
    .help =
        "random sizes and lifetimes, in no order\n"
        "\n"
        "Lives: any, who dies is any of the live blocks; young, rather a "
        "young\n"
        "one; else a lifetime from a distribution.  Lifetimes are counted in\n"
        "allocations made meanwhile, so that as many blocks live at once, "
        "about,\n"
        "as a life lasts in the mean, and --live has no effect.\n"
        "\n" GEN_DRAW_HELP,
    .params = {
        {"ops", 10000, 2, GEN_COUNT_MAX, "requests", NULL},
        {"live", 1000, 1, GEN_COUNT_MAX, "blocks live at once, about", NULL},
        {"realloc", 0, 0, 99, "percent of requests that are realloc", NULL},
        {"sizes", 0, 0, 0, "distribution of sizes", GEN_DRAW_WORDS},
        GEN_DRAW_PARAMS("", "size", 1, 4096, 256, GEN_SIZE_MAX),
        {"lives", 0, 0, 0, "of lifetimes", "any|young|" GEN_DRAW_WORDS},
        GEN_DRAW_PARAMS("life-", "lifetime", 1, 4000, 1000, GEN_COUNT_MAX),
    }};
