/*
 * explain_tile.c - what mm_walk and mm_usable_size told wrong, in words
 */
#include "driver/explain_tile.h"

#include <inttypes.h>

static void print_apart(FILE *out, const struct replay_tile *t)
{
    bool gap = t->at > t->expected;
    uint64_t bytes = gap ? t->at - t->expected : t->expected - t->at;
    fprintf(out, ": it %s %" PRIu64 " byte%s %s the end of the block before",
            gap ? "leaves a gap of" : "begins", bytes, bytes == 1 ? "" : "s",
            gap ? "above" : "below");
}

static const char *const words[TILE_KINDS] = {
    [TILE_OUTSIDE] = ": it lies outside the heap",
    [TILE_SIZE] = ": it is empty, or ends beyond the heap",
    [TILE_EMPTY] = ": it is live, but holds no live payload",
    [TILE_FREE] = ": it is free, but holds a live payload",
    [TILE_SHORT] = ": a payload begins in it and ends beyond it",
    [TILE_SHARED] = ": it holds more than one live payload",
};

void explain_tile(FILE *out, const struct replay_tile *t)
{
    if (t->wrong == TILE_USABLE)
        fprintf(out, " is %" PRIu64 ", expected no less than the payload",
                t->size);
    else if (t->wrong == TILE_NONE)
        fprintf(out, " told of no block that holds a live payload");
    else if (t->wrong == TILE_TOP)
        fprintf(out,
                " ended at %#" PRIxPTR ", %" PRIu64 " bytes below the top of "
                "the heap, expected at most 16",
                t->at, t->size);
    else {
        fprintf(out, " told of a block at %#" PRIxPTR ", %" PRIu64 " bytes",
                t->at, t->size);
        if (t->wrong == TILE_APART)
            print_apart(out, t);
        else if (t->wrong < TILE_KINDS && words[t->wrong])
            fputs(words[t->wrong], out);
    }
}

const char *explain_helper(enum replay_phase phase)
{
    return phase == REPLAY_WALKER   ? "mm_walk"
           : phase == REPLAY_USABLE ? "mm_usable_size"
                                    : "mm_checkheap";
}
