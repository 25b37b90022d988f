/*
 * explain_tile.h - what mm_walk and mm_usable_size told wrong, in words
 */
#ifndef EXPLAIN_TILE_H
#define EXPLAIN_TILE_H

#include <stdio.h>

#include "driver/replay.h"

/* explain_tile - "the block at 0x10 with 32 bytes is live, and ...": the rest
 *     of a line that began with the function and the request. */
void explain_tile(FILE *out, const struct replay_tile *tile);

/* explain_helper - "mm_walk": the function that is called in that phase. */
const char *explain_helper(enum replay_phase phase);

#endif
