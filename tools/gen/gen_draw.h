/*
 * gen_draw.h - numbers drawn from a distribution: sizes and lifetimes
 *
 * Integers only, so that a seed means the same on every machine.
 */
#ifndef GEN_DRAW_H
#define GEN_DRAW_H

#include "tools/gen/gen.h"

enum gen_draw_kind {
    GEN_DRAW_UNIFORM,     /* each number is as likely */
    GEN_DRAW_LOG,         /* each doubling of the number is as likely */
    GEN_DRAW_POWER,       /* each is `ratio` percent as likely as the one below;
                           * within it, each number is as likely */
    GEN_DRAW_EXPONENTIAL, /* above lo, with this mean, cut at hi */
    GEN_DRAW_TABLE,       /* from a file */
};

/* What they are called, for gen_param.words. */
#define GEN_DRAW_WORDS "uniform|log|power|exponential|table"

struct gen_draw {
    enum gen_draw_kind kind;
    uint64_t lo, hi;
    unsigned octaves;   /* lo doubled so often stays within hi */
    uint64_t upper, of; /* upper / of: how likely the next octave is */
    uint64_t mean;
    uint64_t *values; /* of the table, with the sums of the weights up to and */
    uint64_t *sums;   /* with each */
    size_t count;
};

/* The five parameters of a distribution, side by side in a model's table; all
 * but the table are ignored where the kind has no use for them. */
#define GEN_DRAW_PARAMS(PREFIX, WHAT, MIN, MAX, MEAN, MOST)                    \
    {PREFIX "min", MIN, 0, MOST, "the smallest " WHAT, NULL},                  \
        {PREFIX "max", MAX, 0, MOST, "the largest " WHAT, NULL},               \
        {PREFIX "ratio", 50, 1, 99, "power: percent", NULL},                   \
        {PREFIX "mean", MEAN, 1, MOST, "exponential: the mean", NULL},         \
    {                                                                          \
        PREFIX "table", 0, 0, GEN_TEXT, "table: where it is", "FILE"           \
    }

#define GEN_DRAW_PARAM_COUNT 5

/* The help of those, for a model that has them. */
#define GEN_DRAW_HELP                                                          \
    "Distributions: uniform, from min to max; log, every doubling as "         \
    "likely;\n"                                                                \
    "power, every doubling RATIO percent as likely as the one below, so "      \
    "that\n"                                                                   \
    "the density falls with the power 1 - log2(RATIO/100): 50 is the "         \
    "square,\n"                                                                \
    "35 the power 2.5, 71 the power 1.5; exponential, of this mean, cut at\n"  \
    "max; table, from a file of lines \"NUMBER WEIGHT\", # begins a comment."

/*
 * gen_draw_open - make a distribution from the parameters that begin with
 *     number `first`.  prefix is that of their names, and `of` the option that
 *     chose the kind, for messages.  REP_OK, or another exit status with its
 *     message printed; *d is for gen_draw_close either way.
 */
int gen_draw_open(struct gen_draw *d, const struct gen *g,
                  enum gen_draw_kind kind, size_t first, const char *prefix);

/* gen_draw_prepare - the same for a draw of which kind, lo and hi are set,
 *     uniform or log. */
void gen_draw_prepare(struct gen_draw *d);

/* gen_draw - a number of the distribution. */
uint64_t gen_draw(struct gen *g, const struct gen_draw *d);

void gen_draw_close(struct gen_draw *d);

#endif
