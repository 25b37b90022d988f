/*
 * tree.c - best fit from a balanced tree of the free blocks, by size
 *
 *     used block                        free block
 *     +----------------------+          +----------------------+
 *     | size         | P | 1 | header   | size         | 1 | 0 | header
 *     +----------------------+ <- ptr   +----------------------+
 *     | payload              |          | left: smaller ones   |
 *     |                      |          | right: larger ones   |
 *     |                      |          |  ...                 |
 *     |                      |          | size                 | footer
 *     +----------------------+          +----------------------+
 *
 * The last bit of a header says whether the block is used, P whether the one
 * below it is; only a free block has a footer (boundary tags: Knuth, TAOCP 1,
 * 2.5).  The heap is 8 bytes of padding, the blocks, and a header of size 0.
 *
 * A free block is a node of a search tree: to its left is what precedes it, to
 * its right what follows, by size and among equal sizes by address.  So the
 * smallest block that fits, of those the lowest, is one descent away.  The tree
 * is a treap (Seidel & Aragon, Algorithmica 16, 1996): a block outranks all
 * below it in the tree, where its rank is a hash of its address.  So the tree's
 * shape is that of one to which the blocks came in random order (TAOCP 3,
 * 6.2.2), whatever the program does.  Stephenson's fast fits (SOSP 1983), which
 * have addresses from left to right and sizes for ranks, get out of balance.
 *
 * A treap needs its two links and no more.  For lists of equal sizes, or links
 * to the parents, a node would need 16 bytes more; so it is header, two links
 * and footer, 32 bytes, which a request of 24 bytes takes anyway.
 *
 * Invariants, which mm_checkheap checks: blocks tile the heap; P and footers
 * are right; no two free blocks are neighbours; the tree is in order, by size
 * and address from left to right and by rank from top to bottom; it holds the
 * free blocks, each of them, and no others.
 *
 * Costs: 8 bytes a block, rounded up to 16, and never less than 32 in all.  A
 * malloc cuts one node from the tree and may put one in, a free cuts up to two
 * and puts one in, each in some 2 ln n steps where n blocks are free.
 */
#include "mm.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "memlib.h"

/* ---- Blocks ------------------------------------------------------------ */

struct block {
    size_t head;        /* size | PREV_USED | USED */
    struct block *left; /* from here on: of free blocks only */
    struct block *right;
};

#define USED      1 /* the block itself is */
#define PREV_USED 2 /* the block below is */
#define FLAGS     15

#define HEADER    sizeof(size_t)
#define MIN_BLOCK 32

/* Beyond this no block could be had, and sums would overflow. */
#define MAX_REQUEST ((size_t)PTRDIFF_MAX / 2)

static_assert(ALIGNMENT == 16, "sizes leave the lower four bits to flags");
static_assert(2 * HEADER == ALIGNMENT, "padding is one header");
static_assert(sizeof(struct block) + HEADER == MIN_BLOCK,
              "a free block has room for its links and its footer");

static inline size_t block_size(const struct block *b)
{
    return b->head & ~(size_t)FLAGS;
}

static inline bool block_used(const struct block *b)
{
    return b->head & USED;
}

static inline bool block_prev_used(const struct block *b)
{
    return b->head & PREV_USED;
}

static inline void *block_payload(struct block *b)
{
    return (char *)b + HEADER;
}

static inline struct block *block_of(void *ptr)
{
    return (struct block *)((char *)ptr - HEADER);
}

static inline struct block *block_next(const struct block *b)
{
    return (struct block *)((char *)b + block_size(b));
}

/* block_footer - where the footer is if the block is free. */
static inline size_t *block_footer(const struct block *b)
{
    return (size_t *)block_next(b) - 1;
}

/* block_prev - the block below, if that is free. */
static inline struct block *block_prev(const struct block *b)
{
    return (struct block *)((char *)b - ((const size_t *)b)[-1]);
}

/* block_resize - set the size; the flags stay. */
static inline void block_resize(struct block *b, size_t size)
{
    b->head = size | (b->head & FLAGS);
}

static inline void block_mark_used(struct block *b)
{
    b->head |= USED;
    block_next(b)->head |= PREV_USED;
}

static inline void block_mark_free(struct block *b)
{
    b->head &= ~(size_t)USED;
    block_next(b)->head &= ~(size_t)PREV_USED;
    *block_footer(b) = block_size(b);
}

/* block_size_for - the size of a block with that many bytes of payload. */
static inline size_t block_size_for(size_t payload)
{
    size_t size = (payload + HEADER + ALIGNMENT - 1) & ~(size_t)FLAGS;
    return size < MIN_BLOCK ? MIN_BLOCK : size;
}

static inline struct block *heap_first(void)
{
    return (struct block *)((char *)mem_heap_lo() + HEADER);
}

/* heap_end - the header of size 0. */
static inline struct block *heap_end(void)
{
    return (struct block *)((char *)mem_heap_hi() + 1 - HEADER);
}

/* ---- The tree of free blocks ------------------------------------------- */

static struct block *root;

/* precedes - the order from left to right: by size, then by address. */
static inline bool precedes(const struct block *a, const struct block *b)
{
    size_t size_a = block_size(a), size_b = block_size(b);
    return size_a < size_b || (size_a == size_b && a < b);
}

/* rank - the order from top to bottom.  Each step can be undone, so no two
 *     addresses have the same.  One multiplication would not do: with blocks
 *     at regular distances its upper bits form regular sequences as well. */
static inline uint64_t rank(const struct block *b)
{
    uint64_t x = (uintptr_t)b * UINT64_C(0x9e3779b97f4a7c15);
    x ^= x >> 32;
    return x * UINT64_C(0xbf58476d1ce4e5b9);
}

/* tree_insert - go down to where b outranks what is there, put b there, and
 *     part that into what precedes b and what follows it. */
static void tree_insert(struct block *b)
{
    struct block **link = &root, **left = &b->left, **right = &b->right;
    uint64_t rank_b = rank(b);
    while (*link && rank(*link) > rank_b)
        link = precedes(b, *link) ? &(*link)->left : &(*link)->right;
    struct block *rest = *link;
    *link = b;
    while (rest) {
        if (precedes(rest, b)) {
            *left = rest;
            left = &rest->right;
            rest = *left;
        } else {
            *right = rest;
            right = &rest->left;
            rest = *right;
        }
    }
    *left = *right = NULL;
}

/* tree_cut - take the block at *link out of the tree, and join what was to its
 *     left with what was to its right; returns it. */
static struct block *tree_cut(struct block **link)
{
    struct block *cut = *link, *left = cut->left, *right = cut->right;
    while (left && right) {
        if (rank(left) > rank(right)) {
            *link = left;
            link = &left->right;
            left = *link;
        } else {
            *link = right;
            link = &right->left;
            right = *link;
        }
    }
    *link = left ? left : right;
    return cut;
}

static void tree_remove(struct block *b)
{
    struct block **link = &root;
    while (*link != b)
        link = precedes(b, *link) ? &(*link)->left : &(*link)->right;
    tree_cut(link);
}

/* tree_find_fit - the link to the first block of at least size bytes, or NULL:
 *     the last one at which the descent turned left. */
static struct block **tree_find_fit(size_t size)
{
    struct block **link = &root, **fit = NULL;
    while (*link) {
        if (block_size(*link) < size) {
            link = &(*link)->right;
        } else {
            fit = link;
            link = &(*link)->left;
        }
    }
    return fit;
}

/* ---- Splitting and merging --------------------------------------------- */

/* release - make a used block free, and one with its free neighbours. */
static void release(struct block *b)
{
    struct block *next = block_next(b), *prev = b;
    size_t size = block_size(b);
    if (!block_used(next)) {
        tree_remove(next);
        size += block_size(next);
    }
    if (!block_prev_used(b)) {
        prev = block_prev(b);
        tree_remove(prev);
        size += block_size(prev);
    }
    block_resize(prev, size);
    block_mark_free(prev);
    tree_insert(prev);
}

/* split - cut a used block down to size; returns the rest, a used block. */
static struct block *split(struct block *b, size_t size)
{
    size_t rest = block_size(b) - size;
    block_resize(b, size);
    struct block *tail = block_next(b);
    tail->head = rest | PREV_USED | USED;
    return tail;
}

/* trim - cut a used block down to size, and release the rest if it is enough
 *     for a block. */
static void trim(struct block *b, size_t size)
{
    if (block_size(b) - size >= MIN_BLOCK)
        release(split(b, size));
}

/* ---- Placement --------------------------------------------------------- */

/* take_top - the top of the heap, grown to size bytes: the free block that is
 *     there, if any, now in no tree, and what it lacks from mem_sbrk. */
static struct block *take_top(size_t size)
{
    struct block *end = heap_end(), *top = end;
    if (!block_prev_used(end))
        top = block_prev(end);
    size_t have = (size_t)((char *)end - (char *)top);
    if (mem_sbrk((intptr_t)(size - have)) == (void *)-1)
        return NULL;
    if (have)
        tree_remove(top);
    block_resize(top, size);
    heap_end()->head = USED;
    return top;
}

/* absorb_next - grow a used block to size bytes or more where it is: into the
 *     free block above it, or at the top of the heap. */
static bool absorb_next(struct block *b, size_t size)
{
    struct block *next = block_next(b);
    size_t lacks = size - block_size(b);
    bool is_free = !block_used(next);
    if (is_free && block_size(next) >= lacks)
        tree_remove(next);
    else if ((is_free ? block_next(next) : next) == heap_end())
        next = take_top(lacks);
    else
        next = NULL;
    if (!next)
        return false;
    block_resize(b, block_size(b) + block_size(next));
    block_mark_used(b);
    return true;
}

/* ---- What mm.h asks for ------------------------------------------------ */

bool mm_init(void)
{
    root = NULL;
    if (mem_sbrk(2 * HEADER) == (void *)-1)
        return false;
    heap_end()->head = PREV_USED | USED;
    return true;
}

void *mm_malloc(size_t size)
{
    if (size == 0 || size > MAX_REQUEST)
        return NULL;
    size_t need = block_size_for(size);
    struct block **fit = tree_find_fit(need);
    struct block *b = fit ? tree_cut(fit) : take_top(need);
    if (!b)
        return NULL;
    block_mark_used(b);
    trim(b, need);
    return block_payload(b);
}

void mm_free(void *ptr)
{
    if (ptr)
        release(block_of(ptr));
}

void *mm_realloc(void *ptr, size_t size)
{
    if (!ptr)
        return mm_malloc(size);
    if (size == 0) {
        mm_free(ptr);
        return NULL;
    }
    if (size > MAX_REQUEST)
        return NULL;
    struct block *b = block_of(ptr);
    size_t need = block_size_for(size);
    if (block_size(b) >= need || absorb_next(b, need)) {
        trim(b, need);
        return ptr;
    }
    void *copy = mm_malloc(size);
    if (copy) {
        memcpy(copy, ptr, block_size(b) - HEADER);
        release(b);
    }
    return copy;
}

/* Memory fresh from mem_sbrk need not be zero: the heap may be used again. */
void *mm_calloc(size_t nmemb, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(nmemb, size, &bytes))
        return NULL;
    void *ptr = mm_malloc(bytes);
    return ptr ? memset(ptr, 0, bytes) : NULL;
}

/* Take enough for the worst case, then free what lies before and after.  What
 * lies before must be nothing, or enough for a block. */
void *mm_memalign(size_t align, size_t size)
{
    if (!align || align & (align - 1) || align > MAX_REQUEST)
        return NULL;
    if (align <= ALIGNMENT || size == 0 || size > MAX_REQUEST)
        return mm_malloc(size);
    char *ptr = mm_malloc(size + align + MIN_BLOCK);
    if (!ptr)
        return NULL;
    struct block *b = block_of(ptr);
    size_t before = -(uintptr_t)ptr & (align - 1);
    if (before && before < MIN_BLOCK)
        before += align;
    if (before) {
        b = split(b, before);
        mm_free(ptr);
    }
    trim(b, block_size_for(size));
    return block_payload(b);
}

size_t mm_usable_size(void *ptr)
{
    return ptr ? block_size(block_of(ptr)) - HEADER : 0;
}

void mm_walk(mm_visitor *visit)
{
    for (struct block *b = heap_first(); block_size(b); b = block_next(b))
        visit(b, block_size(b), block_used(b));
}

/* ---- The checker ------------------------------------------------------- */

/* Nothing is followed before it is known to lie inside the heap, so a broken
 * heap is reported and not crashed on. */
struct check {
    int line; /* mm_checkheap's caller */
    size_t free_blocks;
    size_t nodes; /* of the tree, so far */
};

__attribute__((format(printf, 3, 4))) static bool
broken(const struct check *check, const struct block *b, const char *why, ...)
{
    va_list args;
    va_start(args, why);
    fprintf(stderr, "mm_checkheap(%d): block %p: ", check->line,
            (const void *)b);
    vfprintf(stderr, why, args);
    fputc('\n', stderr);
    va_end(args);
    return false;
}

static bool check_block(const struct check *check, const struct block *b,
                        bool prev_used)
{
    size_t size = block_size(b);
    size_t room = (size_t)((char *)heap_end() - (char *)b);
    if (b->head & FLAGS & ~(size_t)(USED | PREV_USED))
        return broken(check, b, "its header %#zx has unknown flags", b->head);
    if (size < MIN_BLOCK || size > room)
        return broken(check, b, "its size is %zu, expected %d to %zu", size,
                      MIN_BLOCK, room);
    if (block_prev_used(b) != prev_used)
        return broken(check, b, "says the block below is %s, which is %s",
                      prev_used ? "free" : "used", prev_used ? "used" : "free");
    if (block_used(b))
        return true;
    if (!prev_used)
        return broken(check, b, "free, and so is the block below it");
    return *block_footer(b) == size ||
           broken(check, b, "its footer says %zu bytes, its header %zu",
                  *block_footer(b), size);
}

/* Blocks tile the heap, from its first to its end. */
static bool check_blocks(struct check *check)
{
    bool prev_used = true;
    struct block *b = heap_first();
    for (; b != heap_end(); b = block_next(b)) {
        if (!check_block(check, b, prev_used))
            return false;
        prev_used = block_used(b);
        check->free_blocks += !prev_used;
    }
    size_t expected = USED | (prev_used ? PREV_USED : 0);
    return b->head == expected ||
           broken(check, b, "the end of the heap is %#zx, expected %#zx",
                  b->head, expected);
}

/* may_be_block - whether a block could begin at that address. */
static bool may_be_block(const struct block *b)
{
    uintptr_t at = (uintptr_t)b, lo = (uintptr_t)heap_first();
    uintptr_t end = (uintptr_t)heap_end();
    return at % ALIGNMENT == HEADER && at >= lo && at < end &&
           end - at >= MIN_BLOCK;
}

/* low and high are the nearest that a descent to b has left on either side,
 * or NULL: b is between them by size, and outranked by both. */
static bool check_node(const struct check *check, const struct block *b,
                       const struct block *low, const struct block *high)
{
    if (!may_be_block(b))
        return broken(check, b, "in the tree, but no block");
    if (block_used(b))
        return broken(check, b, "used, but in the tree");
    if ((low && !precedes(low, b)) || (high && !precedes(b, high)))
        return broken(check, b, "not where %zu bytes are in the tree",
                      block_size(b));
    if ((low && rank(low) < rank(b)) || (high && rank(high) < rank(b)))
        return broken(check, b, "it outranks a block above it in the tree");
    return true;
}

/* Order and ranks, checked on the way down, keep it from going in circles, and
 * from going so deep that the stack would not do: few paths have them. */
static bool check_tree(struct check *check, const struct block *b,
                       const struct block *low, const struct block *high)
{
    if (!b)
        return true;
    if (!check_node(check, b, low, high))
        return false;
    if (++check->nodes > check->free_blocks)
        return broken(check, b, "in the tree, though only %zu are free",
                      check->free_blocks);
    return check_tree(check, b->left, low, b) &&
           check_tree(check, b->right, b, high);
}

/* As the tree has no more nodes than blocks are free, it is enough that each
 * of them is found in it. */
static bool check_found(const struct check *check)
{
    for (struct block *b = heap_first(); b != heap_end(); b = block_next(b)) {
        if (block_used(b))
            continue;
        const struct block *t = root;
        while (t && t != b)
            t = precedes(b, t) ? t->left : t->right;
        if (!t)
            return broken(check, b, "free, but not in the tree");
    }
    return true;
}

bool mm_checkheap(int line)
{
    struct check check = {.line = line};
    return check_blocks(&check) && check_tree(&check, root, NULL, NULL) &&
           check_found(&check);
}
