/*
 * gen.h - models of programs, for rep gen
 *
 * A model writes requests to a trace; what it may vary are its parameters,
 * given by a table, and the random numbers, which depend on nothing but the
 * seed: there is no floating point here, so the same seed makes the same trace
 * on every machine.  Every model frees in the end what it has allocated.
 */
#ifndef GEN_H
#define GEN_H

#include <stddef.h>
#include <stdint.h>

#include "driver/trace.h"

struct gen {
    struct trace_writer *w;
    uint64_t random;        /* state of gen_below */
    uint64_t ids;           /* given out so far */
    const uint64_t *params; /* by the order of the model's table */
};

struct gen_param {
    const char *name;
    uint64_t value, lo, hi; /* the default, and what is allowed */
    const char *help;
    const char *words; /* "zero|one|two": the names of the values, or NULL */
};

#define GEN_PARAMS_MAX 8

struct gen_model {
    const char *name;
    void (*run)(struct gen *g);
    const char *help;
    struct gen_param params[GEN_PARAMS_MAX]; /* ends where a name is NULL */
};

/* gen_models - the table; gen_model_count - entries in it. */
extern const struct gen_model gen_models[];
extern const size_t gen_model_count;

/* gen_below - a random number, 0 <= number < n, for n > 0. */
uint64_t gen_below(struct gen *g, uint64_t n);

#endif
