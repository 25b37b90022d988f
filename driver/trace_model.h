/*
 * trace_model.h - what the files of the trace room share
 */
#ifndef TRACE_MODEL_H
#define TRACE_MODEL_H

#include "driver/trace.h"

/* From op number `op` on, until the next jump, op i stands on line
 * i + offset. */
struct trace_jump {
    size_t op;
    size_t offset;
};

/*
 * The id that op number `op` names, where trace_op has no place for it: an
 * allocation's that does not fit into 32 bits, and that of a free or realloc
 * that takes answer 0.  In order of op.
 */
struct trace_wide_id {
    uint64_t id;
    uint32_t op;
};

/* Requests that a trace can hold: op numbers plus one fit into 32 bits, and
 * the highest of those is left unused. */
#define TRACE_OPS_MAX ((size_t)UINT32_MAX - 1)

/* Old drivers index an array by id; of so many ids nobody makes one. */
#define TRACE_ARRAY_IDS ((uint64_t)1 << 31)

/*
 * What lives at one moment, and the most that ever did.  Both the reader and
 * the writer keep one.
 */
struct trace_live {
    unsigned __int128 bytes; /* 2^32 blocks of TRACE_SIZE_MAX pass 64 bits */
    unsigned __int128 peak_bytes;
    size_t blocks, peak_blocks;
};

/* trace_live_gain, trace_live_lose - a block of these bytes of payload begins,
 *     or ceases, to live. */
static inline void trace_live_gain(struct trace_live *l, uint64_t payload)
{
    l->bytes += payload;
    if (l->bytes > l->peak_bytes)
        l->peak_bytes = l->bytes;
    if (++l->blocks > l->peak_blocks)
        l->peak_blocks = l->blocks;
}

static inline void trace_live_lose(struct trace_live *l, uint64_t payload)
{
    l->bytes -= payload;
    l->blocks--;
}

/* trace_live_peak - the most bytes that lived, UINT64_MAX if more than that. */
uint64_t trace_live_peak(const struct trace_live *l);

/* trace_array_grow - room for one more element of `size` bytes after the first
 *     count of *array, which has room for *capacity.  False without memory. */
bool trace_array_grow(void *array, size_t *capacity, size_t count, size_t size);

/* trace_array_fit - give back the room behind the first count elements. */
void trace_array_fit(void *array, size_t count, size_t size);

/* trace_write_all - write all of it.  False, with errno set, when that fails.
 */
bool trace_write_all(int fd, const char *from, size_t size);

/* trace_fail - set *error, if none is set yet, to the formatted line.  Returns
 *     false. */
__attribute__((format(printf, 2, 3))) bool trace_fail(char **error,
                                                      const char *format, ...);

#endif
