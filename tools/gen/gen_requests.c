/*
 * gen_requests.c - what the models of rep gen share: chance, ids, requests
 */
#include <stdlib.h>

#include "tools/gen/gen.h"
#include "tools/rep.h"

/* ---- Chance ------------------------------------------------------------ */

/* Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators". */
uint64_t gen_random(struct gen *g)
{
    uint64_t z = g->random += 0x9e3779b97f4a7c15ULL;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
    return z ^ z >> 31;
}

/* Of the 2^64 numbers the lowest 2^64 mod n are too many; that takes a
 * division, which a number of n or more does not need. */
uint64_t gen_below(struct gen *g, uint64_t n)
{
    uint64_t r = gen_random(g);
    if (r < n)
        for (uint64_t excess = -n % n; r < excess;)
            r = gen_random(g);
    return r % n;
}

uint64_t gen_between(struct gen *g, uint64_t lo, uint64_t hi)
{
    return lo + gen_below(g, hi - lo + 1);
}

static void swap(uint64_t *a, uint64_t *b)
{
    uint64_t t = *a;
    *a = *b;
    *b = t;
}

/* Knuth TAOCP 2 §3.4.2, algorithm P. */
void gen_shuffle(struct gen *g, uint64_t *ids, uint64_t n)
{
    for (uint64_t i = n; i > 1; i--)
        swap(&ids[i - 1], &ids[gen_below(g, i)]);
}

/* ---- Memory ------------------------------------------------------------ */

void *gen_array(void *array, uint64_t count, size_t size)
{
    void *p = reallocarray(array, count ? count : 1, size);
    if (!p)
        exit(rep_fail("gen: out of memory"));
    return p;
}

uint64_t *gen_new_ids(uint64_t n)
{
    return gen_array(NULL, n, sizeof(uint64_t));
}

/* ---- Requests ---------------------------------------------------------- */

static uint64_t new_id(struct gen *g)
{
    return g->spare_count ? g->spare[--g->spare_count] : g->ids++;
}

uint64_t gen_malloc(struct gen *g, uint64_t size)
{
    uint64_t id = new_id(g);
    trace_put(g->w, TRACE_MALLOC, id, 0, size);
    return id;
}

uint64_t gen_calloc(struct gen *g, uint64_t count, uint64_t size)
{
    uint64_t id = new_id(g);
    trace_put(g->w, TRACE_CALLOC, id, count, size);
    return id;
}

void gen_realloc(struct gen *g, uint64_t id, uint64_t size)
{
    trace_put(g->w, TRACE_REALLOC, id, 0, size ? size : 1);
}

static void keep_spare(struct gen *g, uint64_t id)
{
    if (g->spare_count == g->spare_room) {
        g->spare_room = g->spare_room ? 2 * g->spare_room : 1024;
        g->spare = gen_array(g->spare, g->spare_room, sizeof *g->spare);
    }
    g->spare[g->spare_count++] = id;
}

void gen_free(struct gen *g, uint64_t id)
{
    trace_put(g->w, TRACE_FREE, id, 0, 0);
    if (g->reuse_ids)
        keep_spare(g, id);
}
