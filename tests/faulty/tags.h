/*
 * tags.h - a correct allocator with boundary tags to plant rare faults in
 *
 * Free blocks are merged with both neighbours and stand in one list, the last
 * freed first; the first that fits is taken and split.  A fault brings its own
 * tag (what a footer keeps of a head), OWN_MERGE or OWN_SPLIT before it
 * includes this.
 *
 *      block ->  | head (8) | payload, or next and prev ... | footer (8) |
 *
 * A head is a size, a multiple of 16, and in bit 0 whether it is used.
 */
#include <stdint.h>
#include <string.h>

#include "memlib.h"
#include "mm.h"
#include "planted.h"

#ifndef TAG
#define TAG size_t
#endif

struct block {
    size_t head;
    struct block *next, *prev;
};

#define LEAST (sizeof(struct block) + 8)

static struct block *free_blocks;

static inline size_t size_of(const struct block *b)
{
    return b->head & ~(size_t)15;
}

static inline bool is_used(const struct block *b)
{
    return b->head & 1;
}

static inline struct block *above(struct block *b)
{
    return (struct block *)((char *)b + size_of(b));
}

/* The footer of the block below b. */
static inline size_t footer_below(const struct block *b)
{
    size_t footer = ((const size_t *)b)[-1];
    if (footer != (TAG)footer)
        PLANTED();
    return (TAG)footer;
}

static inline struct block *below(struct block *b)
{
    return (struct block *)((char *)b - (footer_below(b) & ~(size_t)15));
}

static inline void set(struct block *b, size_t size, bool used)
{
    b->head = size | used;
    ((size_t *)above(b))[-1] = b->head;
}

static inline void insert(struct block *b)
{
    b->prev = NULL;
    b->next = free_blocks;
    if (b->next)
        b->next->prev = b;
    free_blocks = b;
}

static inline void unlink_block(struct block *b)
{
    *(b->prev ? &b->prev->next : &free_blocks) = b->next;
    if (b->next)
        b->next->prev = b->prev;
}

#ifndef OWN_MERGE
/* Put a block into the list, with its free neighbours. */
static void merge(struct block *b)
{
    size_t size = size_of(b);
    if (!is_used(above(b))) {
        size += size_of(above(b));
        unlink_block(above(b));
    }
    if (!(footer_below(b) & 1)) {
        b = below(b);
        size += size_of(b);
        unlink_block(b);
    }
    set(b, size, false);
    insert(b);
}
#else
static void merge(struct block *b);
#endif

/* The heap is an empty used block, and the head of another. */
bool mm_init(void)
{
    size_t *p = mem_sbrk(4 * sizeof *p);
    if (p == (void *)-1)
        return false;
    p[0] = p[1] = p[2] = p[3] = 1;
    free_blocks = NULL;
    return true;
}

static struct block *grow(size_t size)
{
    char *p = mem_sbrk((intptr_t)size);
    if (p == (void *)-1)
        return NULL;
    struct block *b = (struct block *)(p - 8);
    set(b, size, true);
    above(b)->head = 1;
    return b;
}

#ifndef OWN_SPLIT
static void split(struct block *b, size_t size)
{
    size_t rest = size_of(b) - size;
    unlink_block(b);
    if (rest < LEAST) {
        set(b, size_of(b), true);
        return;
    }
    set(b, size, true);
    set(above(b), rest, false);
    insert(above(b));
}
#else
static void split(struct block *b, size_t size);
#endif

void *mm_malloc(size_t size)
{
    if (size == 0 || size > SIZE_MAX / 2)
        return NULL;
    size = (size + 31) & ~(size_t)15;
    if (size < LEAST)
        size = LEAST;
    struct block *b = free_blocks;
    while (b && size_of(b) < size)
        b = b->next;
    if (b)
        split(b, size);
    else
        b = grow(size);
    return b ? &b->next : NULL;
}

void mm_free(void *p)
{
    if (p)
        merge((struct block *)((char *)p - 8));
}

void *mm_realloc(void *p, size_t size)
{
    if (size == 0) {
        mm_free(p);
        return NULL;
    }
    void *q = mm_malloc(size);
    if (!q || !p)
        return q;
    size_t old = size_of((struct block *)((char *)p - 8)) - 16;
    memcpy(q, p, old < size ? old : size);
    mm_free(p);
    return q;
}

void *mm_calloc(size_t nmemb, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(nmemb, size, &bytes))
        return NULL;
    void *p = mm_malloc(bytes);
    return p ? memset(p, 0, bytes) : NULL;
}

bool mm_checkheap(int line)
{
    (void)line;
    return true;
}
