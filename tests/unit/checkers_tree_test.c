/*
 * checkers_tree_test.c - the checker of tree.c against damage
 *
 * The free blocks stand in the tree in the order 1, 3, 5, 7.  Which of them is
 * its root follows from where the heap lies, which cannot be known.
 */
#define _GNU_SOURCE
#include "tests/unit/checkers_help.h"

/* A link: the address of a header. */
static size_t header_of(size_t block)
{
    return (size_t)word(block, -8);
}

static size_t *left_of(size_t block)
{
    return word(block, 0);
}

static size_t *right_of(size_t block)
{
    return word(block, 8);
}

static size_t *footer(size_t block)
{
    return word(block, (ptrdiff_t)mm.usable_size(held[block]) - 8);
}

/* link_to - the link that leads to a block, NULL if it is the root. */
static size_t *link_to(size_t block)
{
    for (size_t i = 1; i < HELD; i += 2) {
        if (*left_of(i) == header_of(block))
            return left_of(i);
        if (*right_of(i) == header_of(block))
            return right_of(i);
    }
    return NULL;
}

static void test_flips(void)
{
    hold_blocks();
    size_t missed = 0;
    stderr_catch();
    for (size_t i = 0; i < HELD; i++) {
        missed += flips_missed(word(i, -8));
        if (i % 2)
            missed += flips_missed(left_of(i)) + flips_missed(right_of(i)) +
                      flips_missed(footer(i));
    }
    bool sound = mm.checkheap(__LINE__);
    stderr_release();
    check_int((long long)missed, 0, label("each flipped bit is found"));
    expect(sound, "and none is left");
}

/* ---- Damaged blocks ---------------------------------------------------- */

static size_t inflict_small_size(void)
{
    *word(2, -8) = 16 + 1;
    return 2;
}

static size_t inflict_footer(void)
{
    *footer(3) = 224;
    return 3;
}

/* ---- A damaged tree ---------------------------------------------------- */

static size_t inflict_no_block(void)
{
    *left_of(1) = (size_t)mem_heap_hi() - 7;
    return HELD;
}

static size_t inflict_used_in_tree(void)
{
    *left_of(1) = header_of(2);
    return 2;
}

static size_t inflict_wrong_side(void)
{
    *left_of(1) = header_of(7);
    return 7;
}

static size_t inflict_circle(void)
{
    *right_of(7) = header_of(7);
    return 7;
}

static size_t inflict_cut(void)
{
    size_t *link = link_to(1);
    *(link ? link : right_of(1)) = 0;
    return link ? 1 : 3;
}

static size_t block_at(size_t header)
{
    size_t block = 1;
    while (block < HELD && header_of(block) != header)
        block += 2;
    return block;
}

/* Let a child of x take its place, and x become its child: the order stays.
 * Of four blocks one is the root, and two are on the same side of it. */
static size_t inflict_rank(void)
{
    for (size_t x = 1; x < HELD; x += 2) {
        size_t *to_x = link_to(x), old = header_of(x);
        if (!to_x || (!*left_of(x) && !*right_of(x)))
            continue;
        if (*left_of(x)) {
            size_t up = block_at(*left_of(x));
            *left_of(x) = *right_of(up);
            *right_of(up) = old;
            *to_x = header_of(up);
        } else {
            size_t up = block_at(*right_of(x));
            *right_of(x) = *left_of(up);
            *left_of(up) = old;
            *to_x = header_of(up);
        }
        return x;
    }
    return HELD;
}

static const struct damage damages[] = {
    {"a size beyond the heap", plant_size,
     "its size is 1048784, expected 32 to 2368"},
    {"a size too small", inflict_small_size,
     "its size is 16, expected 32 to 2368"},
    {"an unknown flag", plant_flags, "its header 0xd9 has unknown flags"},
    {"a used block marked free", plant_free,
     "free, and so is the block below it"},
    {"a free block marked used", plant_used,
     "says the block below is free, which is used"},
    {"a used block below denied", plant_prev_free,
     "says the block below is free, which is used"},
    {"a footer", inflict_footer, "its footer says 224 bytes, its header 208"},
    {"the end of the heap", plant_end,
     "the end of the heap is 0x10, expected 0x3"},
    {"a link to no block", inflict_no_block, "in the tree, but no block"},
    {"a used block in the tree", inflict_used_in_tree, "used, but in the tree"},
    {"a block on the wrong side", inflict_wrong_side,
     "not where 1120 bytes are in the tree"},
    {"a tree that goes in circles", inflict_circle,
     "not where 1120 bytes are in the tree"},
    {"a block that was forgotten", inflict_cut, "free, but not in the tree"},
    {"a block below one of less rank", inflict_rank,
     "it outranks a block above it in the tree"},
};

/* What looks like a free block inside a payload, to the right of the last one:
 * it is one node too many, or has too high a rank for its place. */
static void test_intruder(void)
{
    size_t seen = 0, missed = 0;
    hold_blocks();
    char *large = mm.malloc(1 << 20);
    for (size_t at = 8; at + 32 <= 1 << 20; at += 16) {
        size_t *fake = (size_t *)(large + at);
        memcpy(fake, (size_t[]){4096, 0, 0}, 3 * sizeof *fake);
        *right_of(7) = (size_t)fake;
        stderr_catch();
        missed += mm.checkheap(__LINE__);
        seen += strstr(stderr_release(),
                       "in the tree, though only 4 are free") != NULL;
        if (seen)
            break;
    }
    expect(seen == 1 && missed == 0, "what only looks free is found");
}

int main(void)
{
    char tree[] = "build/allocators/tree.so";
    mem_init();
    if (load(tree)) {
        test_flips();
        CHECK_DAMAGES(damages);
        test_intruder();
    }
    mem_deinit();
    return check_done();
}
