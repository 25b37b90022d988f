/*
 * info_sizes.c - rep info: how often each size was requested
 *
 * Small sizes, which are nearly all, are counted in an array; the others are
 * sorted.
 */
#include "tools/info/info.h"

#include <stdlib.h>
#include <string.h>

#define SMALL 65536 /* sizes below are counted directly */

struct counting {
    uint64_t small[SMALL];
    uint64_t *large;
    size_t large_count;
};

static bool is_block(const struct trace_life *life)
{
    return life->died != life->born;
}

static int compare_numbers(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static bool gather(struct counting *c, const struct trace_life *lives,
                   size_t count)
{
    size_t n = 0;
    for (size_t i = 1; i <= count; i++)
        n += lives[i].size >= SMALL;
    c->large = malloc((n + 1) * sizeof *c->large);
    if (!c->large)
        return false;
    for (size_t i = 1; i <= count; i++)
        if (lives[i].size >= SMALL)
            c->large[c->large_count++] = lives[i].size;
        else if (is_block(&lives[i]))
            c->small[lives[i].size]++;
    qsort(c->large, n, sizeof *c->large, compare_numbers);
    return true;
}

static size_t count_distinct(const struct counting *c)
{
    size_t n = 0;
    for (size_t i = 0; i < SMALL; i++)
        n += c->small[i] != 0;
    for (size_t i = 0; i < c->large_count; i++)
        n += i == 0 || c->large[i] != c->large[i - 1];
    return n;
}

static void add_size(struct info *info, uint64_t size, uint64_t requests)
{
    struct info_size *last = info->sizes + info->size_count;
    info->met += requests;
    if (info->size_count && last[-1].size == size)
        last[-1].requests += requests;
    else
        info->sizes[info->size_count++] = (struct info_size){size, requests};
}

static bool list_distinct(struct info *info, const struct counting *c)
{
    info->sizes = calloc(count_distinct(c) + 1, sizeof *info->sizes);
    if (!info->sizes)
        return false;
    for (size_t i = 0; i < SMALL; i++)
        if (c->small[i])
            add_size(info, i, c->small[i]);
    for (size_t i = 0; i < c->large_count; i++)
        add_size(info, c->large[i], 1);
    return true;
}

/* Of as many requests the smaller size comes first. */
static int compare_requests(const void *a, const void *b)
{
    const struct info_size *x = a, *y = b;
    if (x->requests != y->requests)
        return x->requests < y->requests ? 1 : -1;
    return (x->size > y->size) - (x->size < y->size);
}

static bool list_top(struct info *info)
{
    size_t bytes = info->size_count * sizeof *info->sizes;
    info->top = malloc(bytes + 1);
    if (!info->top)
        return false;
    memcpy(info->top, info->sizes, bytes);
    qsort(info->top, info->size_count, sizeof *info->top, compare_requests);
    return true;
}

bool info_count_sizes(struct info *info, const struct trace_life *lives,
                      size_t count)
{
    struct counting *c = calloc(1, sizeof *c);
    bool good = c && gather(c, lives, count) && list_distinct(info, c) &&
                list_top(info);
    if (c)
        free(c->large);
    free(c);
    return good;
}

uint64_t info_quantile(const struct info *info, unsigned percent)
{
    uint64_t wanted = (info->met * percent + 99) / 100, seen = 0;
    for (size_t i = 0; i < info->size_count; i++) {
        seen += info->sizes[i].requests;
        if (seen >= wanted)
            return info->sizes[i].size;
    }
    return 0;
}
