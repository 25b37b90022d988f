/*
 * gen_models.h - the models of rep gen, each in a file of its family
 */
#ifndef GEN_MODELS_H
#define GEN_MODELS_H

#include "tools/gen/gen.h"

/* The most that a parameter may be that counts, or that is a size in bytes. */
#define GEN_COUNT_MAX 1000000000
#define GEN_SIZE_MAX  ((uint64_t)1 << 40)

/* gen_lab.c */
extern const struct gen_model gen_model_binary;
extern const struct gen_model gen_model_coalesce;
extern const struct gen_model gen_model_realloc;
extern const struct gen_model gen_model_realloc_wall;

/* gen_random.c */
extern const struct gen_model gen_model_random;

/* gen_phases.c */
extern const struct gen_model gen_model_phases;

/* gen_fitted.c */
extern const struct gen_model gen_model_cdf;
extern const struct gen_model gen_model_markov;

/* gen_giant.c */
extern const struct gen_model gen_model_giant;

/* gen_adversary_models.c */
extern const struct gen_model gen_model_robson;
extern const struct gen_model gen_model_robson_first_fit;
extern const struct gen_model gen_model_robson_best_fit;
extern const struct gen_model gen_model_buddy_killer;
extern const struct gen_model gen_model_segregated_killer;
extern const struct gen_model gen_model_lifo_killer;

#endif
