/*
 * blocks_map.c - the blocks of a recorded program by their address
 *
 * Open addressing with linear probing; a removal moves the followers back
 * (Knuth TAOCP 3 §6.4, algorithm R), so there are no tombstones, and the map
 * stays as fast as it began however many blocks come and go.
 */
#include <stdlib.h>

#include "tools/blocks_map.h"

static size_t home(const struct blocks_map *map, uint64_t key)
{
    uint64_t mixed = (key ^ key >> 32) * 0x9e3779b97f4a7c15ULL;
    return (size_t)(mixed >> 20) & (map->capacity - 1);
}

/* find - the slot of key, or the free one where it belongs. */
static size_t find(const struct blocks_map *map, uint64_t key)
{
    size_t i = home(map, key);
    while (map->slots[i].key && map->slots[i].key != key)
        i = (i + 1) & (map->capacity - 1);
    return i;
}

static bool grow(struct blocks_map *map)
{
    struct blocks_map old = *map;
    map->capacity = old.capacity ? 2 * old.capacity : 1024;
    map->slots = calloc(map->capacity, sizeof *map->slots);
    if (!map->slots) {
        *map = old;
        return false;
    }
    for (size_t i = 0; i < old.capacity; i++)
        if (old.slots[i].key)
            map->slots[find(map, old.slots[i].key)] = old.slots[i];
    free(old.slots);
    return true;
}

bool blocks_map_put(struct blocks_map *map, struct blocks_block block)
{
    if (3 * map->count >= 2 * map->capacity && !grow(map))
        return false;
    map->slots[find(map, block.key)] = block;
    map->count++;
    return true;
}

/* close_gap - move back into slot i what would no longer be found behind it. */
static void close_gap(struct blocks_map *map, size_t i)
{
    size_t mask = map->capacity - 1;
    for (size_t j = (i + 1) & mask; map->slots[j].key; j = (j + 1) & mask) {
        size_t from_home = (j - home(map, map->slots[j].key)) & mask;
        if (from_home < ((j - i) & mask))
            continue;
        map->slots[i] = map->slots[j];
        i = j;
    }
    map->slots[i].key = 0;
}

bool blocks_map_take(struct blocks_map *map, uint64_t key,
                     struct blocks_block *block)
{
    if (!map->count)
        return false;
    size_t i = find(map, key);
    if (!map->slots[i].key)
        return false;
    *block = map->slots[i];
    close_gap(map, i);
    map->count--;
    return true;
}

void blocks_map_free(struct blocks_map *map)
{
    free(map->slots);
    *map = (struct blocks_map){0};
}
