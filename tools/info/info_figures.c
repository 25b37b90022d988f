/*
 * info_figures.c - rep info: the single figures of a trace
 *
 * The table is what JSON and CSV hold, in this order.  Names are stable: add,
 * never rename.  Shares are of 1.
 */
#include "tools/info/info.h"

#include <math.h>

double info_ratio(info_wide a, info_wide b)
{
    return b ? (double)a / (double)b : NAN;
}

double info_util(const struct info *info, enum info_layout layout)
{
    return info_ratio(info->layouts[INFO_PAYLOAD].peak,
                      info->layouts[layout].peak);
}

double info_growth(const struct info *info)
{
    const struct info_reallocs *r = &info->reallocs;
    uint64_t n = r->grow - r->from_0;
    return n ? exp2(r->growth_log2 / (double)n) : NAN;
}

const char *info_decimal(char text[INFO_DECIMAL], info_wide number)
{
    char *p = text + INFO_DECIMAL - 1;
    *p = 0;
    do
        *--p = (char)('0' + (int)(number % 10));
    while (number /= 10);
    return p;
}

double info_top_share(const struct info *info)
{
    info_wide requests = 0;
    for (size_t i = 0; i < INFO_TOP && i < info->size_count; i++)
        requests += info->top[i].requests;
    return info_ratio(requests, info->met);
}

static info_wide lost(const struct info *info, enum info_layout layout)
{
    return info->layouts[layout].all - info->layouts[INFO_PAYLOAD].all;
}

static info_wide peak_lost(const struct info *info, enum info_layout layout)
{
    return info->layouts[layout].at_peak - info->layouts[INFO_PAYLOAD].at_peak;
}

/* ---- The table --------------------------------------------------------- */

#define FIGURES(COUNT, REAL)                                                   \
    COUNT(weight, i->weight)                                                   \
    COUNT(requests, i->requests)                                               \
    COUNT(ids, i->ids)                                                         \
    COUNT(malloc, i->kinds[TRACE_MALLOC])                                      \
    COUNT(free, i->kinds[TRACE_FREE])                                          \
    COUNT(realloc, i->kinds[TRACE_REALLOC])                                    \
    COUNT(calloc, i->kinds[TRACE_CALLOC])                                      \
    COUNT(memalign, i->kinds[TRACE_MEMALIGN])                                  \
    COUNT(free_null, i->free_null)                                             \
    COUNT(unmet, i->unmet)                                                     \
    COUNT(blocks, i->blocks)                                                   \
    COUNT(freed, i->freed)                                                     \
    COUNT(bytes, i->layouts[INFO_PAYLOAD].all)                                 \
    REAL(turnover,                                                             \
         info_ratio(i->layouts[INFO_PAYLOAD].all, i->most_bytes.bytes))        \
    COUNT(peak_bytes, i->most_bytes.bytes)                                     \
    COUNT(peak_bytes_blocks, i->most_bytes.blocks)                             \
    COUNT(peak_bytes_request, i->most_bytes.request)                           \
    COUNT(peak_blocks, i->most_blocks.blocks)                                  \
    COUNT(peak_blocks_bytes, i->most_blocks.bytes)                             \
    COUNT(peak_blocks_request, i->most_blocks.request)                         \
    REAL(mean_live_bytes, info_ratio(i->live_bytes, i->requests))              \
    REAL(mean_live_blocks, info_ratio(i->live_blocks, i->requests))            \
    COUNT(end_bytes, i->end.bytes)                                             \
    COUNT(end_blocks, i->end.blocks)                                           \
    COUNT(met, i->met)                                                         \
    COUNT(sizes_distinct, i->size_count)                                       \
    REAL(size_mean, info_ratio(i->layouts[INFO_PAYLOAD].all, i->met))          \
    COUNT(size_median, info_quantile(i, 50))                                   \
    COUNT(size_p90, info_quantile(i, 90))                                      \
    COUNT(size_max, info_quantile(i, 100))                                     \
    REAL(top10_share, info_top_share(i))                                       \
    REAL(free_youngest,                                                        \
         info_ratio(i->youngest, i->kinds[TRACE_FREE] - i->free_null))         \
    REAL(free_oldest,                                                          \
         info_ratio(i->oldest, i->kinds[TRACE_FREE] - i->free_null))           \
    COUNT(realloc_grow, i->reallocs.grow)                                      \
    COUNT(realloc_same, i->reallocs.same)                                      \
    COUNT(realloc_shrink, i->reallocs.shrink)                                  \
    COUNT(realloc_null, i->reallocs.null)                                      \
    COUNT(realloc_to_0, i->reallocs.to_0)                                      \
    COUNT(realloc_unmet, i->reallocs.unmet)                                    \
    REAL(realloc_growth, info_growth(i))                                       \
    COUNT(realloc_copied, i->reallocs.copied)                                  \
    COUNT(realloc_blocks, i->reallocs.blocks)                                  \
    COUNT(realloc_most, i->reallocs.most)                                      \
    COUNT(round8_lost, lost(i, INFO_ROUND_8))                                  \
    COUNT(round8_peak_lost, peak_lost(i, INFO_ROUND_8))                        \
    COUNT(round8_peak, i->layouts[INFO_ROUND_8].peak)                          \
    REAL(round8_util, info_util(i, INFO_ROUND_8))                              \
    COUNT(round16_lost, lost(i, INFO_ROUND_16))                                \
    COUNT(round16_peak_lost, peak_lost(i, INFO_ROUND_16))                      \
    COUNT(round16_peak, i->layouts[INFO_ROUND_16].peak)                        \
    REAL(round16_util, info_util(i, INFO_ROUND_16))                            \
    COUNT(header8_lost, lost(i, INFO_HEADER_8))                                \
    COUNT(header8_peak_lost, peak_lost(i, INFO_HEADER_8))                      \
    COUNT(header8_peak, i->layouts[INFO_HEADER_8].peak)                        \
    REAL(header8_util, info_util(i, INFO_HEADER_8))

#define GET_COUNT(name, expression)                                            \
    static struct info_value get_##name(const struct info *i)                  \
    {                                                                          \
        return (struct info_value){false, (info_wide)(expression), 0};         \
    }

#define GET_REAL(name, expression)                                             \
    static struct info_value get_##name(const struct info *i)                  \
    {                                                                          \
        return (struct info_value){true, 0, (expression)};                     \
    }

#define ROW(name, expression) {#name, get_##name},

FIGURES(GET_COUNT, GET_REAL)

const struct info_figure info_figures[] = {FIGURES(ROW, ROW){NULL, NULL}};
