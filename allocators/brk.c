/*
 * brk.c - the simple brk heap: first fit over blocks that know both neighbours
 *
 *     used or free block
 *     +--------------------------+
 *     | size of the block below  | 0: there is none
 *     | size               | U   |
 *     +--------------------------+ <- ptr, a multiple of 16
 *     | payload                  |
 *     |  ...                     |
 *     +--------------------------+
 *
 * The heap of a small C library or kernel (after Kernighan & Ritchie, 8.7, and
 * Knuth, TAOCP 1, 2.5), careful about the break and about its callers.  U says
 * whether a block is used.  Above the blocks stands the end: a header of size
 * 0, marked used.
 *
 * The break.  The heap is created by the first request.  It grows by what the
 * request lacks and a MARGIN for those that follow, in whole pages.  What it
 * lacks is counted from the start of a free block that trails at the top, not
 * from the break, so that this block is used up and not left behind.  Where
 * that much is refused, the bare need is asked for; where this is, too, the
 * answer is NULL and the heap is as it was.
 *
 * The callers.  What free, realloc and usable_size are given must be a used
 * block: it lies inside the heap, is aligned, and both its neighbours confirm
 * its size; bytes of a payload would have to agree in three places to pass.  A
 * header that lost its place to a merge is one of a free block, so a second
 * free is seen whatever has become of the block, unless malloc has handed out
 * its very address again.  What is written past a payload hits the neighbour's
 * word of confirmation first.  The offender gets a line on stderr, nothing
 * else happens, and realloc's answer is NULL.
 *
 * Invariants, which mm_checkheap checks: blocks tile the heap up to the end;
 * each has the size of the one below; no two free blocks are neighbours.
 *
 * Costs: 16 bytes a block, rounded up to 16, never less than 32 in all; up to
 * MARGIN and a page at the top.  free takes constant time; malloc time in
 * proportion to the number of blocks.
 */
#include "mm.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "memlib.h"

/* What is left free at the top whenever the heap grows. */
#define MARGIN ((size_t)4096)

/* ---- Blocks ------------------------------------------------------------ */

struct block {
    size_t below; /* size of the block below */
    size_t tag;   /* size | USED */
};

#define USED      ((size_t)1)
#define FLAGS     ((size_t)15)
#define HEADER    sizeof(struct block)
#define MIN_BLOCK 32

/* Beyond this no block could be had, and sums would overflow. */
#define MAX_REQUEST ((size_t)PTRDIFF_MAX / 2)

static_assert(ALIGNMENT == 16, "sizes leave the lower four bits to flags");
static_assert(HEADER == ALIGNMENT, "headers keep payloads aligned");

static inline size_t block_size(const struct block *b)
{
    return b->tag & ~FLAGS;
}

static inline bool block_used(const struct block *b)
{
    return b->tag & USED;
}

static inline void *block_payload(struct block *b)
{
    return b + 1;
}

static inline struct block *block_of(void *ptr)
{
    return (struct block *)ptr - 1;
}

static inline struct block *block_next(const struct block *b)
{
    return (struct block *)((char *)b + block_size(b));
}

/* block_prev - the block below; b itself when it is the lowest. */
static inline struct block *block_prev(const struct block *b)
{
    return (struct block *)((char *)b - b->below);
}

/* block_set - give a block that size, and let the one above it know. */
static inline void block_set(struct block *b, size_t size, size_t used)
{
    b->tag = size | used;
    block_next(b)->below = size;
}

/* block_size_for - the size of a block with that many bytes of payload. */
static inline size_t block_size_for(size_t payload)
{
    return (payload + HEADER + ALIGNMENT - 1) & ~FLAGS;
}

/* ---- The heap ---------------------------------------------------------- */

static inline bool heap_exists(void)
{
    return mem_heapsize() > 0;
}

static inline struct block *heap_first(void)
{
    return mem_heap_lo();
}

/* heap_end - the header of size 0. */
static inline struct block *heap_end(void)
{
    return (struct block *)((char *)mem_heap_hi() + 1) - 1;
}

/* heap_raise - raise the break by some whole pages, so that MARGIN is left when
 *     bytes are used, or else by bytes alone.  Returns by how much, or 0. */
static size_t heap_raise(size_t bytes)
{
    size_t page = mem_pagesize();
    size_t good = (bytes + MARGIN + page - 1) & ~(page - 1);
    if (mem_sbrk((intptr_t)good) != (void *)-1)
        return good;
    return mem_sbrk((intptr_t)bytes) != (void *)-1 ? bytes : 0;
}

/* heap_create - a free block of at least size bytes, and the end; or NULL. */
static struct block *heap_create(size_t size)
{
    size_t bytes = heap_raise(size + HEADER);
    if (!bytes)
        return NULL;
    struct block *b = heap_first();
    b->below = 0;
    block_set(b, bytes - HEADER, 0);
    heap_end()->tag = USED;
    return b;
}

/* heap_grow - a free block of at least size bytes at the top of the heap, which
 *     begins where the free block there does, if there is one; or NULL. */
static struct block *heap_grow(size_t size)
{
    if (!heap_exists())
        return heap_create(size);
    struct block *b = heap_end();
    if (!block_used(block_prev(b)))
        b = block_prev(b);
    size_t bytes = heap_raise(size - block_size(b));
    if (!bytes)
        return NULL;
    block_set(b, block_size(b) + bytes, 0);
    heap_end()->tag = USED;
    return b;
}

/* ---- Placement --------------------------------------------------------- */

/* find_fit - the first free block of at least size bytes, or NULL. */
static struct block *find_fit(size_t size)
{
    if (!heap_exists())
        return NULL;
    struct block *b = heap_first();
    for (; block_size(b); b = block_next(b))
        if (!block_used(b) && block_size(b) >= size)
            return b;
    return NULL;
}

/* merge - a free block with what free ones precede and follow it. */
static struct block *merge(struct block *b)
{
    struct block *prev = block_prev(b), *next = block_next(b);
    if (!block_used(next))
        block_set(b, block_size(b) + block_size(next), 0);
    if (prev == b || block_used(prev))
        return b;
    block_set(prev, block_size(prev) + block_size(b), 0);
    return prev;
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
    merge(block_next(b));
}

/* ---- What callers claim to be a block ---------------------------------- */

/* block_confirmed - both its neighbours know it.  No size is followed before it
 *     is known to lead to a place inside the heap. */
static bool block_confirmed(const struct block *b)
{
    size_t above = (size_t)((char *)heap_end() - (char *)b);
    size_t below = (size_t)((char *)b - (char *)heap_first());
    size_t size = block_size(b);
    if (b->tag & FLAGS & ~USED || size < MIN_BLOCK || size > above)
        return false;
    if (block_next(b)->below != size)
        return false;
    if (b->below == 0)
        return below == 0;
    return b->below % ALIGNMENT == 0 && b->below <= below &&
           block_size(block_prev(b)) == b->below;
}

/* what_is_at - what it is that is no used block, found by a walk. */
static const char *what_is_at(void *ptr)
{
    struct block *b = heap_first();
    while (block_size(b) >= MIN_BLOCK &&
           block_size(b) <= (size_t)((char *)ptr - (char *)b))
        b = block_next(b);
    if (!block_confirmed(b))
        return "it is in a damaged block";
    return block_used(b) ? "no block begins there" : "it is free already";
}

/* is_block - or a line on stderr; caller: "mm_free". */
static bool is_block(const char *caller, void *ptr)
{
    const char *why;
    if (!heap_exists() || ptr < block_payload(heap_first()) ||
        ptr >= (void *)heap_end())
        why = "it is outside the heap";
    else if ((uintptr_t)ptr % ALIGNMENT)
        why = "no block begins there";
    else if (block_used(block_of(ptr)) && block_confirmed(block_of(ptr)))
        return true;
    else
        why = what_is_at(ptr);
    fprintf(stderr, "%s(%p): refused: %s\n", caller, ptr, why);
    return false;
}

/* ---- What mm.h asks for ------------------------------------------------ */

/* The first request creates the heap. */
bool mm_init(void)
{
    return true;
}

void *mm_malloc(size_t size)
{
    if (size == 0 || size > MAX_REQUEST)
        return NULL;
    size_t need = block_size_for(size);
    struct block *b = find_fit(need);
    if (!b)
        b = heap_grow(need);
    if (!b)
        return NULL;
    place(b, need);
    return block_payload(b);
}

static void release(struct block *b)
{
    block_set(b, block_size(b), 0);
    merge(b);
}

void mm_free(void *ptr)
{
    if (ptr && is_block("mm_free", ptr))
        release(block_of(ptr));
}

/* room_above - a free block right above a used one, of at least size bytes; at
 *     the top of the heap it is made.  Or NULL. */
static struct block *room_above(struct block *b, size_t size)
{
    struct block *next = block_next(b), *top = next;
    if (!block_used(next)) {
        if (block_size(next) >= size)
            return next;
        top = block_next(next);
    }
    return top == heap_end() ? heap_grow(size) : NULL;
}

static void *move(void *ptr, size_t size)
{
    void *copy = mm_malloc(size);
    if (!copy)
        return NULL;
    memcpy(copy, ptr, block_size(block_of(ptr)) - HEADER);
    release(block_of(ptr));
    return copy;
}

/* resize - a used block, where it is if it can be. */
static void *resize(struct block *b, size_t size)
{
    size_t need = block_size_for(size);
    if (block_size(b) < need) {
        struct block *room = room_above(b, need - block_size(b));
        if (!room)
            return move(block_payload(b), size);
        block_set(b, block_size(b) + block_size(room), USED);
    }
    place(b, need);
    return block_payload(b);
}

void *mm_realloc(void *ptr, size_t size)
{
    if (!ptr)
        return mm_malloc(size);
    if (!is_block("mm_realloc", ptr))
        return NULL;
    if (size == 0) {
        release(block_of(ptr));
        return NULL;
    }
    return size > MAX_REQUEST ? NULL : resize(block_of(ptr), size);
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
        release(block_of(ptr));
    }
    place(b, block_size_for(size));
    return block_payload(b);
}

size_t mm_usable_size(void *ptr)
{
    if (!ptr || !is_block("mm_usable_size", ptr))
        return 0;
    return block_size(block_of(ptr)) - HEADER;
}

void mm_walk(mm_visitor *visit)
{
    if (!heap_exists())
        return;
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

/* check_block - below: the size of the block below it, which is sound.  Nothing
 *     beyond the header is read, so a broken heap does not crash this. */
static bool check_block(int line, const struct block *b, size_t below)
{
    size_t room = (size_t)((char *)heap_end() - (char *)b);
    size_t size = block_size(b);
    if (b->below != below)
        return broken(line, b, "the block below has %zu bytes, it says %zu",
                      below, b->below);
    if (b->tag & FLAGS & ~USED)
        return broken(line, b, "its tag %#zx has unknown flags", b->tag);
    if (size < MIN_BLOCK || size > room)
        return broken(line, b, "its size is %zu, expected %d to %zu", size,
                      MIN_BLOCK, room);
    if (below && !block_used(b) && !block_used(block_prev(b)))
        return broken(line, b, "free, and so is the block below it");
    return true;
}

static bool check_end(int line, const struct block *b, size_t below)
{
    if (b->below != below)
        return broken(line, b,
                      "the block below has %zu bytes, the end says "
                      "%zu",
                      below, b->below);
    return b->tag == USED ||
           broken(line, b, "the end of the heap is %#zx, expected %#zx", b->tag,
                  USED);
}

bool mm_checkheap(int line)
{
    if (!heap_exists())
        return true;
    size_t below = 0;
    struct block *b = heap_first();
    for (; b != heap_end(); b = block_next(b)) {
        if (!check_block(line, b, below))
            return false;
        below = block_size(b);
    }
    return check_end(line, b, below);
}
