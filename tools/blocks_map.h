/*
 * blocks_map.h - the blocks of a recorded program by their address
 */
#ifndef BLOCKS_MAP_H
#define BLOCKS_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct blocks_block {
    uint64_t key; /* the address, or what else the caller finds it by; not 0 */
    uint64_t id;
};

/* All zero is an empty map. */
struct blocks_map {
    struct blocks_block *slots;
    size_t capacity; /* 0 or a power of two, at most 2/3 of it in use */
    size_t count;
};

/* blocks_map_put - add a block whose key is not in the map.  False when there
 *     is no memory. */
bool blocks_map_put(struct blocks_map *map, struct blocks_block block);

/* blocks_map_take - remove the block of that key.  False if there is none. */
bool blocks_map_take(struct blocks_map *map, uint64_t key,
                     struct blocks_block *block);

/* blocks_map_free - give back the memory of the map. */
void blocks_map_free(struct blocks_map *map);

#endif
