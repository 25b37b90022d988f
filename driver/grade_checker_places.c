/*
 * grade_checker_places.c - where there is something to damage, and what it is
 *
 * A map of the heap has a byte for each of its bytes: the place that it belongs
 * to.  What mm_walk tells is painted first, the live payloads, which the driver
 * knows, last.  Of each place's bits an even sample is drawn.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "driver/grade_checker_parts.h"
#include "memlib.h"

#define WORD 8

/* Bits that are damaged of each place; what lies inside a free block is seldom
 * of any use. */
#define QUOTA        96
#define QUOTA_INSIDE 24

/* Bytes that are restored after a damage; from there on fewer are made. */
#define QUOTA_BYTES ((size_t)1 << 20)

static_assert(8 * QUOTA <= SITES_MAX, "what mm_walk tells, and static data");

/* ---- What is known of the heap ------------------------------------------ */

struct piece {
    uint8_t *at;
    size_t size;
    uint32_t answer; /* of a payload */
    bool live;
};

static struct {
    uint8_t *lo;
    size_t bytes;
    uint8_t *map;
    struct piece *blocks; /* that mm_walk told of */
    size_t block_count, block_room;
    struct piece *payloads; /* by address */
    size_t payload_count;
} heap;

static void note_block(void *block, size_t size, bool live)
{
    uint8_t *at = block;
    size_t left = heap.bytes - (size_t)(at - heap.lo);
    if (at < heap.lo || at >= heap.lo + heap.bytes || size > left)
        return;
    if (heap.block_count == heap.block_room) {
        size_t room = 2 * heap.block_room + 64;
        void *longer = realloc(heap.blocks, room * sizeof *heap.blocks);
        if (!longer)
            return;
        heap.blocks = longer;
        heap.block_room = room;
    }
    heap.blocks[heap.block_count++] =
        (struct piece){.at = at, .size = size, .live = live};
}

static int by_address(const void *a, const void *b)
{
    const struct piece *p = a, *q = b;
    return p->at < q->at ? -1 : p->at > q->at;
}

static bool note_payloads(const struct player *p)
{
    heap.payloads = calloc(p->next, sizeof *heap.payloads);
    for (uint32_t a = 1; heap.payloads && a < p->next; a++) {
        uint8_t *at = p->at[a];
        if (at >= heap.lo && at < heap.lo + heap.bytes)
            heap.payloads[heap.payload_count++] =
                (struct piece){at, p->size[a], a, true};
    }
    if (heap.payloads)
        qsort(heap.payloads, heap.payload_count, sizeof *heap.payloads,
              by_address);
    return heap.payloads != NULL;
}

/* The first payload that begins at `at` or above; NULL: none. */
static const struct piece *payload_from(const uint8_t *at)
{
    for (size_t i = 0; i < heap.payload_count; i++)
        if (heap.payloads[i].at >= at)
            return &heap.payloads[i];
    return NULL;
}

static const struct piece *payload_in(const struct piece *block)
{
    const struct piece *p = payload_from(block->at);
    return p && p->at < block->at + block->size ? p : NULL;
}

static const struct piece *block_around(const uint8_t *at)
{
    for (size_t i = 0; i < heap.block_count; i++)
        if (at >= heap.blocks[i].at &&
            at < heap.blocks[i].at + heap.blocks[i].size)
            return &heap.blocks[i];
    return NULL;
}

/* ---- The map ------------------------------------------------------------ */

/* The part of [from, to) that lies in [lo, hi). */
static void paint(const uint8_t *from, const uint8_t *to, const uint8_t *lo,
                  const uint8_t *hi, enum damage_place place)
{
    from = from < lo ? lo : from;
    to = to > hi ? hi : to;
    if (from < to)
        memset(heap.map + (from - heap.lo), place, (size_t)(to - from));
}

/* What lies between the address of a block and its payload: the least seen. */
static size_t header_bytes(void)
{
    size_t least = SIZE_MAX;
    for (size_t i = 0; i < heap.block_count; i++) {
        const struct piece *b = &heap.blocks[i];
        const struct piece *p = b->live ? payload_in(b) : NULL;
        if (p && (size_t)(p->at - b->at) < least)
            least = (size_t)(p->at - b->at);
    }
    return least == SIZE_MAX ? 0 : least;
}

/* A live block without a payload is one that nobody has collected yet. */
static void paint_live(const struct piece *b, size_t header)
{
    const uint8_t *end = b->at + b->size;
    const struct piece *p = payload_in(b);
    paint(b->at, end, b->at, end, p ? PLACE_FOOTER : PLACE_PAYLOAD);
    paint(b->at, p ? p->at : b->at + header, b->at, end, PLACE_HEADER);
}

static void paint_free(const struct piece *b, size_t header)
{
    const uint8_t *end = b->at + b->size, *links = b->at + header;
    paint(b->at, end, b->at, end, PLACE_FREE_INSIDE);
    paint(end - WORD, end, b->at, end, PLACE_FREE_LAST);
    paint(links, links + 2 * WORD, b->at, end, PLACE_FREE_LINKS);
    paint(b->at, links, b->at, end, PLACE_FREE_HEADER);
}

static void paint_blocks(const struct player *p)
{
    p->calls.walk(note_block);
    size_t header = header_bytes();
    for (size_t i = 0; i < heap.block_count; i++)
        if (heap.blocks[i].live)
            paint_live(&heap.blocks[i], header);
        else
            paint_free(&heap.blocks[i], header);
}

static void paint_surroundings(void)
{
    const uint8_t *lo = heap.lo, *hi = lo + heap.bytes;
    for (size_t i = 0; i < heap.payload_count; i++) {
        const struct piece *p = &heap.payloads[i];
        const uint8_t *end = p->at + p->size;
        size_t slack = -(uintptr_t)end % WORD;
        paint(end, end + slack + WORD, lo, hi, PLACE_AFTER);
    }
    for (size_t i = 0; i < heap.payload_count; i++)
        paint(heap.payloads[i].at - WORD, heap.payloads[i].at, lo, hi,
              PLACE_BEFORE);
}

static void forget(void)
{
    free(heap.map);
    free(heap.blocks);
    free(heap.payloads);
    memset(&heap, 0, sizeof heap);
}

static bool paint_all(const struct player *p)
{
    bool walks = p->calls.walk != NULL;
    forget();
    heap.lo = mem_heap_lo();
    heap.bytes = mem_heapsize();
    heap.map = malloc(heap.bytes + 1);
    if (!heap.map || !note_payloads(p))
        return false;
    memset(heap.map, walks ? PLACE_TABLES : PLACE_ELSEWHERE, heap.bytes);
    if (walks)
        paint_blocks(p);
    else
        paint_surroundings();
    for (size_t i = 0; i < heap.payload_count; i++)
        paint(heap.payloads[i].at, heap.payloads[i].at + heap.payloads[i].size,
              heap.lo, heap.lo + heap.bytes, PLACE_PAYLOAD);
    return true;
}

/* ---- The sample --------------------------------------------------------- */

/* Marsaglia's xorshift64; the same sequence for the same moment. */
static uint64_t draw(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

struct sample {
    uint64_t bits, quota; /* of a place; how many of them are drawn */
    uint64_t drawn, next; /* and the one that is next */
    uint64_t state;
};

/* The next one lies anywhere in the next of `quota` equal parts. */
static void aim(struct sample *s)
{
    uint64_t from = s->bits * s->drawn / s->quota;
    uint64_t to = s->bits * (s->drawn + 1) / s->quota;
    s->next = from + draw(&s->state) % (to - from);
}

static void begin(struct sample *s, uint64_t bits, uint64_t quota)
{
    *s = (struct sample){
        .bits = bits,
        .quota = quota < bits ? quota : bits,
        .state = (heap.payload_count + 1) * 0x9e3779b97f4a7c15,
    };
    if (s->quota)
        aim(s);
}

/* Byte number i of the place is here: take what is drawn of it. */
static size_t take(struct sample *s, struct damage_site *sites, uint64_t i,
                   uint8_t *byte, enum damage_place place)
{
    size_t count = 0;
    while (s->drawn < s->quota && s->next / 8 == i) {
        sites[count++] = (struct damage_site){byte, s->next % 8, place};
        if (++s->drawn < s->quota)
            aim(s);
    }
    return count;
}

static size_t sample_heap(struct damage_site *sites, size_t quota)
{
    struct sample samples[PLACES];
    uint64_t bytes[PLACES + 1] = {0};
    size_t count = 0;
    for (size_t i = 0; i < heap.bytes; i++)
        bytes[heap.map[i]]++;
    for (int k = 0; k < PLACES; k++)
        begin(&samples[k], bytes[k] * 8,
              k == PLACE_FREE_INSIDE && quota > QUOTA_INSIDE ? QUOTA_INSIDE
                                                             : quota);
    memset(bytes, 0, sizeof bytes);
    for (size_t i = 0; i < heap.bytes; i++) {
        uint8_t k = heap.map[i];
        if (k < PLACES)
            count +=
                take(&samples[k], sites + count, bytes[k]++, heap.lo + i, k);
    }
    return count;
}

static uint64_t static_bytes(const struct damage_statics *statics)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < statics->count; i++)
        sum += statics->ranges[i].bytes;
    return sum;
}

static size_t sample_statics(struct damage_site *sites,
                             const struct damage_statics *statics, size_t quota)
{
    struct sample s;
    uint64_t number = 0;
    size_t count = 0;
    begin(&s, 8 * static_bytes(statics), quota);
    for (size_t i = 0; i < statics->count; i++)
        for (uint64_t k = 0; k < statics->ranges[i].bytes; k++)
            count +=
                take(&s, sites + count, number++,
                     statics->base + statics->ranges[i].at + k, PLACE_STATIC);
    return count;
}

static void shuffle(struct damage_site *sites, size_t count)
{
    uint64_t state = 0x9e3779b97f4a7c15;
    for (size_t i = count; i > 1; i--) {
        size_t k = draw(&state) % i;
        struct damage_site kept = sites[i - 1];
        sites[i - 1] = sites[k];
        sites[k] = kept;
    }
}

/* Pointers into the heap need not be the same elsewhere: what is told and
 * drawn of it is. */
size_t damage_sites(struct damage_site *sites, const struct player *p,
                    const struct damage_statics *statics)
{
    if (!paint_all(p))
        return 0;
    uint64_t bytes = heap.bytes + static_bytes(statics);
    size_t quota = QUOTA;
    if (bytes > QUOTA_BYTES)
        quota = QUOTA * QUOTA_BYTES / bytes + 1;
    size_t count = sample_heap(sites, quota);
    count += sample_statics(sites + count, statics, quota);
    shuffle(sites, count);
    return count;
}

/* ---- Telling ------------------------------------------------------------ */

static struct damage_spot near_payload(const struct piece *payload,
                                       const uint8_t *word)
{
    return (struct damage_spot){.near = NEAR_PAYLOAD,
                                .offset = word - payload->at,
                                .whose = payload->answer};
}

/* The payload of the block, or the one that is next to it. */
static const struct piece *payload_of(const struct damage_site *site)
{
    bool above = site->place == PLACE_HEADER || site->place == PLACE_BEFORE;
    const struct piece *p = payload_from(site->byte);
    if (above || !heap.payload_count)
        return p;
    if (!p)
        p = heap.payloads + heap.payload_count;
    return p > heap.payloads ? p - 1 : NULL;
}

static struct damage_spot spot_in_heap(const struct damage_site *site,
                                       const uint8_t *word)
{
    const struct piece *p = NULL;
    if (site->place == PLACE_HEADER || site->place == PLACE_FOOTER ||
        site->place == PLACE_BEFORE || site->place == PLACE_AFTER)
        p = payload_of(site);
    if (p)
        return near_payload(p, word);
    p = block_around(site->byte);
    if (p)
        return (struct damage_spot){
            .near = NEAR_FREE, .offset = word - p->at, .whose = p->size};
    return (struct damage_spot){.near = NEAR_HEAP, .offset = word - heap.lo};
}

struct damage_spot damage_describe(const struct damage_site *site,
                                   const struct damage_statics *statics)
{
    const uint8_t *word = site->byte - (uintptr_t)site->byte % WORD;
    struct damage_spot s = {.near = NEAR_OBJECT,
                            .offset = word - statics->base};
    if (site->place != PLACE_STATIC)
        s = spot_in_heap(site, word);
    s.place = site->place;
    s.bit = (uint32_t)(site->byte - word) * 8 + site->bit;
    return s;
}
