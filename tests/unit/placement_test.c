/*
 * placement_test.c - where the allocators that keep to a rule put their blocks
 *
 * A model knows the free blocks from mm_walk, and since which request each has
 * been there as it is.  So it can tell which one the rule chooses, and where
 * the heap must grow because there is none.
 */
#define _GNU_SOURCE
#include "tests/unit/allocators_help.h"

#define STEPS 3000
#define SLOTS 150
#define MOST  (2 * SLOTS + 1) /* blocks at a time */

struct region {
    char *at;
    size_t size;
    bool live;
    size_t since; /* the request it came with */
};

struct rule {
    const char *name;
    size_t overhead; /* bytes of a block that are not payload */
    bool best;       /* the smallest that fits, else any */
    bool by_address; /* of these the lowest, else the youngest */
};

static const struct rule rules[] = {
    {"implicit", 16, false, true},
    {"implicit-best", 16, true, true},
    {"explicit", 16, false, false},
    {"explicit-address", 16, false, true},
    {"explicit-best", 16, true, false},
    {"explicit-address-best", 16, true, true},
    {"tree", 8, true, true},
};

/* ---- The model --------------------------------------------------------- */

static struct region regions[MOST], before[MOST];
static size_t count, count_before, now;

static size_t since(const void *at, size_t size)
{
    for (size_t i = 0; i < count_before; i++)
        if (before[i].at == at && before[i].size == size && !before[i].live)
            return before[i].since;
    return now;
}

static void visit(void *block, size_t size, bool live)
{
    if (count < MOST)
        regions[count++] =
            (struct region){block, size, live, since(block, size)};
}

static void look(void)
{
    memcpy(before, regions, sizeof before);
    count_before = count;
    count = 0;
    now++;
    mm.walk(visit);
}

static size_t need_for(const struct rule *rule, size_t payload)
{
    size_t need = (payload + rule->overhead + 15) & ~(size_t)15;
    return need < 32 ? 32 : need;
}

/* better - whether the rule takes a before b. */
static bool better(const struct rule *rule, const struct region *a,
                   const struct region *b)
{
    if (rule->best && a->size != b->size)
        return a->size < b->size;
    return rule->by_address ? a->at < b->at : a->since > b->since;
}

static const struct region *choice(const struct rule *rule, size_t need)
{
    const struct region *best = NULL;
    for (const struct region *r = regions; r < regions + count; r++)
        if (!r->live && r->size >= need && (!best || better(rule, r, best)))
            best = r;
    return best;
}

/* top - where the heap grows: at a free block at its top, or above it. */
static char *top(void)
{
    if (count == 0)
        return (char *)mem_heap_hi() - 7;
    const struct region *last = &regions[count - 1];
    return last->live ? last->at + last->size : last->at;
}

/* ---- The allocator ----------------------------------------------------- */

/* Few sizes and many, so that there are free blocks of equal ones. */
static size_t random_size(void)
{
    return random_below(2) ? 16 + 48 * random_below(6) : 1 + random_below(900);
}

/* What is wrong with a malloc's answer, NULL if nothing is. */
static const char *malloc_judged(const struct rule *rule, size_t size, void **p)
{
    size_t need = need_for(rule, size), heap = mem_heapsize();
    const struct region *expected = choice(rule, need);
    char *at = expected ? expected->at : top();
    size_t end = (size_t)(at - (char *)mem_heap_lo()) + need + 8;
    *p = mm.malloc(size);
    if ((char *)*p != at + 8)
        return expected ? "not the block that the rule chooses"
                        : "not at the top, though nothing fits";
    if (mem_heapsize() != (expected ? heap : end))
        return "the heap did not grow by what was lacking";
    return NULL;
}

static const char *run(const struct rule *rule)
{
    void *slots[SLOTS] = {0};
    const char *wrong = fresh_heap() ? NULL : "mm_init";
    count = count_before = now = 0;
    for (size_t i = 0; i < STEPS && !wrong; i++) {
        void **slot = &slots[random_below(SLOTS)];
        look();
        if (!*slot) {
            wrong = malloc_judged(rule, random_size(), slot);
            continue;
        }
        mm.free(*slot);
        *slot = NULL;
    }
    return wrong;
}

static void test_rule(const struct rule *rule)
{
    char path[80];
    snprintf(path, sizeof path, "build/allocators/%s.so", rule->name);
    if (!load(path))
        return;
    const char *wrong = run(rule);
    check(!wrong, label("blocks are where the rule puts them"),
          "request %zu: %s", now, wrong);
}

/* ---- The shape of the tree --------------------------------------------- */

#define NODES 65536

static const uint64_t *nodes[NODES]; /* by address, so are nodes of a size */
static size_t node_count;

static void visit_node(void *block, size_t size, bool live)
{
    (void)size;
    if (!live && node_count < NODES)
        nodes[node_count++] = block;
}

/* depth - of what is left or right of a node, with it. */
static size_t depth(const uint64_t *node)
{
    if (!node)
        return 0;
    size_t left = depth((const uint64_t *)node[1]);
    size_t right = depth((const uint64_t *)node[2]);
    return 1 + (left > right ? left : right);
}

static size_t tree_depth(void)
{
    size_t most = 0;
    for (size_t i = 0; i < node_count && most < NODES / 2; i++) {
        size_t d = depth(nodes[i]);
        most = d > most ? d : most;
    }
    return most;
}

/* A random tree of 65536 nodes is 40 deep, give or take 3: 4.3 ln n less what
 * grows as ln ln n (Reed 2003).  A tree that is none is a chain. */
static void test_shape(size_t size)
{
    static void *held[2 * NODES];
    fresh_heap();
    for (size_t i = 0; i < 2 * NODES; i++)
        held[i] = mm.malloc(size);
    for (size_t i = 0; i < 2 * NODES; i += 2)
        mm.free(held[i]);
    node_count = 0;
    mm.walk(visit_node);
    size_t deep = tree_depth();
    check(node_count == NODES && deep < 60, label("the tree is balanced"),
          "%zu blocks of %zu bytes, %zu deep", node_count, size, deep);
}

int main(void)
{
    char tree[] = "build/allocators/tree.so";
    mem_init();
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        test_rule(&rules[i]);
    if (load(tree))
        for (size_t size = 24; size <= 16384; size *= 3)
            test_shape(size);
    mem_deinit();
    return check_done();
}
