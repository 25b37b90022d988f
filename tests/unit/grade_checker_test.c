/*
 * grade_checker_test.c - where --grade-checker damages, and what it spares
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "driver/allocator.h"
#include "driver/grade_checker_parts.h"
#include "memlib.h"
#include "tests/check.h"

#define HEAP 4096

/*
 * A heap: 16 bytes of tables, then blocks with a header of 8 bytes.
 *
 *    16 [live 64, payload of 21 at 24]
 *    80 [free 128]
 *   208 [live 3888, payload of 100 at 216]
 */
static uint8_t *heap;

static void walk(mm_visitor *visit)
{
    visit(heap + 16, 64, true);
    visit(heap + 80, 128, false);
    visit(heap + 208, HEAP - 208, true);
    visit(heap - 16, 16, true); /* no block of this heap */
    visit(heap + HEAP - 8, SIZE_MAX - 8, false);
}

static void *at[3];
static uint64_t size[3] = {0, 21, 100};

static struct player player_of(void (*walks)(mm_visitor *))
{
    at[1] = heap + 24;
    at[2] = heap + 216;
    return (struct player){
        .calls = {.walk = walks}, .at = at, .size = size, .next = 3};
}

static struct damage_site sites[SITES_MAX];

static size_t count_of(size_t count, enum damage_place place)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        n += sites[i].place == place;
    return n;
}

static void check_count(size_t count, enum damage_place place, size_t expected,
                        const char *name)
{
    check_int((long long)count_of(count, place), (long long)expected, name);
}

static bool spares_payloads(size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (int a = 1; a < 3; a++)
            if (sites[i].byte >= (uint8_t *)at[a] &&
                sites[i].byte < (uint8_t *)at[a] + size[a])
                return false;
    return true;
}

static bool all_differ(size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < i; k++)
            if (sites[i].byte == sites[k].byte && sites[i].bit == sites[k].bit)
                return false;
    return true;
}

/* Places of up to 12 bytes are damaged in each bit, larger ones in 96. */
static void test_walked(const struct damage_statics *statics)
{
    struct player p = player_of(walk);
    size_t count = damage_sites(sites, &p, statics);
    check_count(count, PLACE_HEADER, 96, "two headers are sampled");
    check_count(count, PLACE_FOOTER, 96, "behind payloads");
    check_count(count, PLACE_FREE_HEADER, 64, "each bit of a free header");
    check_count(count, PLACE_FREE_LINKS, 96, "links are sampled");
    check_count(count, PLACE_FREE_LAST, 64, "each bit of the last word");
    check_count(count, PLACE_FREE_INSIDE, 24, "few inside");
    check_count(count, PLACE_TABLES, 96, "below the first block");
    check_count(count, PLACE_STATIC, 40, "static data");
    check_int((long long)count, 576, "and no others");
    check(spares_payloads(count), "live payloads are spared", "one is hit");
    check(all_differ(count), "no bit is taken twice", "one is");
}

static void test_unwalked(const struct damage_statics *statics)
{
    struct player p = player_of(NULL);
    size_t count = damage_sites(sites, &p, statics);
    check_count(count, PLACE_BEFORE, 96, "before payloads");
    check_count(count, PLACE_AFTER, 96, "after payloads");
    check_count(count, PLACE_ELSEWHERE, 96, "elsewhere");
    check(spares_payloads(count), "without mm_walk, too", "one is hit");
}

static struct damage_spot spot_of(size_t offset, enum damage_place place,
                                  const struct damage_statics *statics)
{
    const struct damage_site site = {heap + offset, 3, place};
    return damage_describe(&site, statics);
}

static void check_spot(struct damage_spot s, enum damage_near near,
                       int64_t offset, uint64_t whose, const char *name)
{
    check(s.near == near && s.offset == offset && s.whose == whose, name,
          "found near %u, offset %lld, whose %llu", s.near, (long long)s.offset,
          (unsigned long long)s.whose);
}

static void test_spots(const struct damage_statics *statics)
{
    struct player p = player_of(walk);
    struct damage_spot s;
    damage_sites(sites, &p, statics);
    s = spot_of(17, PLACE_HEADER, statics);
    check_spot(s, NEAR_PAYLOAD, -8, 1, "a header belongs to its payload");
    check_int(s.bit, 11, "bits are those of the word");
    check_spot(spot_of(45, PLACE_FOOTER, statics), NEAR_PAYLOAD, 16, 1,
               "and so does what is behind");
    check_spot(spot_of(HEAP - 1, PLACE_FOOTER, statics), NEAR_PAYLOAD,
               HEAP - 8 - 216, 2, "behind the last");
    check_spot(spot_of(90, PLACE_FREE_LINKS, statics), NEAR_FREE, 8, 128,
               "in a free block");
    check_spot(spot_of(9, PLACE_TABLES, statics), NEAR_HEAP, 8, 0,
               "below all blocks");
}

/* ---- Static data --------------------------------------------------------- */

static void test_ranges(void)
{
    char *error = NULL;
    struct elf_range ranges[RANGES_MAX];
    struct elf_object *e = elf_open("build/allocators/mm.so", &error);
    check(e != NULL, "an allocator of the house", "%s", error);
    size_t count = e ? elf_static_ranges(e, ranges, RANGES_MAX) : 0;
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += ranges[i].bytes;
    if (e)
        check_int((long long)sum, (long long)elf_static_bytes(e),
                  "the ranges are all its static data");
    check_int(e ? (long long)elf_static_ranges(e, ranges, 0) : -1, 0,
              "no more than there is room for");
    if (e)
        elf_close(e);
    free(error);
}

int main(void)
{
    static uint64_t data[5];
    const struct damage_statics statics = {
        .ranges = {{0, 3}, {32, 2}}, .count = 2, .base = (uint8_t *)data};
    mem_init();
    heap = mem_sbrk(HEAP);
    test_walked(&statics);
    test_unwalked(&statics);
    test_spots(&statics);
    test_ranges();
    mem_deinit();
    return check_done();
}
