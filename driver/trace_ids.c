/*
 * trace_ids.c - a table from ids to numbers
 *
 * The array is a mapping of its own: its pages come as zeros when they are
 * first touched, and it moves without being copied.  The hash table is open
 * addressing with linear probing (Knuth TAOCP 3 §6.4, algorithm L), at most
 * three quarters full; when the array grows over ids that were hashed, they
 * move there.
 */
#define _GNU_SOURCE
#include "driver/trace_ids.h"

#include <stdlib.h>
#include <sys/mman.h>

struct trace_ids_slot {
    uint64_t id;
    uint64_t value; /* 0: the slot is empty */
};

/* Ids that may be indexed before the first store. */
#define HEAD_START 65536

/* The finalizer of MurmurHash3: addresses, which differ in a few middle bits,
 * are spread over all. */
static uint64_t mix(uint64_t x)
{
    x = (x ^ (x >> 33)) * 0xff51afd7ed558ccdULL;
    x = (x ^ (x >> 33)) * 0xc4ceb9fe1a85ec53ULL;
    return x ^ (x >> 33);
}

/* The slot of id, or the empty one where it belongs. */
static struct trace_ids_slot *find(const struct trace_ids *t, uint64_t id)
{
    size_t mask = t->slot_count - 1, i = mix(id) & mask;
    while (t->slots[i].value && t->slots[i].id != id)
        i = (i + 1) & mask;
    return &t->slots[i];
}

static void put(struct trace_ids *t, uint64_t id, uint64_t value)
{
    struct trace_ids_slot *s = find(t, id);
    t->slots_used += s->value == 0;
    *s = (struct trace_ids_slot){id, value};
}

/* Move all slots into a table of slot_count, and what the array has come to
 * cover into the array. */
static bool rehash(struct trace_ids *t, size_t slot_count)
{
    struct trace_ids old = *t;
    struct trace_ids_slot *slots = calloc(slot_count, sizeof(*slots));
    if (!slots)
        return false;
    t->slots = slots;
    t->slot_count = slot_count;
    t->slots_used = 0;
    for (size_t i = 0; i < old.slot_count; i++) {
        struct trace_ids_slot s = old.slots[i];
        if (s.value && s.id < t->limit)
            t->direct[s.id] = s.value;
        else if (s.value)
            put(t, s.id, s.value);
    }
    free(old.slots);
    return true;
}

/* A quarter beyond what the stores so far justify, lest the array grow, and
 * the hash table be searched for what moves, at every new id. */
static bool grow_direct(struct trace_ids *t)
{
    uint64_t limit = t->stores + t->stores / 4 + 2 * HEAD_START;
    size_t size = sizeof(*t->direct);
    void *p = t->direct ? mremap(t->direct, t->limit * size, limit * size,
                                 MREMAP_MAYMOVE)
                        : mmap(NULL, limit * size, PROT_READ | PROT_WRITE,
                               MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        return false;
    t->direct = p;
    t->limit = limit;
    return !t->slots_used || rehash(t, t->slot_count);
}

uint64_t trace_ids_get_far(const struct trace_ids *t, uint64_t id)
{
    return t->slot_count ? find(t, id)->value : 0;
}

bool trace_ids_set_far(struct trace_ids *t, uint64_t id, uint64_t value)
{
    if (id < t->stores + HEAD_START) {
        if (!grow_direct(t))
            return false;
        t->count += t->direct[id] == 0;
        t->direct[id] = value;
        return true;
    }
    if (t->slots_used >= t->slot_count / 4 * 3 &&
        !rehash(t, t->slot_count ? t->slot_count * 2 : 1024))
        return false;
    size_t before = t->slots_used;
    put(t, id, value);
    t->count += t->slots_used - before;
    return true;
}

void trace_ids_free(struct trace_ids *t)
{
    if (t->direct)
        munmap(t->direct, t->limit * sizeof(*t->direct));
    free(t->slots);
    *t = (struct trace_ids){0};
}
