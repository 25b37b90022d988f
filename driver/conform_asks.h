/*
 * conform_asks.h - what a complete allocator is asked
 */
#ifndef CONFORM_ASKS_H
#define CONFORM_ASKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum conform_need { NEEDS_NOTHING, NEEDS_MEMALIGN, NEEDS_WALK, NEEDS_USABLE };

struct conform_ask {
    const char *name;
    const char *asks; /* one line */
    const char *text; /* the requests; NULL: made by: */
    void (*make)(FILE *out);
    uint64_t slack; /* bytes that the heap may grow by after
                     * CONFORM_MARK, where there is one */
    bool again;     /* in a second pass, too, after mm_init */
    enum conform_need need;
};

/* A line of the requests: from here on the memory is there. */
#define CONFORM_MARK "# what follows fits into the heap as it is here\n"

extern const struct conform_ask conform_asks[];
extern const size_t conform_ask_count;

#endif
