/*
 * bound_recipe.c - how each try places the blocks
 *
 * No way of placing is best for all traces, so that every try has another one:
 * first what serves most traces, then what differs most from that, then all
 * numbers of groups, then chance.  Try number n of a trace is the same
 * everywhere: whole numbers alone decide.
 */
#include "driver/bound_parts.h"

/* splitmix64: Steele, Lea & Flood, "Fast splittable pseudorandom number
 * generators" (OOPSLA 2014). */
static uint64_t mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
}

uint64_t bound_chance(const struct bound_recipe *r, uint32_t block)
{
    return mix(r->seed + ((uint64_t)block << 32));
}

static uint32_t root_of(uint32_t n)
{
    uint32_t root = 1;
    while ((uint64_t)root * root < n)
        root++;
    return root;
}

/* How often 1 is doubled to reach n. */
static uint32_t doublings(uint32_t n)
{
    return n < 2 ? 0 : 32 - (uint32_t)__builtin_clz(n - 1);
}

/* The first tries; where groups is 0, it is the root of the blocks at the
 * peak. */
static const struct bound_recipe first[] = {
    {.beside = false},
    {.by_birth = true, .beside = true},
    {.skyline = true, .weight = BOUND_LIFE},
    {.skyline = true, .weight = BOUND_LIFE_AND_SIZE},
    {.skyline = true, .weight = BOUND_LIFE_AND_ROOT},
    {.origin = BOUND_START},
    {.origin = BOUND_END},
};

#define FIRST (sizeof first / sizeof *first)

/* Ways to stack the blocks of a number of groups. */
#define WAYS 4

static struct bound_recipe in_groups(const struct bound_task *task, size_t way,
                                     size_t power)
{
    uint64_t groups = (uint64_t)1 << power;
    return (struct bound_recipe){
        .by_birth = way & 1,
        .beside = way & 2,
        .groups = groups < task->peak_live ? (uint32_t)groups : task->peak_live,
    };
}

/* Blurs that moved the results most, where there were any to be had. */
static struct bound_recipe by_chance(const struct bound_task *task, size_t n,
                                     size_t powers)
{
    uint64_t chance = mix(n);
    struct bound_recipe r = {.skyline = n & 1};
    if (r.skyline) {
        r.weight = (enum bound_weight)(chance % 3);
        r.blur = 8u << (chance >> 8) % 5;
    } else {
        r = in_groups(task, chance % WAYS, (chance >> 8) % powers);
        r.blur = 1u << (chance >> 16) % (doublings(task->end) + 1);
    }
    r.seed = n;
    return r;
}

struct bound_recipe bound_recipe(const struct bound_task *task, size_t n)
{
    size_t powers = doublings(task->peak_live) + 1u;
    if (n >= FIRST + WAYS * powers)
        return by_chance(task, n, powers);
    if (n >= FIRST)
        return in_groups(task, (n - FIRST) % WAYS, (n - FIRST) / WAYS);
    struct bound_recipe r = first[n];
    if (r.groups == 0)
        r.groups = root_of(task->peak_live);
    return r;
}

uint32_t bound_origin(const struct bound_task *task,
                      const struct bound_recipe *r)
{
    switch (r->origin) {
    case BOUND_START:
        return 0;
    case BOUND_END:
        return task->end;
    default:
        return task->peak;
    }
}
