/*
 * replay_bench.h - what is around the requests of a timed pass, in the child
 *
 * Pages are made present, the allocator is loaded, mm_init is timed apart, and
 * where passes follow each other in one process it is cleaned up between them.
 * Who makes the requests, and how they are timed, is up to the pass.
 */
#ifndef REPLAY_BENCH_H
#define REPLAY_BENCH_H

#include "driver/replay_inspect.h"
#include "driver/replay_walk.h"

struct bench {
    struct replay *r;
    void (*requests)(struct bench *b); /* make and time them all */
    int counter;                       /* as clock_count_open has it */
    /* The others are bench_run's, for the requests to use. */
    struct allocator_calls calls;
    struct roots roots;      /* for an allocator that collects */
    struct inspect *inspect; /* NULL: the pass is not inspected */
    const uint8_t *taken;    /* answers that a request takes */
    char *touched;           /* pages below are present */
};

/* bench_run - make the passes that replay.h promises of a speed pass, in a
 *     process that makes nothing else. */
void bench_run(struct bench *b);

#endif
