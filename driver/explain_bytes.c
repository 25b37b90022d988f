/*
 * explain_bytes.c - the damaged bytes: expected, found, and what they look like
 */
#include <inttypes.h>
#include <string.h>

#include "driver/explain_parts.h"

#define ROW      16
#define ROWS_MAX 2

/* What is to be shown of a payload, and what should be there. */
struct dump {
    const struct explain_scene *s;
    struct explain_range payload;
    uint64_t key;
    bool zero; /* it should all be zero */
    uint32_t answer;
};

static uint8_t wanted(const struct dump *d, uintptr_t at)
{
    return d->zero ? 0 : payload_byte(d->key, at - d->payload.lo);
}

static bool is_kept(const struct dump *d, uintptr_t at)
{
    const struct explain_heap *h = &d->s->heap;
    return at >= h->at && at - h->at < h->count;
}

static uint8_t found(const struct dump *d, uintptr_t at)
{
    return d->s->heap.bytes[at - d->s->heap.at];
}

static bool is_wrong(const struct dump *d, uintptr_t at)
{
    return is_kept(d, at) && found(d, at) != wanted(d, at);
}

/* ---- Rows -------------------------------------------------------------- */

static void print_expected(FILE *out, const struct dump *d, uintptr_t row)
{
    fprintf(out, "\n  %#14" PRIxPTR "  expected ", row);
    for (uintptr_t at = row; at < row + ROW; at++)
        if (is_kept(d, at))
            fprintf(out, " %02x", wanted(d, at));
        else
            fputs("   ", out);
}

/* What is right is not repeated. */
static void print_found(FILE *out, const struct dump *d, uintptr_t row)
{
    if (d->zero)
        fprintf(out, "\n  %#14" PRIxPTR "  found    ", row);
    else
        fprintf(out, "\n  %14s  found    ", "");
    for (uintptr_t at = row; at < row + ROW; at++)
        if (is_wrong(d, at))
            fprintf(out, " %02x", found(d, at));
        else if (is_kept(d, at))
            fputs(" ..", out);
        else
            fputs("   ", out);
}

static bool row_is_wrong(const struct dump *d, uintptr_t row)
{
    for (uintptr_t at = row; at < row + ROW; at++)
        if (is_wrong(d, at))
            return true;
    return false;
}

static void print_rows(FILE *out, const struct dump *d)
{
    uintptr_t row = d->s->heap.at & ~(uintptr_t)(ROW - 1);
    for (int n = 0; n < ROWS_MAX && row_is_wrong(d, row); n++, row += ROW) {
        if (!d->zero)
            print_expected(out, d, row);
        print_found(out, d, row);
    }
}

/* ---- What they look like ----------------------------------------------- */

/* The bytes that a block had: of all answers, the one whose pattern has this
 * word in it. */
static bool print_origin(FILE *out, const struct dump *d, uint64_t word)
{
    const struct replay *r = d->s->r;
    for (uint32_t a = 1; a <= r->trace->answer_count; a++) {
        const struct shadow_block *b = shadow_block(d->s->shadow, a);
        uint64_t offset;
        if (b->size < 8 || b->origin == 0 ||
            !payload_find(payload_key(r->secret, b->origin), b->size, word,
                          &offset))
            continue;
        fputs("\n  these are bytes of the payload of ", out);
        explain_print_id(out, d->s, b->op);
        fprintf(out, ", from its byte %" PRIu64 " on", offset);
        return true;
    }
    return false;
}

static bool print_pointer(FILE *out, const struct dump *d, uint64_t word)
{
    const struct explain_scene *s = d->s;
    if (word < s->heap.lo || word - s->heap.lo > s->heap.size)
        return false;
    uint32_t in = explain_payload_at(s, word),
             next = shadow_next(s->shadow, word);
    fprintf(out, "\n  the word there, %#" PRIx64 ", is a pointer into the heap",
            word);
    if (in && explain_address(s, in) == word)
        fputs(": to the payload of ", out);
    else if (in)
        fputs(", into the payload of ", out);
    else if (next && explain_address(s, next) - word <= 64)
        fprintf(out, ", %" PRIuPTR " bytes below the payload of ",
                explain_address(s, next) - word);
    else
        return true;
    explain_print_id(out, s, shadow_block(s->shadow, in ? in : next)->op);
    return true;
}

/* Sizes of blocks are multiples of 8, and flags stand in the bits below. */
static bool print_size(FILE *out, const struct dump *d, uint64_t word)
{
    uint64_t size = word & ~7ULL;
    if (size < 16 || size > d->s->heap.size)
        return false;
    fprintf(out, "\n  the word there, %#" PRIx64 ", may be a size: %" PRIu64,
            word, size);
    if (word != size)
        fprintf(out, " and %" PRIu64 " as a flag", word - size);
    return true;
}

/* A word of so many bytes was written at `at`, as far as one can see. */
static bool is_word(const struct dump *d, uintptr_t at, unsigned bytes,
                    uint64_t *word)
{
    unsigned wrong = 0;
    *word = 0;
    for (unsigned i = 0; i < bytes; i++) {
        if (!is_kept(d, at + i))
            return false;
        wrong += is_wrong(d, at + i);
        *word |= (uint64_t)found(d, at + i) << 8 * i;
    }
    return wrong + 1 >= bytes; /* one may be right by chance */
}

static void print_meaning(FILE *out, const struct dump *d, uintptr_t first)
{
    uint64_t word;
    if (is_word(d, first & ~(uintptr_t)7, 8, &word)) {
        if (!print_origin(out, d, word) && !print_pointer(out, d, word))
            print_size(out, d, word);
    } else if (is_word(d, first & ~(uintptr_t)3, 4, &word))
        print_size(out, d, word);
}

/* ---- All of it --------------------------------------------------------- */

static void print_first(FILE *out, const struct explain_scene *s,
                        const struct replay_fault *f)
{
    const struct payload_damage *d = &f->damage;
    fprintf(out,
            "\n  byte %" PRIu64 ", at %#" PRIxPTR ": expected 0x%02x, found "
            "0x%02x",
            d->offset, explain_address(s, f->answer) + (uintptr_t)d->offset,
            d->expected, d->found);
    if (d->length > 1)
        fprintf(out, "; %" PRIu64 "%s bytes in a row are wrong", d->length,
                d->length >= 64 ? " or more" : "");
}

void explain_print_damage(FILE *out, const struct explain_scene *s,
                          const struct replay_fault *f)
{
    struct dump d = {
        .s = s,
        .payload = explain_payload(s, f->answer),
        .key = payload_key(s->r->secret,
                           shadow_block(s->shadow, f->answer)->origin),
        .zero = f->kind == FAULT_NOT_ZEROED,
        .answer = f->answer,
    };
    uintptr_t first = d.payload.lo + f->damage.offset;
    print_first(out, s, f);
    if (f->damage.length < 2 || !is_wrong(&d, first))
        return;
    print_rows(out, &d);
    print_meaning(out, &d, first);
}
