/*
 * bound_task.c - the blocks of a trace as rectangles, and the trivial bounds
 */
#include <stdlib.h>

#include "driver/bound_parts.h"

/* ---- Bounds ---------------------------------------------------------------
 */

static uint64_t bare(uint64_t payload)
{
    return payload;
}

static uint64_t rounded(uint64_t payload)
{
    return (payload + 15) & ~(uint64_t)15;
}

static uint64_t headed(uint64_t payload)
{
    uint64_t size = rounded(payload + 8);
    return size < 32 ? 32 : size;
}

/* What lives now, and the most that ever did; of 2^32 blocks, so that 64 bits
 * may not hold it. */
struct tally {
    uint64_t (*size)(uint64_t payload);
    unsigned __int128 now, most;
};

enum { PAYLOAD, ROUNDED, HEADED, TALLIES };

static uint64_t most_of(const struct tally *t)
{
    return t->most < UINT64_MAX ? (uint64_t)t->most : UINT64_MAX;
}

static void gain(struct tally *tallies, uint64_t payload)
{
    for (int i = 0; i < TALLIES; i++) {
        struct tally *t = &tallies[i];
        t->now += t->size(payload);
        if (t->now > t->most)
            t->most = t->now;
    }
}

static void lose(struct tally *tallies, uint64_t payload)
{
    for (int i = 0; i < TALLIES; i++)
        tallies[i].now -= tallies[i].size(payload);
}

/* The size of a block is still its payload. */
static void sweep(struct bound_task *task, struct tally *tallies)
{
    uint32_t next = 0, live = 0;
    for (uint32_t at = 0; at < task->end; at++) {
        unsigned __int128 most = tallies[ROUNDED].most;
        if (task->taken[at]) {
            lose(tallies, task->blocks[task->taken[at] - 1].size);
            live--;
        }
        if (next == task->count || task->blocks[next].born != at)
            continue;
        gain(tallies, task->blocks[next++].size);
        if (++live > task->most_live)
            task->most_live = live;
        if (tallies[ROUNDED].most == most)
            continue;
        task->peak = at + 1;
        task->peak_live = live;
    }
}

static void find_bounds(struct bound_task *task, struct bound *b)
{
    struct tally tallies[TALLIES] = {[PAYLOAD] = {.size = bare},
                                     [ROUNDED] = {.size = rounded},
                                     [HEADED] = {.size = headed}};
    sweep(task, tallies);
    for (uint32_t i = 0; i < task->count; i++)
        task->blocks[i].size = rounded(task->blocks[i].size);
    b->peak_payload = most_of(&tallies[PAYLOAD]);
    b->rounded = task->load = most_of(&tallies[ROUNDED]);
    b->headed = most_of(&tallies[HEADED]);
}

/* ---- Blocks ---------------------------------------------------------------
 */

static bool takes_place(const struct trace_life *l)
{
    return l->died > l->born && l->size > 0;
}

static size_t count_blocks(const struct trace_life *lives, uint32_t answers)
{
    size_t count = 0;
    for (size_t i = 1; i <= answers; i++)
        count += takes_place(&lives[i]);
    return count;
}

static void fill(struct bound_task *task, const struct trace_life *lives,
                 uint32_t answers)
{
    for (size_t i = 1; i <= answers; i++) {
        const struct trace_life *l = &lives[i];
        if (!takes_place(l))
            continue;
        task->blocks[task->count++] =
            (struct bound_block){0, l->size, l->born, l->died};
        if (l->died < task->end)
            task->taken[l->died] = task->count;
    }
}

bool bound_task_make(struct bound_task *task, const struct trace *t,
                     struct bound *b)
{
    *task = (struct bound_task){.end = (uint32_t)t->op_count};
    struct trace_life *lives = trace_lives(t);
    if (!lives)
        return false;
    size_t count = count_blocks(lives, t->answer_count);
    task->taken = calloc(t->op_count + 1, sizeof *task->taken);
    task->blocks = malloc((count + 1) * sizeof *task->blocks);
    bool good = task->taken && task->blocks;
    if (good)
        fill(task, lives, t->answer_count);
    free(lives);
    if (good)
        find_bounds(task, b);
    else
        bound_task_free(task);
    return good;
}

void bound_task_free(struct bound_task *task)
{
    free(task->blocks);
    free(task->taken);
    *task = (struct bound_task){0};
}

uint32_t bound_born_before(const struct bound_task *task, uint32_t requests)
{
    uint32_t low = 0, high = task->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (task->blocks[middle].born < requests)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
