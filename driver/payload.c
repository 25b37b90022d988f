/*
 * payload.c - what the driver writes into payloads, and whether it is there
 */
#include "driver/payload.h"

#include "config.h"

typedef uint64_t __attribute__((may_alias)) word;

/* The fractional part of the golden ratio: odd, and no short sum of it comes
 * near a multiple of 2^64, so bytes that moved do not match (Knuth TAOCP 3,
 * 6.4). */
#define STEP 0x9e3779b97f4a7c15

/* Part number k of a payload, [from, to) with from a multiple of 8; false when
 * there is no such part. */
struct part {
    uint64_t from, to;
};

static bool part_of_large(uint64_t size, unsigned k, struct part *part)
{
    if (k == 0) {
        *part = (struct part){0, PAYLOAD_END};
        return true;
    }
    if (k == 1) {
        *part = (struct part){(size - PAYLOAD_END) & ~7ULL, size};
        return true;
    }
    uint64_t unit = (uint64_t)PAYLOAD_END << (k / 2 - 1);
    uint64_t at = k % 2 ? unit + unit / 2 : unit;
    *part = (struct part){at, at + PAYLOAD_SAMPLE};
    return at + PAYLOAD_SAMPLE <= size - PAYLOAD_END;
}

static bool part_of(uint64_t size, unsigned k, struct part *part)
{
    if (size > PAYLOAD_WHOLE)
        return part_of_large(size, k, part);
    *part = (struct part){0, size};
    return k == 0;
}

/* splitmix64 (Steele, Lea, Flood 2014). */
uint64_t payload_key(uint64_t secret, uint32_t answer)
{
    uint64_t z = secret + answer * STEP;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

/* The eight bytes at an offset that is a multiple of 8. */
static inline uint64_t pattern(uint64_t key, uint64_t offset)
{
    return key + (offset / 8) * STEP;
}

static inline uint8_t pattern_byte(uint64_t key, uint64_t offset)
{
    return (uint8_t)(pattern(key, offset) >> (offset % 8 * 8));
}

uint8_t payload_byte(uint64_t key, uint64_t offset)
{
    return pattern_byte(key, offset);
}

/* Of an odd number, modulo 2^64: three bits are right, and each step doubles
 * them (Newton). */
static uint64_t inverse(uint64_t odd)
{
    uint64_t x = odd;
    for (int i = 0; i < 5; i++)
        x *= 2 - odd * x;
    return x;
}

bool payload_find(uint64_t key, uint64_t size, uint64_t bytes, uint64_t *offset)
{
    uint64_t index = (bytes - key) * inverse(STEP);
    *offset = index * 8;
    return index < size / 8;
}

static void fill_part(char *p, struct part part, uint64_t key)
{
    uint64_t at = part.from;
    for (; at + 8 <= part.to; at += 8)
        *(word *)(p + at) = pattern(key, at);
    for (; at < part.to; at++)
        p[at] = (char)pattern_byte(key, at);
}

void payload_fill(void *p, uint64_t from, uint64_t size, uint64_t key)
{
    struct part part;
    for (unsigned k = 0; part_of(size, k, &part); k++) {
        if (part.from < (from & ~7ULL))
            part.from = from & ~7ULL;
        if (part.from < part.to)
            fill_part(p, part, key);
    }
}

/* One body for both checks; scale 0 makes the pattern all zero. */
static inline uint8_t wanted(uint64_t key, uint64_t scale, uint64_t at)
{
    return (uint8_t)(pattern_byte(key, at) * scale);
}

static void describe_damage(const uint8_t *p, uint64_t at, uint64_t end,
                            uint64_t key, uint64_t scale,
                            struct payload_damage *damage)
{
    damage->offset = at;
    damage->expected = wanted(key, scale, at);
    damage->found = p[at];
    damage->length = 0;
    while (at < end && damage->length < 64 && p[at] != wanted(key, scale, at))
        damage->length++, at++;
}

static inline bool check_part(const uint8_t *p, struct part part, uint64_t key,
                              uint64_t scale, struct payload_damage *damage)
{
    uint64_t at = part.from;
    while (at + 8 <= part.to &&
           *(const word *)(p + at) == pattern(key, at) * scale)
        at += 8;
    while (at < part.to && p[at] == wanted(key, scale, at))
        at++;
    if (at == part.to)
        return true;
    describe_damage(p, at, part.to, key, scale, damage);
    return false;
}

bool payload_check(const void *p, uint64_t bytes, uint64_t size, uint64_t key,
                   struct payload_damage *damage)
{
    struct part part;
    for (unsigned k = 0; part_of(size, k, &part); k++) {
        if (part.to > bytes)
            part.to = bytes;
        if (part.from < part.to && !check_part(p, part, key, 1, damage))
            return false;
    }
    return true;
}

bool payload_check_zero(const void *p, uint64_t size,
                        struct payload_damage *damage)
{
    struct part part;
    for (unsigned k = 0; part_of(size, k, &part); k++)
        if (!check_part(p, part, 0, 0, damage))
            return false;
    return true;
}
