/*
 * heapmap_test.c - cells worked out by hand, and random heaps against a map
 * that looks at every byte after every request
 */
#define _GNU_SOURCE
#include <stdlib.h>

#include "driver/heapmap.h"
#include "memlib.h"
#include "tests/check.h"

#define ANSWERS 4000

static struct trace trace;
static struct allocator allocator = {.kind = ALLOCATOR_OBJECT,
                                     .has_walk = true};
static struct replay_log replay_log;
static struct replay_extent extents[ANSWERS + 1];
static void *answers[ANSWERS + 1];
static struct replay left;
static struct shadow *shadow;
static struct heapmap *map;
static uint32_t born; /* so far */
static uint64_t heap; /* by now */

/* A heap that will have so many bytes, in a trace of so many requests. */
static void begin(size_t requests, uint64_t heap_bytes, size_t columns,
                  size_t rows)
{
    trace = (struct trace){.op_count = requests, .answer_count = ANSWERS};
    left = (struct replay){.trace = &trace,
                           .allocator = &allocator,
                           .answers = answers,
                           .extents = extents,
                           .log = &replay_log,
                           .heap_bytes = heap_bytes};
    replay_log = (struct replay_log){.survey_count = 1};
    memset(extents, 0, sizeof extents);
    shadow = shadow_create((uintptr_t)mem_heap_lo(), 0, 16, answers, ANSWERS);
    map = heapmap_create(&left, columns, rows);
    born = 0;
    heap = heap_bytes;
}

static void end(void)
{
    heapmap_destroy(map);
    shadow_destroy(shadow);
}

/* Request number `served` makes a block, if size is not NONE, and takes the one
 * of answer `died`, if that is not 0. */
#define NONE UINT64_MAX

static uint32_t request(size_t served, uint64_t at, uint64_t size,
                        uint32_t died)
{
    uint32_t other, answer = 0;
    if (size != NONE) {
        answer = ++born;
        answers[answer] = (char *)mem_heap_lo() + at;
        shadow_place(shadow, answer, (struct shadow_block){.size = size}, 0,
                     heap, &other);
    }
    heapmap_add(map, &(struct replay_moment){.served = served,
                                             .heap = heap,
                                             .born = answer,
                                             .died = died,
                                             .shadow = shadow});
    return answer;
}

/* All cells, row 0 at the left: "payload/overhead/free/beyond" in thousandths,
 * columns apart by " | ". */
static const char *cells(void)
{
    static char text[2000];
    const struct heapmap_grid *g = heapmap_grid(map);
    size_t at = 0;
    heapmap_finish(map);
    for (size_t c = 0; c < g->columns.count; c++)
        for (size_t r = 0; r < g->rows; r++) {
            const uint16_t *p = heapmap_at(map, c, r)->part;
            at += (size_t)snprintf(text + at, sizeof text - at, "%s%u/%u/%u/%u",
                                   r   ? " "
                                   : c ? " | "
                                       : "",
                                   p[0], p[1], p[2], p[3]);
        }
    return text;
}

/* ---- By hand ------------------------------------------------------------- */

static void test_grid(void)
{
    begin(1000, 1000, 300, 10);
    const struct heapmap_grid *g = heapmap_grid(map);
    check_int((long long)g->row_bytes, 112, "rows are a multiple of 16 high");
    check_int((long long)g->rows, 9, "and no more than the heap needs");
    check_int((long long)g->columns.count, 300, "as many columns as asked for");
    end();
    begin(7, 40, 300, 240);
    g = heapmap_grid(map);
    check_int((long long)g->row_bytes, 16, "rows of a small heap");
    check_int((long long)g->rows, 3, "a small heap has few rows");
    check_int((long long)g->columns.count, 7, "a short trace has few columns");
    end();
    begin(2, 0, 2, 240);
    check_str(cells(), "0/0/0/1000 | 0/0/0/1000", "an empty heap");
    end();
}

/* Four requests in two columns; a heap of 32 bytes, 48 from the third on. */
static void test_blocks(void)
{
    begin(4, 48, 2, 240);
    heap = 32;
    extents[1] = (struct replay_extent){8, 4};
    request(1, 8, 12, 0);
    request(2, 0, NONE, 0); /* NULL */
    heap = 48;
    request(3, 32, 16, 1);
    request(4, 0, 0, 2);
    check_str(cells(),
              "500/500/0/0 250/250/500/0 0/0/0/1000 | "
              "0/0/1000/0 0/0/1000/0 500/0/500/0",
              "blocks come and go, the heap grows");
    end();
}

static void test_parts_of_columns(void)
{
    begin(10, 16, 1, 1);
    request(3, 0, 16, 0);
    request(8, 0, NONE, 1);
    request(10, 0, 8, 0);
    check_str(cells(), "550/0/250/200",
              "a block lives in part of a column: the heap as of request 3");
    end();
}

static void test_realloc(void)
{
    begin(3, 32, 3, 240);
    request(1, 0, 16, 0);
    request(2, 0, 24, 1);
    request(3, 16, 4, 2);
    check_str(cells(),
              "1000/0/0/0 0/0/1000/0 | 1000/0/0/0 500/0/500/0 | "
              "0/0/1000/0 250/0/750/0",
              "realloc in place and elsewhere");
    end();
}

static void test_empty_payload(void)
{
    begin(1, 16, 1, 1);
    extents[1] = (struct replay_extent){8, 4};
    request(1, 8, 0, 0);
    check_str(cells(), "0/750/250/0", "a payload of 0 bytes has overhead");
    end();
}

static void test_heap_told_too_small(void)
{
    begin(2, 32, 2, 1);
    heap = 0;
    request(1, 0, 16, 0);
    request(2, 0, NONE, 1);
    check_str(cells(), "500/0/0/500 | 0/0/500/500",
              "the heap holds what lies in it, and does not shrink");
    end();
    begin(1, 32, 1, 1);
    heap = UINT64_MAX;
    request(1, 0, 16, 0);
    check_str(cells(), "500/0/500/0", "it is no larger than the map");
    end();
}

static void test_growth_log(void)
{
    struct replay_growth growth[] = {{0, 16}, {1, 64}, {2, 32}};
    begin(3, 32, 1, 240);
    heapmap_destroy(map);
    left.growth = growth;
    replay_log.growth_count = 3;
    map = heapmap_create(&left, 1, 240);
    check_int((long long)heapmap_grid(map)->heap_bytes, 64,
              "the map is as high as the heap ever was");
    end();
}

/* ---- What is hearsay ----------------------------------------------------- */

static void test_hostile_extents(void)
{
    const struct replay_extent all = {UINT32_MAX, UINT32_MAX};
    begin(2, 64, 2, 2);
    heap = 48;
    extents[1] = extents[2] = all;
    request(1, 16, 16, 0);
    request(2, 32, 16, 0);
    check_str(cells(), "500/500/0/0 0/500/0/500 | 500/500/0/0 500/0/0/500",
              "overhead ends at the break and is no payload");
    end();
    begin(2, 64, 1, 1);
    extents[1] = extents[2] = all;
    request(1, 0, 32, 0);
    request(2, 32, 32, 1);
    check_str(cells(), "500/500/0/0", "nor more than there is");
    end();
}

static void test_sources(void)
{
    begin(1, 16, 1, 1);
    check_int(heapmap_grid(map)->source, HEAPMAP_WALKED, "known from mm_walk");
    end();
    allocator.has_walk = false;
    begin(1, 16, 1, 1);
    check_int(heapmap_grid(map)->source, HEAPMAP_USABLE,
              "known from mm_usable_size");
    allocator.has_walk = true;
    heapmap_destroy(map);
    replay_log.survey_count = 0;
    map = heapmap_create(&left, 1, 1);
    extents[1] = (struct replay_extent){0, 8};
    request(1, 0, 8, 0);
    check_int(heapmap_grid(map)->source, HEAPMAP_UNTOLD, "never told");
    check_str(cells(), "500/0/500/0", "what was not told is free");
    heapmap_destroy(map);
    left.extents = NULL;
    map = heapmap_create(&left, 1, 1);
    check_int(heapmap_grid(map)->source, HEAPMAP_UNTOLD, "not asked");
    end();
}

/* ---- Giants -------------------------------------------------------------- */

#define GIANT ((uint64_t)1 << 39)

static void test_giants(void)
{
    begin(3, 2 * GIANT, 3, 4);
    request(1, 0, GIANT, 0);
    request(2, GIANT, GIANT - 16, 0);
    request(3, 0, NONE, 1);
    check_str(cells(),
              "1000/0/0/0 1000/0/0/0 0/0/1000/0 0/0/1000/0 | "
              "1000/0/0/0 1000/0/0/0 1000/0/0/0 1000/0/0/0 | "
              "0/0/1000/0 0/0/1000/0 1000/0/0/0 1000/0/0/0",
              "blocks of 2^39 bytes");
    end();
    size_t most = UINT32_MAX - 1;
    begin(most, 2 * GIANT, 1, 1);
    extents[1] = (struct replay_extent){0, UINT32_MAX};
    request(1, 0, GIANT, 0);
    request(most / 2 + 1, 0, NONE, 1);
    check_str(cells(), "250/2/748/0",
              "a cell of 2^40 bytes and as many requests as there can be");
    end();
}

/* ---- Every byte after every request -------------------------------------- */

#define SLOTS    12
#define SLOT     48 /* bytes; a block begins and ends anywhere in its own */
#define REQUESTS 90

static uint64_t random_state = 88172645463325252;

static uint64_t random_below(uint64_t n)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state % n;
}

struct slot {
    uint32_t answer; /* 0: free */
    uint64_t first, payload, payload_end, end;
};
static struct slot slots[SLOTS];

/* What each byte is after each request. */
static uint8_t use_of[REQUESTS][SLOTS * SLOT];

static void picture(size_t i)
{
    for (uint64_t b = 0; b < SLOTS * SLOT; b++)
        use_of[i][b] = b < heap ? HEAPMAP_FREE : HEAPMAP_BEYOND;
    for (size_t s = 0; s < SLOTS; s++)
        for (uint64_t b = slots[s].first; slots[s].answer && b < slots[s].end;
             b++)
            use_of[i][b] = b >= slots[s].payload && b < slots[s].payload_end
                               ? HEAPMAP_PAYLOAD
                               : HEAPMAP_OVERHEAD;
}

static struct slot new_block(size_t s)
{
    uint64_t at[4];
    for (int i = 0; i < 4; i++)
        at[i] = s * SLOT + random_below(SLOT + 1);
    for (int i = 0; i < 4; i++) /* sorted */
        for (int k = i + 1; k < 4; k++)
            if (at[k] < at[i]) {
                uint64_t swap = at[i];
                at[i] = at[k];
                at[k] = swap;
            }
    return (struct slot){0, at[0], at[1], at[2], at[3]};
}

/* A request that makes a block in a slot, takes the one of another, or both. */
static void random_request(size_t i)
{
    struct slot *to = &slots[random_below(SLOTS)];
    struct slot *from = &slots[random_below(SLOTS)];
    uint32_t died = from->answer;
    uint64_t size = NONE;
    from->answer = 0;
    if (!to->answer && random_below(3)) {
        *to = new_block((size_t)(to - slots));
        size = to->payload_end - to->payload;
        to->answer = born + 1;
        extents[to->answer] =
            (struct replay_extent){(uint32_t)(to->payload - to->first),
                                   (uint32_t)(to->end - to->payload_end)};
        heap = to->end > heap ? to->end : heap;
    }
    heap += heap < SLOTS * SLOT && random_below(9) == 0;
    request(i + 1, to->payload, size, died);
    picture(i);
}

static bool cell_agrees(size_t column, size_t row)
{
    const struct heapmap_grid *g = heapmap_grid(map);
    size_t from = columns_first(&g->columns, column);
    size_t to = columns_first(&g->columns, column + 1);
    uint64_t low = row * g->row_bytes, high = low + g->row_bytes;
    uint64_t sums[HEAPMAP_USES] = {0}, below = 0, told = 0;
    for (size_t i = from; i < to; i++)
        for (uint64_t b = low; b < high; b++)
            sums[b < SLOTS * SLOT ? use_of[i][b] : HEAPMAP_BEYOND]++;
    uint64_t all = (to - from) * g->row_bytes;
    for (int u = 0; u < HEAPMAP_USES; u++) {
        below += sums[u];
        told += heapmap_at(map, column, row)->part[u];
        if (told != (below * 1000 + all / 2) / all)
            return false;
    }
    return true;
}

static size_t count_wrong(void)
{
    const struct heapmap_grid *g = heapmap_grid(map);
    size_t wrong = 0;
    for (size_t c = 0; c < g->columns.count; c++)
        for (size_t r = 0; r < g->rows; r++)
            wrong += !cell_agrees(c, r);
    return wrong;
}

static void test_against_bytes(void)
{
    size_t wrong = 0, cells_seen = 0;
    for (int round = 0; round < 300; round++) {
        begin(REQUESTS, SLOTS * SLOT, 1 + random_below(REQUESTS + 10),
              1 + random_below(50));
        memset(slots, 0, sizeof slots);
        heap = 0;
        for (size_t i = 0; i < REQUESTS; i++)
            random_request(i);
        heapmap_finish(map);
        const struct heapmap_grid *g = heapmap_grid(map);
        cells_seen += g->columns.count * g->rows;
        wrong += count_wrong();
        end();
    }
    check(wrong == 0 && cells_seen > 10000, "every byte after every request",
          "%zu of %zu cells are wrong", wrong, cells_seen);
}

int main(void)
{
    if (!mem_create(MEM_FIXED, 1 << 20))
        return 1;
    test_grid();
    test_blocks();
    test_parts_of_columns();
    test_realloc();
    test_empty_payload();
    test_heap_told_too_small();
    test_growth_log();
    test_hostile_extents();
    test_sources();
    test_giants();
    test_against_bytes();
    mem_deinit();
    return check_done();
}
