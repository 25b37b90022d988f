/*
 * gen_holes.h - blocks side by side, and the free ones of them in some order
 *
 * Blocks, used and free, are a list by address; the free ones stand in a treap
 * (Seidel, Aragon 1996, "Randomized search trees") by (key, address), where
 * each subtree knows its largest hole.  So "the first hole of at least so many
 * words" takes logarithmic time in any order.  Blocks are known by number.
 */
#ifndef GEN_HOLES_H
#define GEN_HOLES_H

#include <stdbool.h>
#include <stdint.h>

struct hole {
    uint64_t address, words;
    uint64_t key;        /* free: its place in the order, before the address */
    uint64_t largest;    /* free: words of the largest hole below, or it */
    uint32_t prev, next; /* neighbours by address; 0: none */
    uint32_t left, right;
    uint32_t weight; /* free: no more than its parent's */
    bool free;
};

struct holes {
    struct hole *all; /* [0] stands for none */
    uint32_t count, room;
    uint32_t unused; /* numbers given back, linked through next */
    uint32_t root;   /* of the treap */
    uint32_t last;   /* the block at the top of the heap */
    uint64_t random;
};

/* holes_open, holes_close - no blocks at all. */
void holes_open(struct holes *h);
void holes_close(struct holes *h);

/* holes_append - a new block, used, on top of all. */
uint32_t holes_append(struct holes *h, uint64_t words);

/* holes_cut - leave a used block so many words; what was above them is a new
 *     used block, whose number is returned. */
uint32_t holes_cut(struct holes *h, uint32_t block, uint64_t words);

/* holes_join - a used block takes in the used one above it. */
void holes_join(struct holes *h, uint32_t block);

/* holes_put, holes_take - a used block becomes free, at key; a free one used.
 */
void holes_put(struct holes *h, uint32_t block, uint64_t key);
void holes_take(struct holes *h, uint32_t block);

/* holes_first - the first free block, in the order, of at least so many words;
 *     0: there is none.
 * holes_first_from - of those at (0, address) and behind. */
uint32_t holes_first(const struct holes *h, uint64_t words);
uint32_t holes_first_from(const struct holes *h, uint64_t words,
                          uint64_t address);

#endif
