/*
 * conform_asks.c - what a complete allocator is asked
 *
 * From the first request that a student's allocator serves to what it does at
 * the limits.  Traces have no header, so that their lines count from 1.
 */
#include "driver/conform_asks.h"

#define KIB ((uint64_t)1 << 10)
#define MIB ((uint64_t)1 << 20)

/* ---- Requests by the number -------------------------------------------- */

static void allocate(FILE *out, int from, int to, size_t size)
{
    for (int id = from; id < to; id++)
        fprintf(out, "a %d %zu\n", id, size);
}

/* In steps of `step`, which may be negative, from `from` up to before `to`. */
static void release(FILE *out, int from, int to, int step)
{
    for (int id = from; step > 0 ? id < to : id > to; id += step)
        fprintf(out, "f %d\n", id);
}

static void mark(FILE *out)
{
    fputs(CONFORM_MARK, out);
}

/* A few blocks live besides, so that neighbours are seen. */
static void make_every_size(FILE *out)
{
    for (int n = 1; n <= 4096; n++) {
        fprintf(out, "a %d %d\n", n, n);
        if (n > 4)
            fprintf(out, "f %d\n", n - 4);
    }
}

static void make_powers(FILE *out)
{
    for (int k = 3; k <= 24; k++)
        for (int d = -1; d <= 1; d++)
            fprintf(out, "a %d %d\n", 3 * k + d, (1 << k) + d);
}

static void make_many(FILE *out)
{
    for (int id = 0; id < 600; id++)
        fprintf(out, "a %d %d\n", id, 1 + id * 7 % 100);
    release(out, 0, 600, 1);
}

static void make_free_forward(FILE *out)
{
    allocate(out, 0, 40, 100);
    release(out, 0, 40, 1);
    allocate(out, 0, 40, 100);
}

static void make_free_backward(FILE *out)
{
    allocate(out, 0, 40, 100);
    release(out, 39, -1, -1);
    allocate(out, 0, 40, 100);
}

static void make_free_every_other(FILE *out)
{
    allocate(out, 0, 40, 100);
    release(out, 0, 40, 2);
    allocate(out, 40, 60, 60);
    release(out, 1, 40, 2);
    allocate(out, 60, 80, 150);
}

static void make_reuse(FILE *out)
{
    fprintf(out, "a 0 1000\n");
    mark(out);
    for (int i = 0; i < 2000; i++)
        fprintf(out, "f 0\na 0 1000\n");
}

static void make_reuse_sizes(FILE *out)
{
    fprintf(out, "a 0 4000\n");
    mark(out);
    fprintf(out, "f 0\n");
    for (int i = 0; i < 1500; i++)
        fprintf(out, "a 0 %d\nf 0\n", 1 + i * 37 % 4000);
}

static void make_large_then_small(FILE *out)
{
    fprintf(out, "a 0 %d\n", (4 << 20) - 64);
    mark(out);
    fprintf(out, "f 0\n");
    allocate(out, 1, 59, 64 * KIB - 64);
}

static void make_small_then_large(FILE *out)
{
    allocate(out, 0, 64, 64 * KIB - 64);
    mark(out);
    release(out, 0, 64, 2);
    release(out, 1, 64, 2);
    fprintf(out, "a 64 %d\n", 3 << 20);
}

static void make_realloc_zero(FILE *out)
{
    fprintf(out, "a 0 1000\n");
    mark(out);
    for (int i = 0; i < 2000; i++)
        fprintf(out, "r 0 0\na 0 1000\n");
}

static void make_realloc_steps(FILE *out)
{
    fprintf(out, "a 0 1\na 1 1\n");
    for (int n = 2; n <= 700; n++)
        fprintf(out, "r %d %d\n", n % 2, n);
    for (int n = 700; n > 0; n--)
        fprintf(out, "r %d %d\n", n % 2, n);
}

static void make_realloc_frees(FILE *out)
{
    fprintf(out, "a 0 1000\na 1 1000\na 2 1000\n");
    mark(out);
    for (int i = 0; i < 600; i++)
        fprintf(out, "r %d %d\n", i % 3, i % 2 ? 1000 : 5000);
}

static void make_calloc_dirty(FILE *out)
{
    for (int n = 1; n <= 300; n += 7)
        fprintf(out, "a 0 %d\na 1 16\nf 0\nc 0 %d 1\nf 0\nf 1\n", n, n);
}

static void make_memalign(FILE *out)
{
    int id = 0;
    for (int align = 16; align <= 1 << 20; align *= 2)
        for (int size = 1; size <= 10000; size = 10 * size) {
            fprintf(out, "m %d %d %d\na %d 24\n", id, align, size, id + 1);
            id += 2;
        }
    release(out, 0, id, 2);
    release(out, 1, id, 2);
}

/* A linear congruential generator (Knuth, TAOCP 2, 3.3.4: MMIX). */
static unsigned below(uint64_t *state, unsigned n)
{
    *state = *state * 6364136223846793005 + 1442695040888963407;
    return (unsigned)(*state >> 33) % n;
}

static void make_mix(FILE *out)
{
    uint64_t state = 1;
    for (int i = 0; i < 1500; i++) {
        unsigned id = below(&state, 60), kind = below(&state, 8);
        unsigned size = 1 + below(&state, 10 << below(&state, 10));
        if (kind < 3)
            fprintf(out, "r %u %u\n", id, size);
        else if (kind == 3)
            fprintf(out, "f %u\nc %u 3 %u\n", id, id, size);
        else if (kind == 4)
            fprintf(out, "f %u\na %u %u\n", id, id, size);
        else
            fprintf(out, "f %u\n", id);
    }
}

/* ---- The table --------------------------------------------------------- */

const struct conform_ask conform_asks[] = {
    {"malloc-one-byte", "a block of one byte can be had and freed",
     .text = "a 0 1\nf 0\n"},
    {"malloc-zero", "malloc(0) is NULL or a unique block",
     .text = "a 0 0\na 1 0\na 2 16\nf 0\na 3 0\nf 1\nf 3\nf 2\n"},
    {"malloc-several", "blocks do not overlap",
     .text =
         "a 0 1\na 1 8\na 2 16\na 3 17\na 4 24\na 5 100\na 6 1000\na 7 5000\n"},
    {"malloc-many", "600 blocks live together", .make = make_many},
    {"alignment-every-size-1-to-4096",
     "payloads are aligned, whatever their "
     "size",
     .make = make_every_size},
    {"alignment-powers-of-two", "2^3 to 2^24 bytes, one less, one more",
     .make = make_powers},
    {"malloc-large", "a block of 64 MiB",
     .text = "a 0 67108864\na 1 16\nf 0\nf 1\n"},
    {"malloc-over-4-gib", "sizes do not end at 32 bits",
     .text = "a 0 16\na 1 4294967312\na 2 16\nf 1\na 3 16\nf 0\n"},
    {"malloc-too-large", "what fits nowhere is NULL, and does no harm",
     .text =
         "a 0 100\na 1 281474976710656\na 2 9223372036854775807\na 3 100\n"},
    {"malloc-size-max", "sizes near SIZE_MAX do not wrap around to small ones",
     .text = "a 0 100\na 1 18446744073709551615\na 2 18446744073709551608\n"
             "a 3 18446744073709551600\na 4 18446744073709551584\n"
             "a 5 18446744073709547520\na 6 100\nf 0\n"},
    {"free-null", "free(NULL) does nothing",
     .text = "f -1\na 0 64\nf -1\nf 0\nf -1\n"},
    {"free-forward", "blocks are freed in the order of their addresses",
     .make = make_free_forward},
    {"free-backward", "and the other way round", .make = make_free_backward},
    {"free-every-other", "free blocks lie between used ones",
     .make = make_free_every_other},
    {"free-then-larger", "a block that is too small is not handed out",
     .text = "a 0 64\na 1 16\nf 0\na 2 80\na 3 65\na 4 64\n"},
    {"free-last-then-larger", "the free block at the top of the heap is",
     .text = "a 0 64\na 1 200\nf 1\na 2 5000\na 3 100\nf 2\nf 0\nf 3\n"},
    {"merge-with-both", "a block is freed between two free ones",
     .text = "a 0 100\na 1 100\na 2 100\na 3 16\nf 0\nf 2\nf 1\na 4 300\na 5 "
             "100\n"},
    {"reuse-after-free", "the heap does not grow when a block was freed",
     .make = make_reuse, .slack = 256 * KIB},
    {"reuse-for-smaller", "nor for any size that is no larger",
     .make = make_reuse_sizes, .slack = 256 * KIB},
    {"large-then-small", "a large free block serves many small ones",
     .make = make_large_then_small, .slack = MIB},
    {"small-then-large", "small free blocks serve a large one",
     .make = make_small_then_large, .slack = MIB},
    {"realloc-null", "realloc(NULL, n) is malloc(n)",
     .text = "r 0 64\nr 1 64\na 2 64\nf 1\nr 1 32\nf 0\n"},
    {"realloc-zero", "realloc(p, 0) is free(p)", .make = make_realloc_zero,
     .slack = 256 * KIB},
    {"realloc-same-size", "the payload is kept",
     .text = "a 0 100\na 1 100\nr 0 100\n"
             "r 1 100\nf 0\nf 1\n"},
    {"realloc-grow-in-place-or-move", "the payload is kept",
     .text = "a 0 100\nr 0 101\nr 0 120\nr 0 300\nr 0 3000\nr 0 70000\nf 0\n"},
    {"realloc-grow-between", "a block grows between two used ones",
     .text =
         "a 0 40\na 1 40\na 2 40\nr 1 50\nr 1 1000\na 3 40\nf 0\nf 2\nf 1\n"},
    {"realloc-grow-into-free", "a block grows into the free one above it",
     .text = "a 0 100\na 1 200\na 2 40\nf 1\nr 0 250\na 3 40\nr 0 301\nf 2\n"},
    {"realloc-grow-last", "the last block of the heap grows",
     .text = "a 0 40\na 1 40\nr 1 5000\nr 1 10000\na 2 40\nf 0\nf 1\n"},
    {"realloc-shrink", "the payload that is left is kept",
     .text =
         "a 0 1000\na 1 16\nr 0 500\nr 0 40\nr 0 39\nr 0 1\na 2 400\nf 0\n"},
    {"realloc-shrink-reuse", "what is given back is used by one only",
     .text =
         "a 0 5000\na 1 16\nr 0 100\na 2 1000\na 3 1000\na 4 1000\nr 0 600\n"},
    {"realloc-many-steps", "two blocks grow and shrink in turn",
     .make = make_realloc_steps},
    {"realloc-frees-old", "the old block is free when it has moved",
     .make = make_realloc_frees, .slack = 256 * KIB},
    {"realloc-too-large", "it is NULL, and the old block is as it was",
     .text = "a 0 100\na 1 100\nr 0 281474976710656\nr 1 18446744073709551615\n"
             "a 2 100\na 3 200\n"},
    {"calloc-zero", "memory is zero",
     .text = "c 0 1 1\nc 1 3 5\nc 2 10 100\n"
             "c 3 1 70000\nf 1\nf 0\n"},
    {"calloc-zero-reused", "memory that was in use is zero again",
     .make = make_calloc_dirty},
    {"calloc-nothing", "calloc(0, n) and calloc(n, 0) are as malloc(0)",
     .text = "c 0 0 8\nc 1 8 0\nc 2 0 0\na 3 16\nf 0\nf 1\nf 2\n"},
    {"calloc-overflow", "a product of more than SIZE_MAX is NULL",
     .text = "a 0 16\nc 1 9223372036854775808 2\nc 2 4294967297 4294967297\n"
             "c 3 2 18446744073709551615\na 4 16\n"},
    {"memalign-powers", "memalign to 2^4 to 2^20", .make = make_memalign,
     .need = NEEDS_MEMALIGN},
    {"memalign-small", "alignments below 16 are 16 all the same",
     .text = "m 0 1 24\nm 1 2 24\nm 2 8 24\nm 3 16 0\nf 1\nf 0\n",
     .need = NEEDS_MEMALIGN},
    {"memalign-realloc", "an aligned block grows, shrinks and dies like others",
     .text =
         "a 0 24\nm 1 256 100\na 2 24\nr 1 200\nr 1 5000\nm 3 512 300\nr 3 10\n"
         "f 3\nf 1\na 4 700\n",
     .need = NEEDS_MEMALIGN},
    {"usable-size", "mm_usable_size is what was asked for, or more",
     .text = "a 0 1\na 1 24\na 2 25\nr 2 200\nc 3 7 9\nr 1 8\na 4 70000\n",
     .need = NEEDS_USABLE},
    {"walk-tiles-heap", "mm_walk tells of every block, in order",
     .text = "a 0 1\na 1 100\na 2 1000\nf 1\na 3 40\nf 0\nr 2 5000\nf 3\nf "
             "2\na 0 9\n",
     .need = NEEDS_WALK},
    {"random-mix", "1500 requests of all kinds", .make = make_mix},
    {"init-again", "mm_init makes a used heap a fresh one",
     .text = "a 0 100\na 1 24\na 2 5000\nf 1\nc 3 2 8\nr 0 200\nf 2\na 4 64\n",
     .again = true},
};

const size_t conform_ask_count = sizeof conform_asks / sizeof *conform_asks;
