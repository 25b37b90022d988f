/*
 * checkers_implicit_test.c - the checkers of the implicit lists, and of
 * naive.c, against damage
 */
#define _GNU_SOURCE
#include "tests/unit/checkers_help.h"

/* ---- Single bits ------------------------------------------------------- */

static void expect_missed(size_t missed, size_t expected, const char *what)
{
    bool sound = mm.checkheap(__LINE__);
    const char *said = stderr_release();
    check_int((long long)missed, (long long)expected, label(what));
    expect(strncmp(said, "mm_checkheap(", 13) == 0, "and reported");
    expect(sound, "and none is left");
}

static void test_tags(void)
{
    size_t missed = 0;
    hold_blocks();
    stderr_catch();
    for (size_t i = 0; i < HELD; i++) {
        missed += flips_missed(word(i, -8));
        missed += flips_missed(word(i, (ptrdiff_t)mm.usable_size(held[i])));
    }
    expect_missed(missed, 0, "each flipped bit of a tag is found");
}

/* Nothing else says whether a block is used: that bit of each is missed. */
static void test_headers(void)
{
    size_t missed = 0;
    hold_blocks();
    stderr_catch();
    for (size_t i = 0; i < HELD; i++)
        missed += flips_missed(word(i, -8));
    expect_missed(missed, HELD, "each flipped bit of a size is found");
}

/* ---- Damage ------------------------------------------------------------ */

static size_t *footer(size_t block)
{
    return word(block, (ptrdiff_t)mm.usable_size(held[block]));
}

static size_t inflict_small_size(void)
{
    *word(2, -8) = 16 | *word(2, -8) % 16;
    return 2;
}

static size_t inflict_no_size(void)
{
    *word(2, -8) %= 16;
    return 2;
}

static size_t inflict_neighbours(void)
{
    *footer(2) &= ~(size_t)1;
    *word(2, -8) &= ~(size_t)1;
    return 2;
}

static size_t inflict_first(void)
{
    *word(0, -16) = 0;
    return 0;
}

/* One block of two; the search was to begin at the second. */
static size_t inflict_rover(void)
{
    size_t size = (size_t)(held[8] - held[7]) + mm.usable_size(held[8]) + 16;
    *footer(8) = size | 1;
    *word(7, -8) = size | 1;
    return 8;
}

static const struct damage tag_damages[] = {
    {"a size beyond the heap", plant_size,
     "its size is 1048800, expected 32 to 2464"},
    {"a size too small", inflict_small_size,
     "its size is 16, expected 32 to 2464"},
    {"no size", inflict_no_size, "its size is 0, expected 32 to 2464"},
    {"an unknown flag", plant_flags, "its header 0xe9 has unknown flags"},
    {"a used block marked free", plant_free,
     "its footer is 0xe1, its header 0xe0"},
    {"free neighbours", inflict_neighbours,
     "free, and so is the block below it"},
    {"the end of the heap", plant_end,
     "an end of the heap is 0x10, expected 0x1"},
    {"the bottom of the heap", inflict_first,
     "an end of the heap is 0, expected 0x1"},
};

static const struct damage rover_damages[] = {
    {"a search that begins at no block", inflict_rover,
     "the search is to begin there, at no block"},
};

/* 9 blocks of 208 bytes, but the one of 1120. */
static const struct damage header_damages[] = {
    {"a size beyond the heap", plant_size,
     "its size is 1048784, expected 16 to 2368"},
    {"no size", inflict_no_size, "its size is 0, expected 16 to 2368"},
    {"an unknown flag", plant_flags, "its header 0xd* has unknown flags"},
};

int main(void)
{
    char naive[] = "build/allocators/naive.so",
         implicit[] = "build/allocators/implicit.so",
         next[] = "build/allocators/implicit-next.so",
         best[] = "build/allocators/implicit-best.so",
         nocoalesce[] = "build/allocators/implicit-nocoalesce.so";
    char *tagged[] = {implicit, next, best}, *untagged[] = {naive, nocoalesce};
    mem_init();
    for (size_t i = 0; i < sizeof tagged / sizeof *tagged; i++)
        if (load(tagged[i])) {
            test_tags();
            CHECK_DAMAGES(tag_damages);
        }
    if (load(next))
        CHECK_DAMAGES(rover_damages);
    for (size_t i = 0; i < sizeof untagged / sizeof *untagged; i++)
        if (load(untagged[i])) {
            test_headers();
            CHECK_DAMAGES(header_damages);
        }
    mem_deinit();
    return check_done();
}
