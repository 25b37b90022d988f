/*
 * gen_policy.h - ideal allocators, for adversaries to play against
 *
 * A heap of words without headers, on which each policy of the literature does
 * what it is described to do and nothing else.  Free neighbours are merged at
 * once (buddies only with their buddy); when no hole fits, the heap grows by
 * what is missing and never shrinks.  Every policy looks for the first hole
 * that fits, each in an order of its own; so all take logarithmic time.
 */
#ifndef GEN_POLICY_H
#define GEN_POLICY_H

#include <stdint.h>

enum policy_kind {
    POLICY_FIRST_FIT, /* by address */
    POLICY_BEST_FIT,  /* by size, then by address */
    POLICY_NEXT_FIT,  /* by address, from the block given out last */
    POLICY_LIFO,      /* freed last is tried first; a hole cut keeps its turn */
    POLICY_BUDDY,     /* binary buddies, the smallest hole, by address */
    POLICY_SEGREGATED, /* runs of `page` words for each size up to half a page
                        * (see gen_policy_runs.h), else first fit */
    POLICIES
};

struct policy;

/* What a policy gives out. */
struct policy_block {
    uint64_t address; /* in words */
    uint32_t handle;  /* for policy_free */
};

/* policy_create - an empty heap; page is the size of a run, in words.  Without
 *     memory, here or below, the program ends. */
struct policy *policy_create(enum policy_kind kind, uint64_t page);
void policy_destroy(struct policy *p);

struct policy_block policy_malloc(struct policy *p, uint64_t words);
void policy_free(struct policy *p, uint32_t handle);

/* policy_heap - words that the heap has grown to. */
uint64_t policy_heap(const struct policy *p);

#endif
