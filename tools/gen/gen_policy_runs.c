/*
 * gen_policy_runs.c - runs of slots of one size, as segregated storage has them
 *
 * The slots of a run are numbered one after the other.  A run that is gone
 * waits, with its numbers, for the next page of its size.
 */
#include "tools/gen/gen_policy_runs.h"

#include <stdlib.h>

#include "tools/rep.h"

struct run {
    uint64_t address;
    uint32_t words, block;
    uint32_t first_slot, free_slot; /* the first free one, or RUNS_NONE */
    uint32_t used;
    uint32_t prev, next; /* of those of its size with free slots; or the next
                          * of those gone */
};

struct slot {
    uint32_t run, next; /* the next free one */
};

struct sizes {
    uint32_t open, gone; /* runs with free slots; runs that wait */
};

struct runs {
    uint64_t page;
    struct sizes *sizes; /* by words */
    struct run *runs;
    struct slot *slots;
    uint32_t run_count, run_room, slot_count, slot_room;
};

static void *must(void *memory)
{
    if (!memory)
        exit(rep_fail("gen: out of memory"));
    return memory;
}

struct runs *runs_create(uint64_t page)
{
    struct runs *r = must(calloc(1, sizeof *r));
    r->page = page;
    r->sizes = must(calloc(page / 2 + 1, sizeof *r->sizes));
    for (uint64_t i = 0; i <= page / 2; i++)
        r->sizes[i] = (struct sizes){RUNS_NONE, RUNS_NONE};
    return r;
}

void runs_destroy(struct runs *r)
{
    free(r->sizes);
    free(r->runs);
    free(r->slots);
    free(r);
}

uint64_t runs_page(const struct runs *r)
{
    return r->page;
}

/* more_room - for `more` elements beyond count. */
static void *more_room(void *old, uint32_t count, uint32_t more, uint32_t *room,
                       size_t size)
{
    if (*room - count >= more)
        return old;
    uint64_t wanted = 2 * ((uint64_t)count + more);
    if (wanted >= RUNS_NONE)
        must(NULL);
    *room = (uint32_t)wanted;
    return must(realloc(old, wanted * size));
}

/* ---- Which runs have free slots ---------------------------------------- */

static void open_run(struct runs *r, uint32_t n)
{
    struct run *run = &r->runs[n];
    uint32_t *open = &r->sizes[run->words].open;
    run->prev = RUNS_NONE;
    run->next = *open;
    if (*open != RUNS_NONE)
        r->runs[*open].prev = n;
    *open = n;
}

static void shut_run(struct runs *r, uint32_t n)
{
    struct run *run = &r->runs[n];
    if (run->prev != RUNS_NONE)
        r->runs[run->prev].next = run->next;
    else
        r->sizes[run->words].open = run->next;
    if (run->next != RUNS_NONE)
        r->runs[run->next].prev = run->prev;
}

/* ---- Runs -------------------------------------------------------------- */

static uint32_t new_run(struct runs *r, uint64_t words)
{
    uint32_t slots = (uint32_t)(r->page / words);
    r->runs =
        more_room(r->runs, r->run_count, 1, &r->run_room, sizeof *r->runs);
    r->slots = more_room(r->slots, r->slot_count, slots, &r->slot_room,
                         sizeof *r->slots);
    r->runs[r->run_count] =
        (struct run){.words = (uint32_t)words, .first_slot = r->slot_count};
    r->slot_count += slots;
    return r->run_count++;
}

void runs_add(struct runs *r, uint64_t words, uint32_t block, uint64_t address)
{
    uint32_t n = r->sizes[words].gone;
    if (n == RUNS_NONE)
        n = new_run(r, words);
    else
        r->sizes[words].gone = r->runs[n].next;
    struct run *run = &r->runs[n];
    run->address = address;
    run->block = block;
    run->used = 0;
    run->free_slot = run->first_slot;
    uint32_t end = run->first_slot + (uint32_t)(r->page / words);
    for (uint32_t s = run->first_slot; s < end; s++)
        r->slots[s] = (struct slot){n, s + 1 < end ? s + 1 : RUNS_NONE};
    open_run(r, n);
}

/* ---- Slots ------------------------------------------------------------- */

uint64_t runs_address(const struct runs *r, uint32_t slot)
{
    const struct run *run = &r->runs[r->slots[slot].run];
    return run->address + (uint64_t)(slot - run->first_slot) * run->words;
}

uint32_t runs_take(struct runs *r, uint64_t words)
{
    uint32_t n = r->sizes[words].open;
    if (n == RUNS_NONE)
        return RUNS_NONE;
    struct run *run = &r->runs[n];
    uint32_t slot = run->free_slot;
    run->free_slot = r->slots[slot].next;
    run->used++;
    if (run->free_slot == RUNS_NONE)
        shut_run(r, n);
    return slot;
}

bool runs_release(struct runs *r, uint32_t slot, uint32_t *block)
{
    uint32_t n = r->slots[slot].run;
    struct run *run = &r->runs[n];
    if (run->free_slot == RUNS_NONE)
        open_run(r, n);
    r->slots[slot].next = run->free_slot;
    run->free_slot = slot;
    if (--run->used)
        return false;
    shut_run(r, n);
    *block = run->block;
    run->next = r->sizes[run->words].gone;
    r->sizes[run->words].gone = n;
    return true;
}
