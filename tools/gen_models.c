/*
 * gen_models.c - the models of rep gen
 *
 * Each shows one thing to an allocator: splinters between neighbours, merging,
 * a mix, growth.  See gen.h for what they promise.
 */
#include <stdlib.h>

#include "tools/gen.h"
#include "tools/rep.h"

/* Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators". */
static uint64_t splitmix64(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15ULL;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
    return z ^ z >> 31;
}

uint64_t gen_below(struct gen *g, uint64_t n)
{
    uint64_t excess = -n % n; /* 2^64 mod n: numbers below it are too many */
    uint64_t r;
    do
        r = splitmix64(&g->random);
    while (r < excess);
    return r % n;
}

static uint64_t between(struct gen *g, uint64_t lo, uint64_t hi)
{
    return lo + gen_below(g, hi - lo + 1);
}

/* ---- Requests ---------------------------------------------------------- */

static uint64_t gen_malloc(struct gen *g, uint64_t size)
{
    trace_put(g->w, TRACE_MALLOC, g->ids, 0, size);
    return g->ids++;
}

static void gen_free(struct gen *g, uint64_t id)
{
    trace_put(g->w, TRACE_FREE, id, 0, 0);
}

static void gen_realloc(struct gen *g, uint64_t id, uint64_t size)
{
    trace_put(g->w, TRACE_REALLOC, id, 0, size);
}

static uint64_t *new_ids(uint64_t n)
{
    uint64_t *ids = calloc(n, sizeof *ids);
    if (!ids)
        exit(rep_fail("gen: out of memory"));
    return ids;
}

static void swap(uint64_t *a, uint64_t *b)
{
    uint64_t t = *a;
    *a = *b;
    *b = t;
}

/* shuffle - Knuth TAOCP 2 §3.4.2, algorithm P. */
static void shuffle(struct gen *g, uint64_t *ids, uint64_t n)
{
    for (uint64_t i = n; i > 1; i--)
        swap(&ids[i - 1], &ids[gen_below(g, i)]);
}

/* ---- binary ------------------------------------------------------------ */

enum { BINARY_PAIRS, BINARY_SMALL, BINARY_LARGE, BINARY_REQUEST, BINARY_FREE };

static void run_binary(struct gen *g)
{
    uint64_t pairs = g->params[BINARY_PAIRS];
    uint64_t *small = new_ids(pairs), *large = new_ids(pairs);
    for (uint64_t i = 0; i < pairs; i++) {
        small[i] = gen_malloc(g, g->params[BINARY_SMALL]);
        large[i] = gen_malloc(g, g->params[BINARY_LARGE]);
    }
    uint64_t *half = g->params[BINARY_FREE] ? large : small;
    for (uint64_t i = 0; i < pairs; i++)
        gen_free(g, half[i]);
    for (uint64_t i = 0; i < pairs; i++)
        half[i] = gen_malloc(g, g->params[BINARY_REQUEST]);
    shuffle(g, small, pairs);
    shuffle(g, large, pairs);
    for (uint64_t i = 0; i < pairs; i++) {
        gen_free(g, small[i]);
        gen_free(g, large[i]);
    }
    free(small);
    free(large);
}

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

static void run_coalesce(struct gen *g)
{
    uint64_t batch = g->params[COALESCE_BATCH];
    uint64_t(*pairs)[2] = (uint64_t(*)[2])new_ids(2 * batch);
    uint64_t *sizes = new_ids(batch), *doubles = new_ids(batch);
    for (uint64_t round = 0; round < g->params[COALESCE_ROUNDS]; round++) {
        for (uint64_t i = 0; i < batch; i++) {
            sizes[i] =
                between(g, g->params[COALESCE_MIN], g->params[COALESCE_MAX]);
            pairs[i][0] = gen_malloc(g, sizes[i]);
            pairs[i][1] = gen_malloc(g, sizes[i]);
        }
        for (uint64_t i = 0; i < batch; i++)
            doubles[i] = coalesce_pair(g, pairs[i], sizes[i]);
        shuffle(g, doubles, batch);
        for (uint64_t i = 0; i < batch; i++)
            gen_free(g, doubles[i]);
    }
    free(pairs);
    free(sizes);
    free(doubles);
}

/* ---- random ------------------------------------------------------------ */

enum {
    RANDOM_OPS,
    RANDOM_LIVE,
    RANDOM_MIN,
    RANDOM_MAX,
    RANDOM_SIZES,
    RANDOM_LIVES,
    RANDOM_REALLOC
};

enum { SIZES_UNIFORM, SIZES_LOG, SIZES_POWER };

/* octaves - lo doubled how often stays within hi. */
static unsigned octaves(uint64_t lo, uint64_t hi)
{
    unsigned n = 0;
    for (; lo <= hi / 2; lo *= 2)
        n++;
    return n;
}

/* random_size - log: every doubling of the size is equally likely; power: each
 *     is half as likely as the one below, so that sizes fall with the square
 *     as they do in most programs (Wilson et al. 1995, section 2.3). */
static uint64_t random_size(struct gen *g)
{
    uint64_t lo = g->params[RANDOM_MIN], hi = g->params[RANDOM_MAX];
    if (g->params[RANDOM_SIZES] == SIZES_UNIFORM)
        return between(g, lo, hi);
    unsigned n = octaves(lo, hi), k = 0;
    if (g->params[RANDOM_SIZES] == SIZES_LOG)
        k = (unsigned)gen_below(g, n + 1);
    else
        while (k < n && gen_below(g, 2))
            k++;
    uint64_t from = lo << k;
    uint64_t to = from <= hi / 2 ? 2 * from - 1 : hi;
    return between(g, from, to < hi ? to : hi);
}

/* random_victim - the place in live of the block to go.  young: of two, the
 *     one that came later, so most blocks die early and some get very old. */
static uint64_t random_victim(struct gen *g, const uint64_t *live, uint64_t n)
{
    uint64_t i = gen_below(g, n);
    if (!g->params[RANDOM_LIVES])
        return i;
    uint64_t j = gen_below(g, n);
    return live[i] > live[j] ? i : j;
}

/* random_step - one request.  The chance of an allocation is 1/2 when as many
 *     blocks live as wanted, more below and less above. */
static uint64_t random_step(struct gen *g, uint64_t *live, uint64_t n)
{
    uint64_t wanted = g->params[RANDOM_LIVE];
    if (n && gen_below(g, 100) < g->params[RANDOM_REALLOC]) {
        uint64_t victim = live[random_victim(g, live, n)];
        gen_realloc(g, victim, random_size(g));
        return n;
    }
    if (!n || (n < 2 * wanted && gen_below(g, 2 * wanted) >= n)) {
        live[n] = gen_malloc(g, random_size(g));
        return n + 1;
    }
    uint64_t i = random_victim(g, live, n);
    gen_free(g, live[i]);
    live[i] = live[n - 1];
    return n - 1;
}

static void run_random(struct gen *g)
{
    uint64_t *live = new_ids(2 * g->params[RANDOM_LIVE] + 1);
    uint64_t n = 0;
    for (uint64_t left = g->params[RANDOM_OPS]; left > n; left--)
        n = random_step(g, live, n);
    shuffle(g, live, n);
    while (n)
        gen_free(g, live[--n]);
    free(live);
}

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
static void run_realloc(struct gen *g)
{
    uint64_t keep = g->params[REALLOC_KEEP];
    uint64_t *kept = new_ids(keep + 1);
    uint64_t size = g->params[REALLOC_START];
    uint64_t block = gen_malloc(g, size);
    for (uint64_t i = 0; i < g->params[REALLOC_STEPS]; i++) {
        uint64_t *oldest = &kept[i % (keep + 1)];
        *oldest = gen_malloc(g, between(g, 1, g->params[REALLOC_SMALL]));
        if (i >= keep)
            gen_free(g, kept[(i - keep) % (keep + 1)]);
        size += between(g, 1, 2 * g->params[REALLOC_GROWTH] - 1);
        gen_realloc(g, block, size);
    }
    uint64_t steps = g->params[REALLOC_STEPS];
    for (uint64_t i = steps > keep ? steps - keep : 0; i < steps; i++)
        gen_free(g, kept[i % (keep + 1)]);
    gen_free(g, block);
    free(kept);
}

/* ---- The table --------------------------------------------------------- */

#define COUNT_MAX 100000000
#define SIZE_MAX_ ((uint64_t)1 << 40)

const struct gen_model gen_models[] = {
    {"binary",
     run_binary,
     "small and large blocks in turn; one half of them is freed, and what is\n"
     "requested then fits only where freed blocks lie side by side and merge",
     {
         {"pairs", 2000, 1, COUNT_MAX, "pairs of blocks", NULL},
         {"small", 64, 1, SIZE_MAX_, "bytes of a small block", NULL},
         {"large", 448, 1, SIZE_MAX_, "bytes of a large block", NULL},
         {"request", 512, 1, SIZE_MAX_, "bytes requested after", NULL},
         {"free", 0, 0, 1, "which half is freed", "small|large"},
     }},
    {"coalesce",
     run_coalesce,
     "pairs of neighbours of one size, freed and requested as one of double\n"
     "the size",
     {
         {"rounds", 100, 1, COUNT_MAX, "rounds, each from an empty heap", NULL},
         {"batch", 20, 1, COUNT_MAX, "pairs live at once in a round", NULL},
         {"min", 16, 1, SIZE_MAX_, "bytes of the smallest half", NULL},
         {"max", 4096, 1, SIZE_MAX_, "bytes of the largest half", NULL},
     }},
    {"random",
     run_random,
     "random sizes and lifetimes around a steady number of live blocks",
     {
         {"ops", 10000, 2, COUNT_MAX, "requests", NULL},
         {"live", 1000, 1, COUNT_MAX, "blocks live at once, about", NULL},
         {"min", 1, 1, SIZE_MAX_, "bytes of the smallest block", NULL},
         {"max", 4096, 1, SIZE_MAX_, "bytes of the largest block", NULL},
         {"sizes", 0, 0, 2, "distribution of sizes", "uniform|log|power"},
         {"lives", 0, 0, 1, "who dies: any, or rather the young", "any|young"},
         {"realloc", 0, 0, 99, "percent of requests that are realloc", NULL},
     }},
    {"realloc",
     run_realloc,
     "one block that grows and grows, and small blocks that come and go",
     {
         {"steps", 2000, 1, COUNT_MAX, "reallocs", NULL},
         {"start", 512, 1, SIZE_MAX_, "bytes of the block at first", NULL},
         {"growth", 128, 1, SIZE_MAX_, "bytes added by a realloc, mean", NULL},
         {"small", 128, 1, SIZE_MAX_, "bytes of a small block, at most", NULL},
         {"keep", 0, 0, COUNT_MAX, "small blocks in the way", NULL},
     }},
    {"realloc-wall",
     run_realloc,
     "the same with a small block behind the large one at each realloc",
     {
         {"steps", 2000, 1, COUNT_MAX, "reallocs", NULL},
         {"start", 512, 1, SIZE_MAX_, "bytes of the block at first", NULL},
         {"growth", 128, 1, SIZE_MAX_, "bytes added by a realloc, mean", NULL},
         {"small", 128, 1, SIZE_MAX_, "bytes of a small block, at most", NULL},
         {"keep", 1, 0, COUNT_MAX, "small blocks in the way", NULL},
     }},
};

const size_t gen_model_count = sizeof gen_models / sizeof gen_models[0];
