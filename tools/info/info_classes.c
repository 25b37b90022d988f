/*
 * info_classes.c - rep info: the classes of its histograms
 */
#include "tools/info/info.h"

#include <math.h>

/* ---- Sizes ------------------------------------------------------------- */

enum { STEP = 16, STEPS = 8 }; /* what segregated lists tell apart */

static size_t size_class(uint64_t size)
{
    if (size <= STEP * STEPS)
        return (size + STEP - 1) / STEP;
    uint64_t times = (size - 1) / (STEP * STEPS);
    return STEPS + 64 - (size_t)__builtin_clzll(times);
}

static uint64_t class_limit(size_t i)
{
    if (i <= STEPS)
        return STEP * i;
    return (uint64_t)STEP * STEPS << (i - STEPS);
}

void info_classify(struct info *info)
{
    for (size_t i = 0; i < INFO_CLASSES; i++)
        info->classes[i] = (struct info_class){i ? class_limit(i - 1) + 1 : 0,
                                               class_limit(i), 0, 0};
    for (size_t i = 0; i < info->size_count; i++) {
        const struct info_size *s = &info->sizes[i];
        struct info_class *c = &info->classes[size_class(s->size)];
        c->requests += s->requests;
        c->bytes += (info_wide)s->size * s->requests;
    }
}

double info_size_place(uint64_t size)
{
    double limit = STEP * STEPS;
    if ((double)size <= limit)
        return (double)size / STEP;
    return STEPS + log2((double)size / limit);
}

/* ---- Lifetimes --------------------------------------------------------- */

uint64_t info_lifetime_from(size_t i)
{
    return (uint64_t)1 << i;
}

uint64_t info_lifetime_to(size_t i)
{
    return ((uint64_t)2 << i) - 1;
}

/* ---- Growth ------------------------------------------------------------ */

/* The last class has no limit.  1.125 is how Python grows its lists, 1.5 and 2
 * are what vectors do. */
static const uint64_t growth_eighths[INFO_GROWTHS - 1] = {9, 10, 12, 16, 32};

double info_growth_limit(size_t i)
{
    return i < INFO_GROWTHS - 1 ? (double)growth_eighths[i] / 8 : INFINITY;
}

size_t info_growth_class(uint64_t from, uint64_t to)
{
    size_t i = 0;
    while (i < INFO_GROWTHS - 1 && to * 8 > from * growth_eighths[i])
        i++;
    return i;
}
