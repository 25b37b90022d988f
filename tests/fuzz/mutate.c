/*
 * mutate.c - inputs made from others: a small mutator for lines of text
 *
 * Not guided by what an input reaches, as libFuzzer is: what it knows instead
 * is that inputs consist of lines, and lines of numbers.
 */
#define _GNU_SOURCE
#include "tests/fuzz/mutate.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

bool corpus_add(struct corpus *c, uint8_t *bytes, size_t size)
{
    if (c->count == c->room) {
        size_t room = c->room ? 2 * c->room : 64;
        void *grown = reallocarray(c->inputs, room, sizeof *c->inputs);
        if (!grown)
            return false;
        c->inputs = grown;
        c->room = room;
    }
    c->inputs[c->count++] = (struct corpus_input){bytes, size};
    return true;
}

void corpus_free(struct corpus *c)
{
    for (size_t i = 0; i < c->count; i++)
        free(c->inputs[i].bytes);
    free(c->inputs);
    *c = (struct corpus){0};
}

/* ---- An input being changed -------------------------------------------- */

struct draft {
    const struct corpus *corpus;
    uint8_t *bytes;
    size_t size, room;
    uint64_t *state;
};

/* Below n, which is not 0. */
static size_t draw(struct draft *d, size_t n)
{
    return fuzz_next(d->state) % n;
}

/* Put `put` bytes in the place of `cut` at `at`, as far as there is room. */
static void replace(struct draft *d, size_t at, size_t cut, const void *from,
                    size_t put)
{
    if (d->size - cut + put > d->room)
        return;
    memmove(d->bytes + at + put, d->bytes + at + cut, d->size - at - cut);
    memcpy(d->bytes + at, from, put);
    d->size += put - cut;
}

/* A line: where it begins, and how long it is with its end. */
static size_t some_line(struct draft *d, size_t *length)
{
    size_t at = draw(d, d->size);
    while (at > 0 && d->bytes[at - 1] != '\n')
        at--;
    const uint8_t *end = memchr(d->bytes + at, '\n', d->size - at);
    *length = end ? (size_t)(end + 1 - (d->bytes + at)) : d->size - at;
    return at;
}

/* ---- Changes ----------------------------------------------------------- */

static void flip_bit(struct draft *d)
{
    d->bytes[draw(d, d->size)] ^= (uint8_t)(1 << draw(d, 8));
}

static void put_byte(struct draft *d)
{
    static const char bytes[] = "\n\r\t -0129:()[]<>+#\"'\\,afcmr\x7f\xff\xc3";
    uint8_t byte = (uint8_t)bytes[draw(d, sizeof bytes)];
    replace(d, draw(d, d->size), draw(d, 2), &byte, 1);
}

static void put_number(struct draft *d)
{
    static const char *const numbers[] = {
        "0",
        "1",
        "2",
        "3",
        "16",
        "-1",
        "4096",
        "65536",
        "2147483647",
        "2147483648",
        "4294967295",
        "4294967296",
        "4294967297",
        "0x7f",
        "140737488355328",
        "140737488355329",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551615",
        "18446744073709551616",
        "99999999999999999999999",
        "ffffffffffffffff",
    };
    size_t at = draw(d, d->size), end;
    while (at < d->size && !isdigit(d->bytes[at]))
        at++;
    for (end = at; end < d->size && isdigit(d->bytes[end]); end++)
        continue;
    const char *n = numbers[draw(d, sizeof numbers / sizeof numbers[0])];
    replace(d, at, end - at, n, strlen(n));
}

/* One number more or less by a little: ids come to be the same. */
static void nudge_number(struct draft *d)
{
    size_t at = draw(d, d->size);
    while (at < d->size && !isdigit(d->bytes[at]))
        at++;
    if (at < d->size)
        d->bytes[at] = (uint8_t)('0' + draw(d, 10));
}

static void double_line(struct draft *d)
{
    size_t length, at = some_line(d, &length);
    uint8_t *line = malloc(length);
    if (line) {
        memcpy(line, d->bytes + at, length);
        at = some_line(d, &(size_t){0});
        replace(d, at, 0, line, length);
    }
    free(line);
}

static void drop_line(struct draft *d)
{
    size_t length, at = some_line(d, &length);
    replace(d, at, length, "", 0);
}

static void cut_range(struct draft *d)
{
    size_t at = draw(d, d->size);
    replace(d, at, draw(d, d->size - at) % 32, "", 0);
}

static void cut_end(struct draft *d)
{
    d->size = draw(d, d->size);
}

/* Part of another input, in the middle of this one. */
static void splice(struct draft *d)
{
    const struct corpus_input *other =
        &d->corpus->inputs[draw(d, d->corpus->count)];
    if (!other->size)
        return;
    size_t from = draw(d, other->size), length = draw(d, other->size - from);
    size_t at = draw(d, d->size);
    size_t cut = draw(d, 2) ? draw(d, d->size - at) : 0;
    replace(d, at, cut, other->bytes + from, length);
}

static void move_line(struct draft *d)
{
    size_t length, at = some_line(d, &length);
    uint8_t *line = malloc(length);
    if (line) {
        memcpy(line, d->bytes + at, length);
        replace(d, at, length, "", 0);
        size_t to = d->size ? some_line(d, &(size_t){0}) : 0;
        replace(d, to, 0, line, length);
    }
    free(line);
}

static void (*const changes[])(struct draft *d) = {
    flip_bit,  put_byte,  put_number, put_number, nudge_number, double_line,
    drop_line, cut_range, cut_end,    splice,     move_line,
};

#define CHANGES (sizeof changes / sizeof changes[0])

size_t corpus_mutate(const struct corpus *c, uint8_t *to, size_t room,
                     uint64_t *state)
{
    struct draft d = {c, to, 0, room, state};
    const struct corpus_input *from = &c->inputs[draw(&d, c->count)];
    d.size = from->size < room ? from->size : room;
    memcpy(to, from->bytes, d.size);
    for (size_t n = 1 + draw(&d, 6); n > 0 && d.size > 0; n--)
        changes[draw(&d, CHANGES)](&d);
    return d.size;
}
