/*
 * result.c - what one allocator did on one trace
 */
#include "driver/result.h"

#include <math.h>

static const char *const names[FAULT_KINDS] = {
    [FAULT_NONE] = "none",
    [FAULT_INIT] = "init",
    [FAULT_MISALIGNED] = "misaligned",
    [FAULT_OUTSIDE_HEAP] = "outside-heap",
    [FAULT_OVERLAP] = "overlap",
    [FAULT_PAYLOAD] = "payload",
    [FAULT_NOT_ZEROED] = "not-zeroed",
    [FAULT_NULL] = "null",
    [FAULT_CHECKHEAP] = "checkheap",
    [FAULT_CRASH] = "crash",
    [FAULT_TIMEOUT] = "timeout",
    [FAULT_EXIT] = "exit",
    [FAULT_KILLED] = "killed",
    [FAULT_OOM] = "oom",
    [FAULT_HYGIENE] = "hygiene",
};

const char *fault_name(enum fault_kind kind)
{
    return names[kind];
}

/* Some of it is hearsay: what is too much to be true must not look like
 * little. */
static uint64_t sum(uint64_t a, uint64_t b)
{
    return a <= UINT64_MAX - b ? a + b : UINT64_MAX;
}

uint64_t result_memory(const struct result *r)
{
    return sum(sum(r->heap_bytes, r->static_bytes), r->private_bytes);
}

double result_above_bound(const struct result *r)
{
    double heap = (double)result_memory(r);
    if (r->fault || !isfinite(r->util) || r->bound_bytes == 0)
        return NAN;
    return heap / (double)r->bound_bytes - 1;
}
