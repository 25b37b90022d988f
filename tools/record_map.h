/*
 * record_map.h - the blocks of a recorded program by their address
 */
#ifndef RECORD_MAP_H
#define RECORD_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct record_block {
    uint64_t key; /* the address, or what else the caller finds it by; not 0 */
    uint64_t id;
    uint64_t size;
};

/* All zero is an empty map. */
struct record_map {
    struct record_block *slots;
    size_t capacity; /* 0 or a power of two, at most 2/3 of it in use */
    size_t count;
};

/* record_map_put - add a block whose key is not in the map.  False when there
 *     is no memory. */
bool record_map_put(struct record_map *map, struct record_block block);

/* record_map_take - remove the block of that key.  False if there is none. */
bool record_map_take(struct record_map *map, uint64_t key,
                     struct record_block *block);

/* record_map_free - give back the memory of the map. */
void record_map_free(struct record_map *map);

#endif
