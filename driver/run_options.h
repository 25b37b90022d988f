/*
 * run_options.h - how a run is to be made; what the command line may change
 */
#ifndef RUN_OPTIONS_H
#define RUN_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct run_options {
    double time_limit; /* seconds of CPU time for a pass */
    uint64_t memory;   /* bytes that a run may touch */
    int detail;        /* as -d: 0, 1, 2 */
    size_t align;      /* 8 or 16; 0: what the dialect asks for */
    bool fixed;        /* heap and payload patterns the same in every run */
    bool check_only;
    size_t fail_at; /* the call of mem_sbrk that fails, from 1; 0: none */
    bool fail_on;   /* and so do all after it */
    bool hygiene;   /* see hygiene.h; -D, which is detail 2, asks for it too */
    uint64_t fill;  /* the seed of what fresh memory holds; 0: zeros */
    size_t shift;   /* bytes by which the heap begins later */
    bool probe; /* timed passes are to show whether they fail: one sitting */
    size_t break_at; /* the line of the trace before which to trap; 0: none */
    bool hasty; /* a failure is told without a second run to find who did it */
    const char *curve_dir; /* NULL: no curves */
    const char *plot_dir;  /* where the data for pictures goes */
    unsigned data;         /* which: a bit for each enum result_data */
    size_t map_columns;    /* of the heap map in characters; 0: none */
    bool map_utf8, map_color;
};

#endif
