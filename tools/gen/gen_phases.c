/*
 * gen_phases.c - the model phases: ramps, peaks and plateaus
 *
 * What most programs do over time: they accumulate, they build something up
 * for a while and drop it all at once, they build it up and work on it.
 */
#include <stdlib.h>

#include "tools/gen/gen_draw.h"
#include "tools/gen/gen_models.h"
#include "tools/rep.h"

enum {
    PHASES,
    SHAPE,
    HEIGHT,
    HOLD,
    CHURN,
    DEATH,
    SURVIVE,
    KINDS,
    SIZES,
    SIZE_FIRST
};

enum { SHAPE_PEAK, SHAPE_RAMP, SHAPE_PLATEAU, SHAPE_ALL };
enum { DEATH_FIFO, DEATH_LIFO, DEATH_RANDOM };

struct blocks {
    uint64_t *ids, count, room;
};

struct model {
    struct gen *g;
    struct gen_draw sizes;
    uint64_t *kinds;       /* the sizes of this phase */
    struct blocks built;   /* in this phase */
    struct blocks staying; /* to the end */
};

/* ---- Blocks ------------------------------------------------------------ */

static void add(struct blocks *b, uint64_t id)
{
    if (b->count == b->room) {
        b->room = b->room ? 2 * b->room : 1024;
        b->ids = gen_array(b->ids, b->room, sizeof *b->ids);
    }
    b->ids[b->count++] = id;
}

static uint64_t request(struct model *m)
{
    uint64_t kinds = m->g->params[KINDS];
    return gen_malloc(m->g, kinds ? m->kinds[gen_below(m->g, kinds)]
                                  : gen_draw(m->g, &m->sizes));
}

static void reverse(struct blocks *b)
{
    for (uint64_t i = 0; i < b->count / 2; i++) {
        uint64_t id = b->ids[i];
        b->ids[i] = b->ids[b->count - 1 - i];
        b->ids[b->count - 1 - i] = id;
    }
}

/* All of them die, one in so many percent excepted, which stays. */
static void die(struct model *m, struct blocks *b, uint64_t survive)
{
    struct gen *g = m->g;
    if (g->params[DEATH] == DEATH_LIFO)
        reverse(b);
    if (g->params[DEATH] == DEATH_RANDOM)
        gen_shuffle(g, b->ids, b->count);
    for (uint64_t i = 0; i < b->count; i++)
        if (gen_below(g, 100) < survive)
            add(&m->staying, b->ids[i]);
        else
            gen_free(g, b->ids[i]);
    b->count = 0;
}

/* ---- Phases ------------------------------------------------------------ */

static void new_kinds(struct model *m)
{
    for (uint64_t i = 0; i < m->g->params[KINDS]; i++)
        m->kinds[i] = gen_draw(m->g, &m->sizes);
}

/* A temporary block is there while a lasting one is requested, which comes to
 * lie behind it. */
static void rise(struct model *m)
{
    struct gen *g = m->g;
    uint64_t owed = 0;
    for (uint64_t i = 0; i < g->params[HEIGHT]; i++) {
        owed += g->params[CHURN];
        for (; owed >= 200; owed -= 100)
            gen_free(g, request(m));
        bool last = owed >= 100;
        uint64_t temporary = last ? request(m) : 0;
        add(&m->built, request(m));
        if (last)
            gen_free(g, temporary);
        owed %= 100;
    }
}

static void hold(struct model *m)
{
    for (uint64_t i = 0; i < m->g->params[HOLD]; i++) {
        uint64_t *id = &m->built.ids[gen_below(m->g, m->built.count)];
        gen_free(m->g, *id);
        *id = request(m);
    }
}

static void run_phase(struct model *m, uint64_t shape)
{
    const uint64_t *params = m->g->params;
    new_kinds(m);
    rise(m);
    if (shape == SHAPE_PLATEAU)
        hold(m);
    die(m, &m->built, shape == SHAPE_RAMP ? 100 : params[SURVIVE]);
}

static void run_all(struct model *m)
{
    const uint64_t *params = m->g->params;
    m->kinds = gen_new_ids(params[KINDS]);
    for (uint64_t i = 0; i < params[PHASES]; i++)
        run_phase(m,
                  params[SHAPE] == SHAPE_ALL ? i % SHAPE_ALL : params[SHAPE]);
    die(m, &m->staying, 0);
    free(m->kinds);
    free(m->built.ids);
    free(m->staying.ids);
}

static int run_phases(struct gen *g)
{
    struct model m = {.g = g};
    int status = gen_draw_open(
        &m.sizes, g, (enum gen_draw_kind)g->params[SIZES], SIZE_FIRST, "");
    if (status == REP_OK)
        run_all(&m);
    gen_draw_close(&m.sizes);
    return status;
}

const struct gen_model gen_model_phases = {
    .name = "phases",
    .run = run_phases,
    .help =
        "a program in phases: peaks, ramps and plateaus\n"
        "\n"
        "After Wilson, Johnstone, Neely and Boles 1995, \"Dynamic storage\n"
        "allocation\", section 2.4.  Every phase builds up HEIGHT blocks.  At "
        "the end\n"
        "of a peak they die at once; what a ramp has built stays to the end of "
        "the\n"
        "trace; on a plateau HOLD of them are freed and replaced, one by one, "
        "before\n"
        "they die.  Every phase has KINDS sizes of its own.\n"
        "\n" GEN_DRAW_HELP,
    .params = {
        {"phases", 6, 1, GEN_COUNT_MAX, "phases", NULL},
        {"shape", SHAPE_ALL, 0, 0, "of a phase; all: in turn",
         "peak|ramp|plateau|all"},
        {"height", 1000, 1, GEN_COUNT_MAX, "blocks built up in a phase", NULL},
        {"hold", 2000, 0, GEN_COUNT_MAX, "blocks replaced on a plateau", NULL},
        {"churn", 100, 0, 100000, "percent of temporary blocks to those built",
         NULL},
        {"death", DEATH_RANDOM, 0, 0, "the order in which they die",
         "fifo|lifo|random"},
        {"survive", 5, 0, 100, "percent that outlive their phase, to the end",
         NULL},
        {"kinds", 8, 0, 1000000, "sizes of a phase; 0: any number", NULL},
        {"sizes", GEN_DRAW_POWER, 0, 0, "distribution of sizes",
         GEN_DRAW_WORDS},
        GEN_DRAW_PARAMS("", "size", 16, 4096, 256, GEN_SIZE_MAX),
    }};
