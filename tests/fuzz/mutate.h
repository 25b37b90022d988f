/*
 * mutate.h - inputs made from others: a small mutator for lines of text
 */
#ifndef MUTATE_H
#define MUTATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct corpus_input {
    uint8_t *bytes;
    size_t size;
};

struct corpus {
    struct corpus_input *inputs;
    size_t count, room;
};

/* corpus_add - bytes come from malloc and are the corpus's from now on.  False
 *     without memory. */
bool corpus_add(struct corpus *c, uint8_t *bytes, size_t size);

/* corpus_mutate - one of the inputs, with a few changes, into room bytes at to.
 *     Returns its size. */
size_t corpus_mutate(const struct corpus *c, uint8_t *to, size_t room,
                     uint64_t *state);

void corpus_free(struct corpus *c);

#endif
