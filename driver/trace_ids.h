/*
 * trace_ids.h - a table from ids to numbers
 *
 * Ids below a bound that follows the number of stores index an array; the
 * others are hashed.  So dense ids, which nearly all traces have, cost 8 bytes
 * each, and scattered ones 22 to 43.
 */
#ifndef TRACE_IDS_H
#define TRACE_IDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct trace_ids_slot;

/* All zero: an empty table. */
struct trace_ids {
    uint64_t *direct; /* of the ids below limit */
    uint64_t limit;
    struct trace_ids_slot *slots;
    size_t slot_count; /* 0 or a power of two */
    size_t slots_used;
    size_t stores;
    size_t count; /* distinct ids that were stored */
    uint64_t max; /* the highest of them */
};

/* trace_ids_get_far, trace_ids_set_far - for ids at or above limit. */
uint64_t trace_ids_get_far(const struct trace_ids *t, uint64_t id);
bool trace_ids_set_far(struct trace_ids *t, uint64_t id, uint64_t value);

/* trace_ids_get - what was stored for id last, 0 if nothing was. */
static inline uint64_t trace_ids_get(const struct trace_ids *t, uint64_t id)
{
    return id < t->limit ? t->direct[id] : trace_ids_get_far(t, id);
}

/* trace_ids_set - store a value other than 0 for id.  False, with errno set,
 *     without memory. */
static inline bool trace_ids_set(struct trace_ids *t, uint64_t id,
                                 uint64_t value)
{
    t->stores++;
    if (id > t->max)
        t->max = id;
    if (id >= t->limit)
        return trace_ids_set_far(t, id, value);
    t->count += t->direct[id] == 0;
    t->direct[id] = value;
    return true;
}

/* trace_ids_free - give back its memory and leave an empty table. */
void trace_ids_free(struct trace_ids *t);

#endif
