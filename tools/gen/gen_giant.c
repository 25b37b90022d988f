/*
 * gen_giant.c - the model giant: blocks up to 2^39 bytes, a few at a time
 *
 * Nobody touches what lies inside of a giant block: it costs address space
 * alone.  So what would be copied or cleared is never a giant.
 */
#include <stdlib.h>

#include "tools/gen/gen_draw.h"
#include "tools/gen/gen_models.h"
#include "tools/rep.h"

enum { OPS, LIVE, TOTAL, MIN, MAX, TOUCH, REALLOC, CALLOC };

struct block {
    uint64_t id, size;
};

struct model {
    struct gen *g;
    struct gen_draw sizes, touched;
    struct block *live;
    uint64_t count, bytes;
};

static void drop(struct model *m, uint64_t i)
{
    gen_free(m->g, m->live[i].id);
    m->bytes -= m->live[i].size;
    m->live[i] = m->live[--m->count];
}

static void enlist(struct model *m, uint64_t id, uint64_t size)
{
    m->live[m->count++] = (struct block){id, size};
    m->bytes += size;
}

/* Give up blocks, any of them, until one more of this size has its place.
 * Returns how many. */
static uint64_t make_room(struct model *m, uint64_t size)
{
    const uint64_t *params = m->g->params;
    uint64_t before = m->count;
    while (m->count == params[LIVE] ||
           (m->count && m->bytes + size > params[TOTAL]))
        drop(m, gen_below(m->g, m->count));
    return before - m->count;
}

static bool percent(struct model *m, unsigned param)
{
    return gen_below(m->g, 100) < m->g->params[param];
}

/* A giant, or one that may be cleared.  Returns the requests it took. */
static uint64_t allocate(struct model *m)
{
    struct gen *g = m->g;
    bool clear = percent(m, CALLOC);
    uint64_t size = gen_draw(g, clear ? &m->touched : &m->sizes);
    uint64_t made = make_room(m, size);
    enlist(m, clear ? gen_calloc(g, 1, size) : gen_malloc(g, size), size);
    return made + 1;
}

/* Only a block that may be copied is resized.  Returns the requests made. */
static uint64_t resize(struct model *m)
{
    struct block *b = &m->live[gen_below(m->g, m->count)];
    uint64_t size = gen_draw(m->g, &m->touched);
    if (b->size > m->g->params[TOUCH] ||
        m->bytes - b->size + size > m->g->params[TOTAL])
        return 0;
    gen_realloc(m->g, b->id, size);
    m->bytes += size - b->size;
    b->size = size;
    return 1;
}

static void run_all(struct model *m)
{
    uint64_t made = 0, ops = m->g->params[OPS];
    m->live = gen_array(NULL, m->g->params[LIVE], sizeof *m->live);
    while (made + m->count < ops)
        if (!m->count || !percent(m, REALLOC))
            made += allocate(m);
        else
            made += resize(m);
    while (m->count)
        drop(m, gen_below(m->g, m->count));
    free(m->live);
}

static struct gen_draw log_draw(uint64_t lo, uint64_t hi)
{
    struct gen_draw d = {.kind = GEN_DRAW_LOG, .lo = lo, .hi = hi};
    gen_draw_prepare(&d);
    return d;
}

static int run_giant(struct gen *g)
{
    const uint64_t *params = g->params;
    uint64_t least = params[MIN] < params[TOUCH] ? params[MIN] : params[TOUCH];
    if (params[TOTAL] < params[MAX])
        return rep_fail("gen: --total: expected at least --max, %llu, found "
                        "%llu",
                        (unsigned long long)params[MAX],
                        (unsigned long long)params[TOTAL]);
    struct model m = {.g = g,
                      .sizes = log_draw(params[MIN], params[MAX]),
                      .touched = log_draw(least, params[TOUCH])};
    run_all(&m);
    return REP_OK;
}

#define GIANT ((uint64_t)1 << 39)

const struct gen_model gen_model_giant = {
    .name = "giant",
    .run = run_giant,
    .help =
        "blocks up to 2^39 bytes, a few at a time\n"
        "\n"
        "Every doubling of the size is as likely.  TOTAL bytes live at most: "
        "the\n"
        "simulated heap ends at 2^40.  What is made by calloc or goes through\n"
        "realloc has TOUCH bytes at most, since these clear and copy.  libc, "
        "which\n"
        "has not the memory, cannot be timed: the weight is 2.",
    .weight = 2,
    .params = {
        {"ops", 2000, 2, GEN_COUNT_MAX, "requests, about", NULL},
        {"live", 12, 1, 1000000, "blocks live at once, at most", NULL},
        {"total", GIANT, 1, GEN_SIZE_MAX, "bytes live at once, at most", NULL},
        {"min", 16, 1, GEN_SIZE_MAX, "the smallest size", NULL},
        {"max", GIANT, 1, GEN_SIZE_MAX, "the largest size", NULL},
        {"touch", 65536, 1, GEN_SIZE_MAX, "bytes cleared or copied, at most",
         NULL},
        {"realloc", 10, 0, 90, "percent of realloc, where one is possible",
         NULL},
        {"calloc", 10, 0, 100, "percent of allocations by calloc", NULL},
    }};
