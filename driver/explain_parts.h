/*
 * explain_parts.h - what the files of the explain room share; for them alone
 */
#ifndef EXPLAIN_PARTS_H
#define EXPLAIN_PARTS_H

#include <stdio.h>

#include "driver/explain.h"

/* An address this far from something is still told as a distance from it. */
#define EXPLAIN_NEAR (1ULL << 20)

/* Bytes in front of a payload that are shown where they may be to blame. */
#define EXPLAIN_HEADER 16

/* Addresses from lo up to hi. */
struct explain_range {
    uintptr_t lo, hi;
};

static inline uintptr_t explain_address(const struct explain_scene *s,
                                        uint32_t answer)
{
    return (uintptr_t)s->r->answers[answer];
}

/* explain_payload - the addresses of a block that was placed. */
struct explain_range explain_payload(const struct explain_scene *s,
                                     uint32_t answer);

/* explain_taken - the block that the request under way frees or reallocates; 0
 *     if it does not, or none is. */
uint32_t explain_taken(const struct explain_scene *s);

/* explain_payload_at - the live payload that holds addr; 0 if none. */
uint32_t explain_payload_at(const struct explain_scene *s, uintptr_t addr);

/* explain_word_bytes - "bytes", or "byte" for one. */
const char *explain_word_bytes(uint64_t n);

/* explain_print_id - "id 4": the one that request i names. */
void explain_print_id(FILE *out, const struct explain_scene *s, size_t i);

/* explain_print_activity - what the child was at: "free(id 4)", "mm_init". */
void explain_print_activity(FILE *out, const struct explain_scene *s);

/* Lines of their own:
 * explain_print_block - "id 4: [0x10, 0x50), 64 bytes, malloc on line 9"
 * explain_print_heap - "heap: [0x10, 0x1000), 4080 bytes"
 * explain_print_neighbours - the live blocks on either side of a payload. */
void explain_print_block(FILE *out, const struct explain_scene *s,
                         uint32_t answer);
void explain_print_heap(FILE *out, const struct explain_scene *s);
void explain_print_neighbours(FILE *out, const struct explain_scene *s,
                              uint32_t answer);

/* explain_print_where - ", near NULL": where an address lies, by whatever is
 *     close to it. */
void explain_print_where(FILE *out, const struct explain_scene *s,
                         uintptr_t addr);

/* explain_print_damage - lines: the damaged bytes, expected and found, and what
 *     they look like. */
void explain_print_damage(FILE *out, const struct explain_scene *s,
                          const struct replay_fault *f);

/* explain_print_map - lines: the live payloads around the mark, in the order of
 *     their addresses, and the mark below them with `what` it is. */
void explain_print_map(FILE *out, const struct explain_scene *s,
                       struct explain_range mark, const char *what);

/* explain_print_latest - a line: of the requests before `before`, the latest
 *     whose block lay at or next to place; nothing if that made one of the
 *     blocks `told` and `other`. */
void explain_print_latest(FILE *out, const struct explain_scene *s,
                          struct explain_range place, size_t before,
                          uint32_t told, uint32_t other);

/* explain_print_fault - all that is said of a fault but for place and hints. */
void explain_print_fault(FILE *out, const struct explain_scene *s,
                         const struct replay_fault *f);

/* explain_print_end - the same of the end of a child. */
void explain_print_end(FILE *out, const struct explain_scene *s,
                       enum isolate_event event, const struct isolate_death *d);

#endif
