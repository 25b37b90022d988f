/*
 * payload.h - what the driver writes into payloads, and whether it is there
 *
 * Every byte of a payload depends on the block's key and on the byte's offset,
 * so that neither another block's bytes nor the block's own bytes moved pass
 * for right.  Payloads over PAYLOAD_WHOLE are touched only at both ends and
 * at samples whose places do not depend on the size (see config.h).
 */
#ifndef PAYLOAD_H
#define PAYLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct payload_damage {
    uint64_t offset; /* of the first wrong byte */
    uint64_t length; /* wrong bytes in a row from there, at most 64 */
    uint8_t expected, found;
};

/* payload_key - the key of the block that was born as this answer, under the
 *     secret of this run. */
uint64_t payload_key(uint64_t secret, uint32_t answer);

/* payload_fill - write the pattern into bytes [from, size) of the payload at p,
 *     a multiple of 8. */
void payload_fill(void *p, uint64_t from, uint64_t size, uint64_t key);

/* payload_byte - what payload_fill writes at an offset. */
uint8_t payload_byte(uint64_t key, uint64_t offset);

/* payload_find - whether the pattern of a payload of size bytes has these eight
 *     bytes at a multiple of 8, and there: *offset. */
bool payload_find(uint64_t key, uint64_t size, uint64_t bytes,
                  uint64_t *offset);

/*
 * payload_check - whether the first bytes of a payload of size bytes are as
 *     payload_fill left them; bytes < size after a realloc that shrank it.
 *     When not, *damage tells where.
 */
bool payload_check(const void *p, uint64_t bytes, uint64_t size, uint64_t key,
                   struct payload_damage *damage);

/* payload_check_zero - whether the payload is zero where it would be filled. */
bool payload_check_zero(const void *p, uint64_t size,
                        struct payload_damage *damage);

#endif
