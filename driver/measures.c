/*
 * measures.c - how well the heap was used, from the moments of an audit
 *
 * Utilization is CS:APP's: the highest payload over the size of the heap.  The
 * other four are the measures of fragmentation of Johnstone & Wilson, "The
 * memory fragmentation problem: solved?" (1998), as ratios.
 */
#include "driver/measures.h"

#include <math.h>

void measures_add(void *context, const struct replay_moment *moment)
{
    struct measures *m = context;
    uint64_t heap = moment->heap + m->static_bytes;
    if (moment->live > m->peak_live) {
        m->peak_live = moment->live;
        m->heap_at_peak_live = heap;
        m->peak_served = moment->served;
    }
    if (heap > m->peak_heap) {
        m->peak_heap = heap;
        m->live_at_peak_heap = moment->live;
    }
    if (moment->live > 0) {
        m->ratio_sum += (double)heap / (double)moment->live;
        m->ratio_count++;
    }
}

static double ratio(double above, double below)
{
    return above > 0 && below > 0 ? above / below : NAN;
}

/* Utilization and what follows from it. */
static void store_util(struct result *r)
{
    double heap = (double)result_memory(r);
    double peak = (double)r->peak_payload;
    r->util = ratio(peak, heap);
    r->overhead = ratio(heap, peak) - 1;
    r->heap_max_over_live_max = ratio(heap, peak);
}

void measures_charge(struct result *r, uint64_t heap_bytes)
{
    r->heap_bytes = heap_bytes;
    store_util(r);
}

void measures_charge_private(struct result *r, uint64_t bytes)
{
    if (bytes <= r->private_bytes)
        return;
    r->private_bytes = bytes;
    if (r->heap_bytes)
        store_util(r);
}

void measures_store(const struct measures *m, uint64_t heap_bytes,
                    struct result *r)
{
    double peak = (double)m->peak_live;
    r->peak_payload = m->peak_live;
    r->heap_bytes = 0;
    r->static_bytes = m->static_bytes;
    r->private_bytes = 0;
    r->util = r->overhead = NAN;
    r->heap_over_live_mean = r->heap_over_live_at_live = NAN;
    r->heap_over_live_at_heap = r->heap_max_over_live_max = NAN;
    if (heap_bytes == 0)
        return;
    measures_charge(r, heap_bytes);
    r->heap_over_live_mean = ratio(m->ratio_sum, (double)m->ratio_count);
    r->heap_over_live_at_live = ratio((double)m->heap_at_peak_live, peak);
    r->heap_over_live_at_heap =
        ratio((double)m->peak_heap, (double)m->live_at_peak_heap);
}
