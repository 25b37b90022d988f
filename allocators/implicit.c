/*
 * implicit.c - an implicit free list: boundary tags, immediate coalescing
 *
 *     used or free block
 *     +--------------------------+
 *     | size               | U   | header
 *     +--------------------------+ <- ptr, a multiple of 16
 *     | payload                  |
 *     |  ...                     |
 *     +--------------------------+
 *     | size               | U   | footer
 *     +--------------------------+
 *
 * The allocator of CS:APP, 9.9.12 (boundary tags: Knuth, TAOCP 1, 2.5): there
 * is no list but the heap itself; a malloc walks over all blocks, used ones
 * too, until a free one fits.  Which one it takes is one of (CS:APP, 9.9.7)
 *
 *     FIRST_FIT  the lowest that fits
 *     NEXT_FIT   the first that fits above the one taken last; the search goes
 *                round once, from the place where the last one ended
 *     BEST_FIT   the smallest that fits, the lowest of several
 *
 * Header and footer are the same 8 bytes, U says whether the block is used.
 * The heap is a footer of size 0, the blocks, and a header of size 0, both
 * marked used, so that no block has to ask whether it is at an end.
 *
 * Invariants, which mm_checkheap checks: blocks tile the heap; header and
 * footer agree; no two free blocks are neighbours; a next fit begins at a
 * block or at the end.
 *
 * Costs: 16 bytes a block, rounded up to 16, and never less than 32 in all.
 * free takes constant time; malloc time in proportion to the number of blocks:
 * all of them for a best fit that is not exact, fewest for a next fit, which
 * does not walk over the crowd of small blocks at the bottom each time but
 * breaks up large free blocks all over the heap (Knuth, TAOCP 1, 2.5).
 */
#include "mm.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "memlib.h"

enum placement { FIRST_FIT, NEXT_FIT, BEST_FIT };

#ifndef PLACEMENT
#define PLACEMENT FIRST_FIT
#endif

/* ---- Blocks ------------------------------------------------------------ */

typedef size_t tag; /* size | USED */

struct block {
    tag header;
};

#define USED      ((tag)1)
#define FLAGS     ((tag)15)
#define TAG       sizeof(tag)
#define MIN_BLOCK 32

/* Beyond this no block could be had, and sums would overflow. */
#define MAX_REQUEST ((size_t)PTRDIFF_MAX / 2)

static_assert(ALIGNMENT == 16, "sizes leave the lower four bits to flags");
static_assert(2 * TAG == ALIGNMENT, "tags keep payloads aligned");

static inline size_t block_size(const struct block *b)
{
    return b->header & ~FLAGS;
}

static inline bool block_used(const struct block *b)
{
    return b->header & USED;
}

static inline void *block_payload(struct block *b)
{
    return (char *)b + TAG;
}

static inline struct block *block_of(void *ptr)
{
    return (struct block *)((char *)ptr - TAG);
}

static inline struct block *block_next(const struct block *b)
{
    return (struct block *)((char *)b + block_size(b));
}

static inline tag *block_footer(const struct block *b)
{
    return (tag *)block_next(b) - 1;
}

static inline bool block_prev_used(const struct block *b)
{
    return ((const tag *)b)[-1] & USED;
}

static inline struct block *block_prev(const struct block *b)
{
    return (struct block *)((char *)b - (((const tag *)b)[-1] & ~FLAGS));
}

/* block_set - write both tags of a block. */
static inline void block_set(struct block *b, size_t size, tag used)
{
    b->header = size | used;
    *block_footer(b) = size | used;
}

/* block_size_for - the size of a block with that many bytes of payload. */
static inline size_t block_size_for(size_t payload)
{
    return (payload + 2 * TAG + ALIGNMENT - 1) & ~(size_t)FLAGS;
}

/* ---- The heap ---------------------------------------------------------- */

static inline struct block *heap_first(void)
{
    return (struct block *)((char *)mem_heap_lo() + TAG);
}

/* heap_end - the header of size 0. */
static inline struct block *heap_end(void)
{
    return (struct block *)((char *)mem_heap_hi() + 1 - TAG);
}

/* Where a next fit begins: the block that was taken last. */
static struct block *rover;

/* join - make one block of b and the one above it.  No search can begin at
 *     what is no block any more. */
static void join(struct block *b, tag used)
{
    struct block *next = block_next(b);
    if (PLACEMENT == NEXT_FIT && rover == next)
        rover = b;
    block_set(b, block_size(b) + block_size(next), used);
}

/* merge_prev, merge_next - join two free neighbours, if they are. */
static struct block *merge_prev(struct block *b)
{
    if (block_prev_used(b))
        return b;
    struct block *prev = block_prev(b);
    join(prev, 0);
    return prev;
}

static struct block *merge_next(struct block *b)
{
    if (!block_used(block_next(b)))
        join(b, 0);
    return b;
}

/* ---- Placement --------------------------------------------------------- */

/* first_fit - the first free block of at least size bytes from b up to, but not
 *     including, end; or NULL. */
static struct block *first_fit(struct block *b, struct block *end, size_t size)
{
    for (; b != end; b = block_next(b))
        if (!block_used(b) && block_size(b) >= size)
            return b;
    return NULL;
}

static struct block *next_fit(size_t size)
{
    struct block *b = first_fit(rover, heap_end(), size);
    return b ? b : first_fit(heap_first(), rover, size);
}

/* best_fit - none is better than one that fits exactly. */
static struct block *best_fit(size_t size)
{
    struct block *best = NULL, *end = heap_end(),
                 *b = first_fit(heap_first(), end, size);
    for (; b; b = first_fit(block_next(b), end, size)) {
        if (!best || block_size(b) < block_size(best))
            best = b;
        if (block_size(b) == size)
            break;
    }
    return best;
}

static struct block *find_fit(size_t size)
{
    switch ((enum placement)PLACEMENT) {
    case NEXT_FIT:
        return next_fit(size);
    case BEST_FIT:
        return best_fit(size);
    case FIRST_FIT:
        break;
    }
    return first_fit(heap_first(), heap_end(), size);
}

/* grow_heap - a free block of size bytes at the top of the heap: the one that
 *     is there, if any, and what it lacks from mem_sbrk. */
static struct block *grow_heap(size_t size)
{
    struct block *end = heap_end();
    if (!block_prev_used(end))
        size -= block_size(block_prev(end));
    if (mem_sbrk((intptr_t)size) == (void *)-1)
        return NULL;
    block_set(end, size, 0);
    heap_end()->header = USED;
    return merge_prev(end);
}

/* place - use size bytes of a block, and let the rest be a free one. */
static void place(struct block *b, size_t size)
{
    size_t rest = block_size(b) - size;
    if (rest < MIN_BLOCK) {
        block_set(b, block_size(b), USED);
        return;
    }
    block_set(b, size, USED);
    block_set(block_next(b), rest, 0);
    merge_next(block_next(b));
}

/* ---- What mm.h asks for ------------------------------------------------ */

bool mm_init(void)
{
    tag *base = mem_sbrk(2 * TAG);
    if (base == (void *)-1)
        return false;
    base[0] = USED;
    base[1] = USED;
    rover = heap_first();
    return true;
}

void *mm_malloc(size_t size)
{
    if (size == 0 || size > MAX_REQUEST)
        return NULL;
    size_t need = block_size_for(size);
    struct block *b = find_fit(need);
    if (!b)
        b = grow_heap(need);
    if (!b)
        return NULL;
    place(b, need);
    rover = b;
    return block_payload(b);
}

void mm_free(void *ptr)
{
    if (!ptr)
        return;
    struct block *b = block_of(ptr);
    block_set(b, block_size(b), 0);
    b = merge_prev(b);
    merge_next(b);
}

/* absorb_next - grow a used block into the free one above it, if together they
 *     have size bytes. */
static bool absorb_next(struct block *b, size_t size)
{
    struct block *next = block_next(b);
    size_t room = block_size(b) + block_size(next);
    if (block_used(next) || room < size)
        return false;
    join(b, USED);
    return true;
}

static void *move(void *ptr, size_t size)
{
    void *copy = mm_malloc(size);
    if (!copy)
        return NULL;
    memcpy(copy, ptr, block_size(block_of(ptr)) - 2 * TAG);
    mm_free(ptr);
    return copy;
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
    if (block_size(b) < need && !absorb_next(b, need))
        return move(ptr, size);
    place(b, need);
    return ptr;
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
        size_t rest = block_size(b) - before;
        block_set(b, before, USED);
        b = block_next(b);
        block_set(b, rest, USED);
        mm_free(ptr);
    }
    place(b, block_size_for(size));
    return block_payload(b);
}

size_t mm_usable_size(void *ptr)
{
    return ptr ? block_size(block_of(ptr)) - 2 * TAG : 0;
}

void mm_walk(mm_visitor *visit)
{
    for (struct block *b = heap_first(); block_size(b); b = block_next(b))
        visit(b, block_size(b), block_used(b));
}

/* ---- The checker ------------------------------------------------------- */

__attribute__((format(printf, 3, 4))) static bool
broken(int line, const struct block *b, const char *why, ...)
{
    va_list args;
    va_start(args, why);
    fprintf(stderr, "mm_checkheap(%d): block %p: ", line, (const void *)b);
    vfprintf(stderr, why, args);
    fputc('\n', stderr);
    va_end(args);
    return false;
}

/* Nothing beyond the header is read before the size is known to lie inside the
 * heap, so a broken heap is reported and not crashed on. */
static bool check_block(int line, const struct block *b)
{
    size_t room = (size_t)((char *)heap_end() - (char *)b);
    size_t size = block_size(b);
    if (b->header & FLAGS & ~USED)
        return broken(line, b, "its header %#zx has unknown flags", b->header);
    if (size < MIN_BLOCK || size > room)
        return broken(line, b, "its size is %zu, expected %d to %zu", size,
                      MIN_BLOCK, room);
    if (*block_footer(b) != b->header)
        return broken(line, b, "its footer is %#zx, its header %#zx",
                      *block_footer(b), b->header);
    if (!block_used(b) && !block_prev_used(b))
        return broken(line, b, "free, and so is the block below it");
    return true;
}

static bool check_end(int line, const struct block *b, tag found)
{
    return found == USED ||
           broken(line, b, "an end of the heap is %#zx, expected %#zx", found,
                  USED);
}

static bool check_rover(int line, bool met)
{
    return met || PLACEMENT != NEXT_FIT ||
           broken(line, rover, "the search is to begin there, at no block");
}

bool mm_checkheap(int line)
{
    struct block *b = heap_first();
    if (!check_end(line, b, ((tag *)b)[-1]))
        return false;
    bool met = rover == heap_end();
    for (; b != heap_end(); b = block_next(b)) {
        if (!check_block(line, b))
            return false;
        met = met || b == rover;
    }
    return check_end(line, b, b->header) && check_rover(line, met);
}
