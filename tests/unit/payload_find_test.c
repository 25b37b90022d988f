/*
 * payload_find_test.c - bytes are recognised as those of a payload
 */
#include <stdint.h>
#include <string.h>

#include "driver/payload.h"
#include "tests/check.h"

int main(void)
{
    unsigned char p[200];
    uint64_t key = payload_key(17, 3), other = payload_key(17, 4);
    uint64_t offset, bytes;
    bool alike = true, found = true;
    payload_fill(p, 0, sizeof p, key);
    for (size_t i = 0; i < sizeof p; i++)
        alike &= p[i] == payload_byte(key, i);
    check(alike, "payload_byte is what payload_fill writes", "it is not");
    for (size_t i = 0; i + 8 <= sizeof p; i += 8) {
        memcpy(&bytes, p + i, 8);
        found &= payload_find(key, sizeof p, bytes, &offset) && offset == i;
    }
    check(found, "every word is found where it is", "not all are");
    memcpy(&bytes, p + 96, 8);
    check(!payload_find(key, 96, bytes, &offset), "not beyond the payload",
          "it is");
    check(payload_find(key, 104, bytes, &offset), "its last word", "not found");
    check(!payload_find(other, sizeof p, bytes, &offset),
          "not in another payload", "it is");
    memcpy(&bytes, p + 97, 8);
    check(!payload_find(key, sizeof p, bytes, &offset),
          "not when bytes have moved", "it is");
    return check_done();
}
