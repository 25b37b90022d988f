/*
 * gen_adversary.h - programs that waste as much memory as an allocator lets
 *     them: their strategies, and the game against a real allocator
 */
#ifndef GEN_ADVERSARY_H
#define GEN_ADVERSARY_H

#include "tools/gen/gen.h"
#include "tools/gen/gen_arena.h"
#include "tools/gen/gen_policy.h"

/* What an adversary may do; in words. */
struct adversary_terms {
    uint64_t live;         /* at most so many live */
    uint64_t max;          /* the largest request */
    uint64_t page;         /* of segregated storage */
    uint64_t unit, header; /* bytes of a word, of what a block has beside its
                            * payload: n words are requested as n * unit -
                            * header bytes */
};

/* A strategy: makes its requests; what is live in the end is not freed. */
typedef void adversary_play(struct arena *a, const struct adversary_terms *t);

adversary_play adversary_robson;
adversary_play adversary_buddy;
adversary_play adversary_first_fit;
adversary_play adversary_best_fit;
adversary_play adversary_segregated;
adversary_play adversary_lifo;

/* adversary_next_size - after a size, that which adversary_segregated takes. */
uint64_t adversary_next_size(uint64_t words);

struct adversary {
    const char *name;
    adversary_play *play;
    enum policy_kind victim; /* what it plays against if nothing is said */
    uint64_t live_per_max;   /* --live is at least so many times --max */
    /* How many times the words live the heap has to be, or may be, by theory;
     * the model's help tells which. */
    double (*bound)(const struct adversary_terms *t);
};

/* The parameters of an adversary's model, by their place. */
enum {
    ADVERSARY_LIVE,
    ADVERSARY_MAX,
    ADVERSARY_AGAINST,
    ADVERSARY_REPORT,
    ADVERSARY_UNIT,
    ADVERSARY_HEADER,
    ADVERSARY_PAGE,
};

/* adversary_run - play as g's parameters say, and write the requests. */
int adversary_run(struct gen *g, const struct adversary *v);

/*
 * adversary_meet - play, to the log of a, against the allocator that spec
 *     names, in a child of its own.  Returns REP_OK, or another exit status
 *     with the reason said.
 */
int adversary_meet(struct arena *a, adversary_play *play,
                   const struct adversary_terms *t, const char *spec);

#endif
