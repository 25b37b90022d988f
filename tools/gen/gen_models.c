/*
 * gen_models.c - the table of the models, in the order of the help
 */
#include "tools/gen/gen_models.h"

const struct gen_model *const gen_models[] = {
    &gen_model_binary,
    &gen_model_coalesce,
    &gen_model_realloc,
    &gen_model_realloc_wall,
    &gen_model_random,
    &gen_model_phases,
    &gen_model_giant,
    &gen_model_cdf,
    &gen_model_markov,
    &gen_model_robson,
    &gen_model_robson_first_fit,
    &gen_model_robson_best_fit,
    &gen_model_buddy_killer,
    &gen_model_segregated_killer,
    &gen_model_lifo_killer,
};

const size_t gen_model_count = sizeof gen_models / sizeof gen_models[0];
