/*
 * bound_pool.h - blocks that wait to be placed, by birth, death and rank
 */
#ifndef BOUND_POOL_H
#define BOUND_POOL_H

#include "driver/bound_parts.h"

struct bound_pool;

/* bound_pool_make - all blocks of the task, ranked as the recipe says; NULL
 *     without memory. */
struct bound_pool *bound_pool_make(const struct bound_task *task,
                                   const struct bound_recipe *r);
void bound_pool_free(struct bound_pool *p);

/* bound_pool_take - take out, into *block, the one of highest rank of those
 *     that live within [from, to); false if there is none. */
bool bound_pool_take(struct bound_pool *p, uint32_t from, uint32_t to,
                     uint32_t *block);

#endif
