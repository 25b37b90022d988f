/*
 * replay_tiles.h - mm_walk and mm_usable_size against the shadow
 *
 * Where an allocator tells of its blocks, what it tells is held against what
 * the driver knows: blocks tile the heap, every live payload lies in a live
 * block, and nothing else does.
 */
#ifndef REPLAY_TILES_H
#define REPLAY_TILES_H

#include "driver/replay_walk.h"

/* tiles_agree - in the child, after request i: false, with the fault stored,
 *     when a function that the allocator has contradicts the shadow. */
bool tiles_agree(struct walk *w, const struct allocator_calls *calls, size_t i);

struct tile_sum {
    uint64_t visited;        /* blocks, live or free */
    uint64_t internal_bytes; /* of the blocks of live payloads what is not
                              * payload */
};

/*
 * tiles_survey - the same, of mm_walk alone, or of mm_usable_size where that is
 *     all there is; what was told is added up in *sum, and the extents of live
 *     blocks go into the replay's table.
 */
bool tiles_survey(struct walk *w, const struct allocator_calls *calls, size_t i,
                  struct tile_sum *sum);

#endif
