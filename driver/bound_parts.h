/*
 * bound_parts.h - what the files of the bound room share; for them alone
 */
#ifndef BOUND_PARTS_H
#define BOUND_PARTS_H

#include "driver/bound.h"

/* Heaps beyond this are not looked for, so that no sum passes 64 bits: a block
 * has little more than TRACE_SIZE_MAX bytes. */
#define BOUND_HEAP_MAX ((uint64_t)1 << 62)

/* Blocks beyond this are not placed: 32 bits number them and the holes. */
#define BOUND_BLOCKS_MAX ((uint32_t)1 << 30)

/* ---- What is to be placed -------------------------------------------------
 */

struct bound_task {
    struct bound_block *blocks; /* by birth; their addresses are the answer */
    uint32_t count;
    uint32_t *taken; /* by request: the number, from 1, of the block that dies
                      * there; 0: none does */
    uint32_t end;    /* requests */
    uint32_t peak;   /* after so many requests the most bytes live, */
    uint64_t load;   /* so many, and no heap is smaller, */
    uint32_t peak_live; /* in so many blocks */
    uint32_t most_live; /* blocks that ever live at once */
};

/* bound_task_make - the blocks of a trace, and its bounds, into *b.  False
 *     without memory. */
bool bound_task_make(struct bound_task *task, const struct trace *t,
                     struct bound *b);

/* bound_task_free - give back what it holds, the blocks too. */
void bound_task_free(struct bound_task *task);

/* bound_born_before - how many blocks the first so many requests make. */
uint32_t bound_born_before(const struct bound_task *task, uint32_t requests);

/* ---- How it is tried ------------------------------------------------------
 */

enum bound_origin { BOUND_PEAK, BOUND_START, BOUND_END };
enum bound_weight { BOUND_LIFE, BOUND_LIFE_AND_ROOT, BOUND_LIFE_AND_SIZE };

struct bound_recipe {
    bool skyline;  /* else best fit */
    uint32_t blur; /* the keys are moved by chance: of best fit by up to so
                    * many requests, of the skyline by up to so many 256ths */
    uint64_t seed; /* of that chance */

    enum bound_origin origin; /* best fit: where it begins, */
    uint32_t groups;          /* with the blocks there in so many groups */
    bool by_birth;            /* by birth, else by death; */
    bool beside;              /* a block is put to the end of its hole where the
                               * neighbour dies at nearly its time, else to the low one
                               */
    enum bound_weight weight; /* skyline: what goes first */
};

/* bound_recipe - that of try number n, from 0. */
struct bound_recipe bound_recipe(const struct bound_task *task, size_t n);

/* bound_origin - after so many requests best fit begins. */
uint32_t bound_origin(const struct bound_task *task,
                      const struct bound_recipe *r);

/* bound_chance - 64 well mixed bits for a block under this recipe. */
uint64_t bound_chance(const struct bound_recipe *r, uint32_t block);

/* bound_stack - the blocks that live at the recipe's origin in its order, for
 *     the caller to free, and their number; NULL without memory. */
uint32_t *bound_stack(const struct bound_task *task,
                      const struct bound_recipe *r, uint32_t *live);

/* What a try returns instead of a heap: it passed its limit or was interrupted;
 * it had no memory. */
#define BOUND_FAILED    UINT64_MAX
#define BOUND_NO_MEMORY (UINT64_MAX - 1)

/* bound_fit, bound_skyline - a try: place the blocks, and return the bytes of
 *     the heap. */
uint64_t bound_fit(struct bound_task *task, const struct bound_recipe *r,
                   uint64_t limit);
uint64_t bound_skyline(struct bound_task *task, const struct bound_recipe *r,
                       uint64_t limit);

/* bound_check - whether no two blocks overlap, and all lie below heap; false
 *     with errno 0 if not so, ENOMEM without memory. */
bool bound_check(const struct bound_task *task, uint64_t heap);

#endif
