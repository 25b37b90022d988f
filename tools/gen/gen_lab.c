/*
 * gen_lab.c - the models of the classic lab: binary, coalesce, realloc
 *
 * Each shows one thing to an allocator: splinters between neighbours, merging,
 * growth with and without a block in the way.
 */
#include <stdlib.h>

#include "tools/gen/gen_models.h"
#include "tools/rep.h"

/* ---- binary ------------------------------------------------------------ */

enum { BINARY_PAIRS, BINARY_SMALL, BINARY_LARGE, BINARY_REQUEST, BINARY_FREE };

static int run_binary(struct gen *g)
{
    uint64_t pairs = g->params[BINARY_PAIRS];
    uint64_t *small = gen_new_ids(pairs), *large = gen_new_ids(pairs);
    for (uint64_t i = 0; i < pairs; i++) {
        small[i] = gen_malloc(g, g->params[BINARY_SMALL]);
        large[i] = gen_malloc(g, g->params[BINARY_LARGE]);
    }
    uint64_t *half = g->params[BINARY_FREE] ? large : small;
    for (uint64_t i = 0; i < pairs; i++)
        gen_free(g, half[i]);
    for (uint64_t i = 0; i < pairs; i++)
        half[i] = gen_malloc(g, g->params[BINARY_REQUEST]);
    gen_shuffle(g, small, pairs);
    gen_shuffle(g, large, pairs);
    for (uint64_t i = 0; i < pairs; i++) {
        gen_free(g, small[i]);
        gen_free(g, large[i]);
    }
    free(small);
    free(large);
    return REP_OK;
}

const struct gen_model gen_model_binary = {
    .name = "binary",
    .run = run_binary,
    .help = "small and large blocks in turn; one half is freed\n"
            "\n"
            "What is requested then fits only where freed blocks lie side by "
            "side and\nmerge.",
    .params =
        {
            {"pairs", 2000, 1, GEN_COUNT_MAX, "pairs of blocks", NULL},
            {"small", 64, 1, GEN_SIZE_MAX, "bytes of a small block", NULL},
            {"large", 448, 1, GEN_SIZE_MAX, "bytes of a large block", NULL},
            {"request", 512, 1, GEN_SIZE_MAX, "bytes requested after", NULL},
            {"free", 0, 0, 1, "which half is freed", "small|large"},
        },
};

/* ---- coalesce ---------------------------------------------------------- */

enum { COALESCE_ROUNDS, COALESCE_BATCH, COALESCE_MIN, COALESCE_MAX };

/* coalesce_pair - replace two neighbours by one of their size together. */
static uint64_t coalesce_pair(struct gen *g, const uint64_t pair[2],
                              uint64_t size)
{
    uint64_t first = gen_below(g, 2);
    gen_free(g, pair[first]);
    gen_free(g, pair[1 - first]);
    return gen_malloc(g, 2 * size);
}

static int run_coalesce(struct gen *g)
{
    uint64_t batch = g->params[COALESCE_BATCH];
    uint64_t(*pairs)[2] = (uint64_t(*)[2])gen_new_ids(2 * batch);
    uint64_t *sizes = gen_new_ids(batch), *doubles = gen_new_ids(batch);
    for (uint64_t round = 0; round < g->params[COALESCE_ROUNDS]; round++) {
        for (uint64_t i = 0; i < batch; i++) {
            sizes[i] = gen_between(g, g->params[COALESCE_MIN],
                                   g->params[COALESCE_MAX]);
            pairs[i][0] = gen_malloc(g, sizes[i]);
            pairs[i][1] = gen_malloc(g, sizes[i]);
        }
        for (uint64_t i = 0; i < batch; i++)
            doubles[i] = coalesce_pair(g, pairs[i], sizes[i]);
        gen_shuffle(g, doubles, batch);
        for (uint64_t i = 0; i < batch; i++)
            gen_free(g, doubles[i]);
    }
    free(pairs);
    free(sizes);
    free(doubles);
    return REP_OK;
}

const struct gen_model gen_model_coalesce = {
    .name = "coalesce",
    .run = run_coalesce,
    .help = "pairs of neighbours, freed and requested as one\n"
            "\n"
            "Two blocks of one size, then one of double the size, which fits "
            "where they\nwere if they are merged at once.",
    .params =
        {
            {"rounds", 100, 1, GEN_COUNT_MAX, "rounds, each from an empty heap",
             NULL},
            {"batch", 20, 1, GEN_COUNT_MAX, "pairs live at once in a round",
             NULL},
            {"min", 16, 1, GEN_SIZE_MAX, "bytes of the smallest half", NULL},
            {"max", 4096, 1, GEN_SIZE_MAX, "bytes of the largest half", NULL},
        },
};

/* ---- realloc ----------------------------------------------------------- */

enum {
    REALLOC_STEPS,
    REALLOC_START,
    REALLOC_GROWTH,
    REALLOC_SMALL,
    REALLOC_KEEP
};

/* run_realloc - with keep = 0 a small block is gone before the next growth;
 *     else it lies in the way until keep others have come. */
static int run_realloc(struct gen *g)
{
    uint64_t keep = g->params[REALLOC_KEEP];
    uint64_t *kept = gen_new_ids(keep + 1);
    uint64_t size = g->params[REALLOC_START];
    uint64_t block = gen_malloc(g, size);
    for (uint64_t i = 0; i < g->params[REALLOC_STEPS]; i++) {
        uint64_t *oldest = &kept[i % (keep + 1)];
        *oldest = gen_malloc(g, gen_between(g, 1, g->params[REALLOC_SMALL]));
        if (i >= keep)
            gen_free(g, kept[(i - keep) % (keep + 1)]);
        size += gen_between(g, 1, 2 * g->params[REALLOC_GROWTH] - 1);
        gen_realloc(g, block, size);
    }
    uint64_t steps = g->params[REALLOC_STEPS];
    for (uint64_t i = steps > keep ? steps - keep : 0; i < steps; i++)
        gen_free(g, kept[i % (keep + 1)]);
    gen_free(g, block);
    free(kept);
    return REP_OK;
}

const struct gen_model gen_model_realloc = {
    .name = "realloc",
    .run = run_realloc,
    .help = "one block that grows, small ones that come and go",
    .params =
        {
            {"steps", 2000, 1, GEN_COUNT_MAX, "reallocs", NULL},
            {"start", 512, 1, GEN_SIZE_MAX, "bytes of the block at first",
             NULL},
            {"growth", 128, 1, GEN_SIZE_MAX, "bytes added by a realloc, mean",
             NULL},
            {"small", 128, 1, GEN_SIZE_MAX, "bytes of a small block, at most",
             NULL},
            {"keep", 0, 0, GEN_COUNT_MAX, "small blocks in the way", NULL},
        },
};

const struct gen_model gen_model_realloc_wall = {
    .name = "realloc-wall",
    .run = run_realloc,
    .help = "the same with a small block behind the growing one",
    .params =
        {
            {"steps", 2000, 1, GEN_COUNT_MAX, "reallocs", NULL},
            {"start", 512, 1, GEN_SIZE_MAX, "bytes of the block at first",
             NULL},
            {"growth", 128, 1, GEN_SIZE_MAX, "bytes added by a realloc, mean",
             NULL},
            {"small", 128, 1, GEN_SIZE_MAX, "bytes of a small block, at most",
             NULL},
            {"keep", 1, 0, GEN_COUNT_MAX, "small blocks in the way", NULL},
        },
};
