/*
 * gen_policy_test.c - the ideal allocators against models that look at every
 * word, and runs of slots on their own
 */
#include <stdarg.h>
#include <stdlib.h>

#include "tests/check.h"
#include "tools/rep.h"

/* Tools are not linked into unit tests. */
#include "tools/gen/gen_holes.c"
#include "tools/gen/gen_policy.c"
#include "tools/gen/gen_policy_runs.c"

int rep_fail(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    return REP_USAGE;
}

/* ---- The naive model --------------------------------------------------- */

#define WORDS 4096
#define LIVE  64
#define STEPS 20000

/* A heap as words; freed[w] is the time at which the hole that begins at word
 * w came up. */
struct model {
    enum policy_kind kind;
    bool used[WORDS];
    unsigned freed[WORDS], now;
    uint64_t heap, last;
};

static uint64_t random_state = 88172645463325252;

static uint64_t random_below(uint64_t n)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state % n;
}

/* hole_at - words of the hole that begins at w; 0: none does. */
static uint64_t hole_at(const struct model *m, uint64_t w)
{
    if (w >= m->heap || m->used[w] || (w > 0 && !m->used[w - 1]))
        return 0;
    uint64_t end = w;
    while (end < m->heap && !m->used[end])
        end++;
    return end - w;
}

/* is_better - whether the hole at a is to be taken rather than that at b,
 *     which lies below it. */
static bool is_better(const struct model *m, uint64_t a, uint64_t b)
{
    switch (m->kind) {
    case POLICY_BEST_FIT:
        return hole_at(m, a) < hole_at(m, b);
    case POLICY_NEXT_FIT:
        return a >= m->last && b < m->last;
    case POLICY_LIFO:
        return m->freed[a] > m->freed[b];
    default:
        return false;
    }
}

static uint64_t model_malloc(struct model *m, uint64_t words)
{
    uint64_t best = WORDS;
    for (uint64_t w = 0; w < m->heap; w++)
        if (hole_at(m, w) >= words && (best == WORDS || is_better(m, w, best)))
            best = w;
    if (best == WORDS) {
        best = m->heap;
        while (best > 0 && !m->used[best - 1])
            best--;
        m->heap = best + words;
    }
    memset(&m->used[best], 1, words);
    m->freed[best + words] = m->freed[best];
    return m->last = best;
}

static void model_free(struct model *m, uint64_t w, uint64_t words)
{
    memset(&m->used[w], 0, words);
    while (w > 0 && !m->used[w - 1])
        w--;
    m->freed[w] = ++m->now;
}

struct live {
    uint64_t address, words;
    uint32_t handle;
};

/* step - a request, to both; false if they differ. */
static bool step(struct policy *p, struct model *m, struct live *l)
{
    if (l->words) {
        policy_free(p, l->handle);
        model_free(m, l->address, l->words);
        l->words = 0;
        return true;
    }
    l->words = 1 + random_below(random_below(4) ? 8 : 40);
    struct policy_block b = policy_malloc(p, l->words);
    l->address = b.address;
    l->handle = b.handle;
    return model_malloc(m, l->words) == b.address && m->heap == policy_heap(p);
}

static void test_against_model(enum policy_kind kind, const char *name)
{
    struct model *m = calloc(1, sizeof *m);
    struct policy *p = policy_create(kind, 16);
    struct live live[LIVE] = {{0}};
    int i = 0;
    m->kind = kind;
    while (i < STEPS && step(p, m, &live[random_below(LIVE)]))
        i++;
    check_int(i, STEPS, name);
    check(m->heap > 400 && m->heap < WORDS - 40, "the heap is of some size",
          "%llu words", (unsigned long long)m->heap);
    policy_destroy(p);
    free(m);
}

/* ---- Buddies ----------------------------------------------------------- */

static void test_buddies(void)
{
    struct policy *p = policy_create(POLICY_BUDDY, 16);
    struct policy_block a = policy_malloc(p, 3), b = policy_malloc(p, 8);
    struct policy_block c = policy_malloc(p, 1), d = policy_malloc(p, 4);
    check_int((long long)a.address, 0, "the first buddy lies at the bottom");
    check_int((long long)b.address, 8, "8 words lie at a multiple of 8");
    check_int((long long)c.address, 4, "1 word is cut from the smallest hole");
    check_int((long long)d.address, 16, "4 words do not fit beside it");
    check_int((long long)policy_heap(p), 20, "the heap grows by what is asked");
    policy_free(p, c.handle);
    c = policy_malloc(p, 4);
    check_int((long long)c.address, 4, "buddies merge");
    policy_free(p, b.handle);
    policy_free(p, c.handle);
    b = policy_malloc(p, 5);
    check_int((long long)b.address, 8, "neighbours that are none do not");
    policy_destroy(p);
}

/* ---- Runs -------------------------------------------------------------- */

static void test_runs(void)
{
    struct policy *p = policy_create(POLICY_SEGREGATED, 16);
    struct policy_block a[5];
    for (int i = 0; i < 5; i++)
        a[i] = policy_malloc(p, 5);
    check_int((long long)a[2].address, 10, "a page has three slots of 5 words");
    check_int((long long)a[3].address, 16, "the fourth lies in the next page");
    policy_free(p, a[1].handle);
    struct policy_block b = policy_malloc(p, 4);
    check_int((long long)b.address, 32, "4 words are no use of that slot");
    a[1] = policy_malloc(p, 5);
    check_int((long long)a[1].address, 5, "5 words are");
    policy_free(p, a[3].handle);
    policy_free(p, a[4].handle);
    struct policy_block c = policy_malloc(p, 16);
    check_int((long long)c.address, 16, "an empty page serves all again");
    policy_free(p, c.handle);
    c = policy_malloc(p, 5);
    check_int((long long)c.address, 16, "and the size it had");
    policy_destroy(p);
}

int main(void)
{
    test_against_model(POLICY_FIRST_FIT, "first fit is as the model");
    test_against_model(POLICY_BEST_FIT, "best fit is as the model");
    test_against_model(POLICY_NEXT_FIT, "next fit is as the model");
    test_against_model(POLICY_LIFO, "LIFO is as the model");
    test_buddies();
    test_runs();
    return check_done();
}
