/*
 * payload_test.c - patterns are found whole, and every damage is found
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "config.h"
#include "driver/payload.h"
#include "tests/check.h"

#define KEY   0x0123456789abcdef
#define GUARD 0xc3

static uint8_t *room; /* PAYLOAD_WHOLE * 2, and a guard at either end */
static struct payload_damage damage;

static uint8_t *fresh(uint64_t size)
{
    memset(room, GUARD, 16);
    memset(room + 16, 0, size);
    memset(room + 16 + size, GUARD, 16);
    payload_fill(room + 16, 0, size, KEY);
    return room + 16;
}

static bool intact(const uint8_t *p, uint64_t size)
{
    damage = (struct payload_damage){0};
    return payload_check(p, size, size, KEY, &damage);
}

static bool guards_stand(uint64_t size)
{
    for (size_t i = 0; i < 16; i++)
        if (room[i] != GUARD || room[16 + size + i] != GUARD)
            return false;
    return true;
}

/* ---- Small payloads, to the last byte ---------------------------------- */

static void test_all_small_sizes(void)
{
    int not_intact = 0, over = 0;
    for (uint64_t size = 0; size <= 300; size++) {
        not_intact += !intact(fresh(size), size);
        over += !guards_stand(size);
    }
    check_int(not_intact, 0, "what was filled is intact, sizes 0 to 300");
    check_int(over, 0, "nothing is written before or behind it");
}

static bool flip_is_found(uint8_t *p, uint64_t size, uint64_t at, uint8_t bits)
{
    uint8_t was = p[at];
    p[at] ^= bits;
    bool found = !intact(p, size) && damage.offset == at &&
                 damage.length == 1 && damage.expected == was &&
                 damage.found == p[at];
    p[at] = was;
    return found;
}

static void test_every_flip(void)
{
    static const uint8_t bits[] = {0x01, 0x80, 0xff};
    int missed = 0;
    for (uint64_t size = 1; size <= 300; size++) {
        uint8_t *p = fresh(size);
        for (uint64_t at = 0; at < size; at++)
            for (size_t k = 0; k < sizeof bits; k++)
                missed += !flip_is_found(p, size, at, bits[k]);
    }
    check_int(missed, 0, "every flip is found at its byte, sizes 1 to 300");
}

static void test_flips_around_whole(void)
{
    for (int delta = -9; delta <= 9; delta++) {
        uint64_t size = (uint64_t)(PAYLOAD_WHOLE + delta);
        const uint64_t places[] = {
            0,        1,       7,      8,        65535,    65536,
            65599,    98304,   131072, size - 9, size - 8, size - PAYLOAD_END,
            size - 2, size - 1};
        uint8_t *p = fresh(size);
        int missed = !intact(p, size) + !guards_stand(size);
        for (size_t i = 0; i < sizeof places / sizeof *places; i++)
            missed += !flip_is_found(p, size, places[i], 0x10);
        char name[64];
        snprintf(name, sizeof name, "flips are found in %d + %d bytes",
                 (int)PAYLOAD_WHOLE, delta);
        check_int(missed, 0, name);
    }
}

static void test_whole_is_whole(void)
{
    uint8_t *p = fresh(PAYLOAD_WHOLE);
    int missed = 0;
    for (uint64_t at = 0; at < PAYLOAD_WHOLE; at += 1009)
        missed += !flip_is_found(p, PAYLOAD_WHOLE, at, 0x40);
    check_int(missed, 0, "all bytes of PAYLOAD_WHOLE are checked");
}

/* ---- Kinds of damage --------------------------------------------------- */

static void test_length(void)
{
    uint8_t *p = fresh(300);
    memset(p + 100, GUARD, 5);
    bool ok = !intact(p, 300) && damage.offset <= 101 &&
              damage.offset + damage.length <= 105;
    check(ok, "the damage is not told longer than it is", "%llu + %llu",
          (unsigned long long)damage.offset, (unsigned long long)damage.length);
    p = fresh(300);
    for (int i = 0; i < 5; i++)
        p[100 + i] ^= 0x55;
    check(!intact(p, 300) && damage.offset == 100 && damage.length == 5,
          "five bytes in a row", "%llu + %llu",
          (unsigned long long)damage.offset, (unsigned long long)damage.length);
    for (int i = 0; i < 200; i++)
        p[100 + i] ^= 0xaa;
    check(!intact(p, 300) && damage.length == 64, "at most 64 are told", "%llu",
          (unsigned long long)damage.length);
    p = fresh(300);
    p[299] ^= 1;
    p[298] ^= 1;
    check(!intact(p, 300) && damage.offset == 298 && damage.length == 2,
          "it ends with the payload", "%llu + %llu",
          (unsigned long long)damage.offset, (unsigned long long)damage.length);
}

static void test_shifts(void)
{
    static const size_t shifts[] = {1, 8, 16, 24, 4096, 65536, 131072};
    for (size_t i = 0; i < sizeof shifts / sizeof *shifts; i++) {
        uint64_t size = 200000;
        char name[64];
        uint8_t *p = fresh(size);
        memmove(p + shifts[i], p, size - shifts[i]);
        snprintf(name, sizeof name, "content moved up by %zu", shifts[i]);
        check(!intact(p, size) && damage.offset >= shifts[i] &&
                  damage.offset < shifts[i] + 8,
              name, "found at %llu", (unsigned long long)damage.offset);
        p = fresh(size);
        memmove(p, p + shifts[i], size - shifts[i]);
        snprintf(name, sizeof name, "content moved down by %zu", shifts[i]);
        check(!intact(p, size) && damage.offset < 8, name, "found at %llu",
              (unsigned long long)damage.offset);
    }
}

static void test_keys(void)
{
    uint8_t *p = fresh(64);
    check(!payload_check(p, 64, 64, KEY + 1, &damage), "another key", "passed");
    int same = 0;
    for (uint32_t a = 1; a < 2000; a++)
        for (uint32_t b = a > 50 ? a - 50 : 0; b < a; b++)
            same += payload_key(7, a) == payload_key(7, b);
    check_int(same, 0, "answers have keys of their own");
    check(payload_key(7, 1) != payload_key(8, 1), "so have runs", "the same");
    payload_fill(p, 0, 64, payload_key(7, 1));
    check(!payload_check(p, 64, 64, payload_key(7, 2), &damage),
          "a neighbour's payload is not one's own", "passed");
}

/* ---- Payloads that shrank and grew ------------------------------------- */

static void test_shrunk(void)
{
    int wrong = 0;
    for (uint64_t size = 1; size <= 300; size += 13)
        for (uint64_t bytes = 0; bytes < size; bytes++) {
            uint8_t *p = fresh(size);
            memset(p + bytes, GUARD ^ 0xff, size - bytes);
            wrong += !payload_check(p, bytes, size, KEY, &damage);
            if (bytes)
                p[bytes - 1] ^= 4;
            wrong += bytes && payload_check(p, bytes, size, KEY, &damage);
        }
    check_int(wrong, 0, "what is left of a shrunk payload is checked, no more");
}

static void test_shrunk_large(void)
{
    uint64_t size = 2 * PAYLOAD_WHOLE, bytes = 66000;
    uint8_t *p = fresh(size);
    memset(p + bytes, 0, size - bytes);
    check(payload_check(p, bytes, size, KEY, &damage),
          "a large payload shrunk to 66000 bytes", "found damage at %llu",
          (unsigned long long)damage.offset);
    p[65536] ^= 1;
    check(!payload_check(p, bytes, size, KEY, &damage) &&
              damage.offset == 65536,
          "damage in what is left of it", "%llu",
          (unsigned long long)damage.offset);
}

static void test_grown(void)
{
    int wrong = 0;
    for (uint64_t old = 0; old <= 64; old++)
        for (uint64_t size = old; size <= 96; size++) {
            uint8_t *p = fresh(old);
            payload_fill(p, old, size, KEY);
            wrong += !intact(p, size);
        }
    check_int(wrong, 0, "a payload that grew is one payload");
    uint8_t *p = fresh(100);
    p[3] ^= 1;
    payload_fill(p, 48, 100, KEY);
    check(!intact(p, 100) && damage.offset == 3,
          "what was there is not written again", "it was");
}

/* ---- Zeros ------------------------------------------------------------- */

static void test_zeros(void)
{
    int missed = 0, wrong = 0;
    uint8_t *p = room + 16;
    for (uint64_t size = 0; size <= 100; size++) {
        memset(room, 0xff, 256);
        memset(p, 0, size);
        wrong += !payload_check_zero(p, size, &damage);
        for (uint64_t at = 0; at < size; at++) {
            p[at] = 0x80;
            missed += payload_check_zero(p, size, &damage) ||
                      damage.offset != at || damage.length != 1 ||
                      damage.expected != 0 || damage.found != 0x80;
            p[at] = 0;
        }
    }
    check_int(wrong, 0, "zeros are zeros");
    check_int(missed, 0, "every byte that is not zero is found");
}

/* ---- A payload of 2^39 bytes ------------------------------------------- */

#define GIANT ((uint64_t)1 << 39)

/* Pages of the GIB from `from` that are in memory. */
static size_t pages_in(uint8_t *from, uint64_t bytes)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), n = 0;
    size_t pages = bytes / page;
    unsigned char *in = malloc(pages);
    if (in && mincore(from, bytes, in) == 0)
        for (size_t i = 0; i < pages; i++)
            n += in[i] & 1;
    free(in);
    return n;
}

static bool giant_flip(uint8_t *p, uint64_t at)
{
    damage = (struct payload_damage){0};
    p[at] ^= 1;
    bool found = !payload_check(p, GIANT, GIANT, KEY, &damage);
    p[at] ^= 1;
    return found && damage.offset == at;
}

static void check_giant(uint8_t *p)
{
    check(payload_check_zero(p, GIANT, &damage), "2^39 bytes are zero", "not");
    payload_fill(p, 0, GIANT, KEY);
    check(payload_check(p, GIANT, GIANT, KEY, &damage),
          "2^39 bytes are filled and intact", "damage at %llu",
          (unsigned long long)damage.offset);
    check(!payload_check_zero(p, GIANT, &damage), "and not zero", "zero");
    const uint64_t seen[] = {
        0,        65535, 65536, GIANT / 2, GIANT / 4 + GIANT / 8, GIANT - 65536,
        GIANT - 1};
    int missed = 0;
    for (size_t i = 0; i < sizeof seen / sizeof *seen; i++)
        missed += !giant_flip(p, seen[i]);
    check_int(missed, 0, "its ends and samples are checked");
    size_t pages = pages_in(p, 1ULL << 30) +
                   pages_in(p + GIANT - (1ULL << 30), 1ULL << 30);
    check(pages < 100, "few pages of it are touched", "%zu", pages);
    check(payload_check(p, GIANT / 2, GIANT, KEY, &damage),
          "half of it, after it shrank", "damage");
}

static void test_giant(void)
{
    uint8_t *p = mmap(NULL, GIANT, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED) { /* valgrind has no such room */
        printf("no address space for a payload of 2^39 bytes\n");
        return;
    }
    check_giant(p);
    munmap(p, GIANT);
}

int main(void)
{
    room = malloc(2 * PAYLOAD_WHOLE + 64);
    test_all_small_sizes();
    test_every_flip();
    test_flips_around_whole();
    test_whole_is_whole();
    test_length();
    test_shifts();
    test_keys();
    test_shrunk();
    test_shrunk_large();
    test_grown();
    test_zeros();
    test_giant();
    free(room);
    return check_done();
}
