/*
 * gen_like.h - the blocks of an existing trace, for models fitted to it
 *
 * A block is what a program calls one: it begins with an allocation, goes
 * through reallocs, and ends with a free, or not at all.
 */
#ifndef GEN_LIKE_H
#define GEN_LIKE_H

#include <stddef.h>
#include <stdint.h>

#define GEN_LIKE_NONE UINT32_MAX

struct gen_like_block {
    uint64_t size;       /* bytes at first */
    uint32_t born, died; /* numbers of requests; never died: the number of all
                          * requests */
    uint32_t first_step; /* its first realloc, GEN_LIKE_NONE without */
    uint32_t last_step;
};

struct gen_like_step {
    uint64_t size;
    uint32_t at;   /* number of the request */
    uint32_t next; /* the block's next realloc, GEN_LIKE_NONE after the last */
};

struct gen_like {
    struct gen_like_block *blocks; /* in order of their birth */
    size_t count;
    struct gen_like_step *steps;
    size_t step_count;
    size_t requests;
};

/*
 * gen_like_open - read the trace in path, "-" for standard input.  Requests
 *     that cannot be met are left out.  REP_OK, or another exit status with
 *     its message printed; *l is for gen_like_close either way.
 */
int gen_like_open(struct gen_like *l, const char *path);

void gen_like_close(struct gen_like *l);

/* gen_like_first - the first block born at this request or after it. */
size_t gen_like_first(const struct gen_like *l, uint64_t request);

#endif
