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

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "driver/trace.h"

struct gen {
    struct trace_writer *w;
    uint64_t random;          /* state of gen_random */
    const uint64_t *params;   /* by the order of the model's table */
    const char *const *texts; /* the same of parameters that are texts, NULL
                               * where none was given */
    uint64_t ids;             /* given out so far */
    bool reuse_ids;           /* those that were freed, the last one first: */
    uint64_t *spare, spare_count, spare_room;
};

struct gen_param {
    const char *name;
    uint64_t value, lo, hi; /* the default, and what is allowed */
    const char *help;
    const char *words; /* NULL: a number.  "zero|one|two": the names of the
                        * values.  With hi == GEN_TEXT any text, and what the
                        * help calls it: "FILE" */
};

#define GEN_TEXT       UINT64_MAX
#define GEN_PARAMS_MAX 24

struct gen_model {
    const char *name;
    int (*run)(struct gen *g); /* REP_OK; or another exit status, with its one
                                * line said, and no trace is written */
    const char *help;          /* a line for the list of models, and more */
    uint64_t weight;           /* of the trace; 0: the usual one, 1 */
    struct gen_param params[GEN_PARAMS_MAX]; /* ends where a name is NULL */
};

/* gen_models - the table; gen_model_count - entries in it. */
extern const struct gen_model *const gen_models[];
extern const size_t gen_model_count;

/* gen_random - 64 random bits. */
uint64_t gen_random(struct gen *g);

/* gen_below - a random number, 0 <= number < n, for n > 0. */
uint64_t gen_below(struct gen *g, uint64_t n);

/* gen_between - a random number, lo <= number <= hi, not all 64-bit ones. */
uint64_t gen_between(struct gen *g, uint64_t lo, uint64_t hi);

/* gen_shuffle - put n ids in a random order. */
void gen_shuffle(struct gen *g, uint64_t *ids, uint64_t n);

/* gen_array - a new array, or one of another length, for free; what is new is
 *     not set.  Ends the program without memory. */
void *gen_array(void *array, uint64_t count, size_t size);

/* gen_new_ids - an array of n ids, for free. */
uint64_t *gen_new_ids(uint64_t n);

/* gen_malloc, gen_calloc - request a block.  Returns its id. */
uint64_t gen_malloc(struct gen *g, uint64_t size);
uint64_t gen_calloc(struct gen *g, uint64_t count, uint64_t size);

/* gen_realloc, gen_free - of a live block, by its id.  A realloc to 0 bytes,
 * which would free it, is one to 1. */
void gen_realloc(struct gen *g, uint64_t id, uint64_t size);
void gen_free(struct gen *g, uint64_t id);

#endif
