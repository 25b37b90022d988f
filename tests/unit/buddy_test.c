/*
 * buddy_test.c - what the buddies of the house lose by rounding sizes up
 *
 * Against what the literature expects for sizes that are uniform, and for sizes
 * of which every ratio is as likely (Russell, SIAM J. Comput. 6, 1977).
 */
#define _GNU_SOURCE
#include <math.h>

#include "tests/unit/allocators_help.h"

#define BLOCKS 40000
#define GOLDEN 1.6180339887498949

static size_t walked_live;

static void add_live(void *block, size_t size, bool live)
{
    (void)block;
    walked_live += live ? size : 0;
}

struct loss {
    double of_sums;  /* bytes of all blocks / bytes requested */
    double of_ratio; /* mean of both ratios, for one block */
};

/* Allocate blocks of least to most bytes: sizes, or ratios, uniform. */
static struct loss measure(double least, double most, bool ratios)
{
    double requested = 0, sum = 0;
    fresh_heap();
    for (int i = 0; i < BLOCKS; i++) {
        double r = random_unit(), bytes = ratios ? least * pow(most / least, r)
                                                 : least + (most - least) * r;
        size_t size = (size_t)ceil(bytes);
        requested += (double)size;
        sum += (double)mm.usable_size(mm.malloc(size)) / (double)size;
    }
    walked_live = 0;
    mm.walk(add_live);
    return (struct loss){(double)walked_live / requested, sum / BLOCKS};
}

static void check_near(double found, double expected, const char *what)
{
    check(fabs(found / expected - 1) < 0.01, label(what),
          "expected %.3f, found %.3f", expected, found);
    printf("# %s: %s: %.3f, expected %.3f\n", mm.name, what, found, expected);
}

/* The sizes are x times each other.  least and most: block sizes, so that each
 * block size is met from what is above the next lower one up to it. */
static void test_losses(double x, double least, double most)
{
    struct loss uniform = measure(0, most, false);
    check_near(uniform.of_sums, 2 * x / (1 + x), "uniform sizes");
    struct loss ratios = measure(least, most, true);
    check_near(ratios.of_ratio, (x - 1) / log(x), "uniform ratios");
}

int main(void)
{
    char binary[] = "build/allocators/buddy.so",
         fibonacci[] = "build/allocators/buddy-fibonacci.so";
    mem_init();
    if (load(binary))
        test_losses(2, 1024, 65536);
    if (load(fibonacci))
        test_losses(GOLDEN, 32.0 * 34, 32.0 * 2584);
    mem_deinit();
    return check_done();
}
