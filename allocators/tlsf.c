/*
 * tlsf.c - two-level segregated fit: every operation in constant time
 *
 *     used block                        free block
 *     +----------------------+          +----------------------+
 *     | size         | P | 1 | header   | size         | 1 | 0 | header
 *     +----------------------+ <- ptr   +----------------------+
 *     | payload              |          | next in the list     |
 *     |                      |          | previous in the list |
 *     |                      |          |  ...                 |
 *     |                      |          | size                 | footer
 *     +----------------------+          +----------------------+
 *
 * The last bit of a header says whether the block is used, P whether the one
 * below it is; only a free block has a footer (boundary tags: Knuth, TAOCP 1,
 * 2.5).  The heap is 8 bytes of padding, the blocks, and a header of size 0.
 *
 * The allocator of Masmano, Ripoll, Crespo & Real (ECRTS 2004), for programs
 * with deadlines: what a request costs must not depend on those before it.  So
 * there is no search.  The free blocks stand in lists by class of size: the
 * first level is the power of two, the row; the second cuts each row into equal
 * parts.  Bit maps of both say which lists are not empty:
 *
 *     rows          1  0  0  1  0  1 ...      a bit for each row
 *     nonempty[3]   0  0  1  0  0  1  0  0    a bit for each list of the row
 *     lists[3][2]   -> block <-> block <-> block
 *
 * A malloc takes the first block of the first such list in which all blocks are
 * large enough: a good fit, two "find first set" away.  It passes over the list
 * in which only some are, so a block may stay unused that would have fitted.
 *
 * Invariants, which mm_checkheap checks: blocks tile the heap; P and footers
 * are right; no two free blocks are neighbours; the free blocks, and no others,
 * stand in the list of their class; the bit maps are right.
 *
 * Costs: 8 bytes a block, rounded up to 16, and never less than 32 in all; 2.3
 * KB of lists.  Nothing has a loop but mm_walk and the checker.  Words of
 * memory that are read or written, at most (lackey, over 30,000 requests, finds
 * 15 and 18):
 *
 *     malloc                               free
 *       rows, 2 rows' bit maps       3       header                        1
 *       first of a list: the list,           block below: footer, header,
 *         header, links, next's      5         links, list, bit map, rows  7
 *       header above                 1       block above: header, links,
 *       rest: header, links, footer  4         list, bit map               5
 *       to a list: the list, bit             header above, footer          2
 *         map, old first's           3       to a list, likewise           3
 *                                   --                                    --
 *                                   16                                    18
 *
 * and what mem_sbrk does, for a malloc that has to grow the heap.
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
    struct block *next; /* from here on: of free blocks only */
    struct block *prev;
};

#define USED      1 /* the block itself is */
#define PREV_USED 2 /* the block below is */
#define FLAGS     15

#define HEADER    sizeof(size_t)
#define MIN_BLOCK 32

/* No block can be larger, and sums of a few such do not overflow. */
#define MAX_REQUEST ((size_t)HEAP_LIMIT)

static_assert(ALIGNMENT == 16, "sizes leave the lower four bits to flags");
static_assert(sizeof(struct block) + HEADER == MIN_BLOCK,
              "a free block has room for its links and its footer");
static_assert(offsetof(struct block, next) == HEADER,
              "the links stand where the payload was");

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

static inline struct block *block_at(struct block *b, size_t offset)
{
    return (struct block *)((char *)b + offset);
}

static inline struct block *block_next(struct block *b)
{
    return block_at(b, block_size(b));
}

static inline size_t block_distance(const struct block *low,
                                    const struct block *high)
{
    return (size_t)((const char *)high - (const char *)low);
}

/* block_footer - where the footer is if the block is free. */
static inline size_t *block_footer(struct block *b)
{
    return (size_t *)block_next(b) - 1;
}

static inline struct block *block_prev(struct block *b)
{
    return (struct block *)((char *)b - ((size_t *)b)[-1]);
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

/* ---- Free lists -------------------------------------------------------- */

/*
 * Row 0 has the sizes below SMALL, a list for each; row r those from
 * SMALL << (r - 1) to twice that, in SECONDS lists.  The more lists to a row,
 * the better the fit, but the table counts as heap: mean utilization over
 * traces/ is 87.2% with 4 or 8 lists, 87.0% with 16, 86.4% with 32.
 */
#define SECONDS_LOG 3
#define SECONDS     (1 << SECONDS_LOG)
#define SMALL_LOG   (SECONDS_LOG + 4)
#define SMALL       ((size_t)1 << SMALL_LOG)
#define ROWS        (40 - SMALL_LOG + 2)

static_assert(SMALL == SECONDS * ALIGNMENT, "a list for each size of row 0");
static_assert(HEAP_LIMIT < SMALL << (ROWS - 1), "a row for each size");

static struct {
    uint64_t rows;          /* bit r: nonempty[r] is not 0 */
    struct block *end;      /* the header of size 0 */
    uint8_t nonempty[ROWS]; /* of row r, bit s: there is a block in the list */
    struct block *lists[ROWS][SECONDS]; /* the last freed comes first */
} heap;

static_assert(ROWS <= 8 * sizeof heap.rows, "a bit for each row");
static_assert(SECONDS <= 8 * sizeof heap.nonempty[0], "a bit for each list");

struct class
{
    unsigned row, second;
};

static inline unsigned log_of(size_t size)
{
    return 63 - (unsigned)__builtin_clzl(size);
}

/* class_of - where a free block of that size stands. */
static inline struct class class_of(size_t size)
{
    if (size < SMALL)
        return (struct class){0, (unsigned)(size / ALIGNMENT)};
    unsigned log = log_of(size);
    return (struct class){log - SMALL_LOG + 1,
                          size >> (log - SECONDS_LOG) & (SECONDS - 1)};
}

/* class_above - the lowest class whose blocks all have at least size bytes. */
static inline struct class class_above(size_t size)
{
    if (size >= SMALL)
        size += ((size_t)1 << (log_of(size) - SECONDS_LOG)) - 1;
    return class_of(size);
}

static inline void list_insert(struct block *b)
{
    struct class c = class_of(block_size(b));
    struct block **list = &heap.lists[c.row][c.second];
    b->next = *list;
    b->prev = NULL;
    if (b->next)
        b->next->prev = b;
    *list = b;
    heap.nonempty[c.row] |= (uint8_t)(1 << c.second);
    heap.rows |= UINT64_C(1) << c.row;
}

static inline void list_remove(struct block *b)
{
    if (b->next)
        b->next->prev = b->prev;
    if (b->prev) {
        b->prev->next = b->next;
        return;
    }
    struct class c = class_of(block_size(b));
    heap.lists[c.row][c.second] = b->next;
    if (b->next)
        return;
    heap.nonempty[c.row] &= (uint8_t) ~(1 << c.second);
    if (!heap.nonempty[c.row])
        heap.rows &= ~(UINT64_C(1) << c.row);
}

/* find_fit - a free block of at least size bytes, or NULL. */
static struct block *find_fit(size_t size)
{
    struct class c = class_above(size);
    unsigned seconds = heap.nonempty[c.row] & ~0U << c.second;
    if (!seconds) {
        uint64_t rows = heap.rows & ~UINT64_C(1) << c.row;
        if (!rows)
            return NULL;
        c.row = (unsigned)__builtin_ctzl(rows);
        seconds = heap.nonempty[c.row];
    }
    return heap.lists[c.row][__builtin_ctz(seconds)];
}

/* ---- Splitting and merging --------------------------------------------- */

/* merge_prev, merge_next - join b, about to be free, with a free neighbour.
 *     Return what it has become. */
static inline struct block *merge_prev(struct block *b)
{
    if (block_prev_used(b))
        return b;
    struct block *prev = block_prev(b);
    list_remove(prev);
    block_resize(prev, block_size(prev) + block_size(b));
    return prev;
}

static inline struct block *merge_next(struct block *b)
{
    struct block *next = block_next(b);
    if (block_used(next))
        return b;
    list_remove(next);
    block_resize(b, block_size(b) + block_size(next));
    return b;
}

/* release - make a used block free. */
static void release(struct block *b)
{
    b = merge_prev(b);
    b = merge_next(b);
    block_mark_free(b);
    list_insert(b);
}

/* split - cut a used block down to size; returns the rest, a used block. */
static inline struct block *split(struct block *b, size_t size)
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

/* ---- The top of the heap ----------------------------------------------- */

/* take_top - take the top of the heap out of its list, if it is free, grown by
 *     what it lacks to have size bytes; or NULL. */
static struct block *take_top(size_t size)
{
    struct block *top = heap.end;
    if (!block_prev_used(top))
        top = block_prev(top);
    size_t have = block_distance(top, heap.end);
    if (have < size) {
        if (mem_sbrk((intptr_t)(size - have)) == (void *)-1)
            return NULL;
        heap.end = block_at(top, size);
        heap.end->head = USED;
    }
    if (have)
        list_remove(top);
    block_resize(top, block_distance(top, heap.end));
    return top;
}

/* place - a used block of size bytes or a little more; NULL without memory. */
static struct block *place(size_t size)
{
    struct block *b = find_fit(size);
    if (b)
        list_remove(b);
    else
        b = take_top(size);
    if (!b)
        return NULL;
    block_mark_used(b);
    trim(b, size);
    return b;
}

/* absorb_next - grow a used block into the free one above it, or at the top of
 *     the heap. */
static bool absorb_next(struct block *b, size_t size)
{
    struct block *next = block_next(b);
    size_t room = block_size(b);
    if (!block_used(next))
        room += block_size(next);
    if (room >= size)
        list_remove(next);
    else if (block_at(b, room) == heap.end)
        next = take_top(size - block_size(b));
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
    memset(&heap, 0, sizeof heap);
    char *base = mem_sbrk(2 * HEADER);
    if (base == (void *)-1)
        return false;
    heap.end = (struct block *)(base + HEADER);
    heap.end->head = PREV_USED | USED;
    return true;
}

void *mm_malloc(size_t size)
{
    if (size == 0 || size > MAX_REQUEST)
        return NULL;
    struct block *b = place(block_size_for(size));
    return b ? block_payload(b) : NULL;
}

void mm_free(void *ptr)
{
    if (ptr)
        release(block_of(ptr));
}

static void *move(void *ptr, size_t size)
{
    void *copy = mm_malloc(size);
    if (!copy)
        return NULL;
    memcpy(copy, ptr, block_size(block_of(ptr)) - HEADER);
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
    trim(b, need);
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
        struct block *low = b;
        b = split(low, before);
        release(low);
    }
    trim(b, block_size_for(size));
    return block_payload(b);
}

size_t mm_usable_size(void *ptr)
{
    return ptr ? block_size(block_of(ptr)) - HEADER : 0;
}

static struct block *heap_first(void)
{
    return (struct block *)((char *)mem_heap_lo() + HEADER);
}

void mm_walk(mm_visitor *visit)
{
    for (struct block *b = heap_first(); b != heap.end; b = block_next(b))
        visit(b, block_size(b), block_used(b));
}

/* ---- The checker ------------------------------------------------------- */

/* Nothing is followed before it is known to lie inside the heap, so a broken
 * heap is reported and not crashed on.  Blocks that are free, and those that
 * are listed, are counted and summed up: if both agree they are the same. */
struct check {
    int line; /* mm_checkheap's caller */
    size_t free, listed;
    uintptr_t free_sum, listed_sum;
};

__attribute__((format(printf, 3, 4))) static bool
broken(const struct check *check, const void *block, const char *why, ...)
{
    va_list args;
    va_start(args, why);
    fprintf(stderr, "mm_checkheap(%d): block %p: ", check->line, block);
    vfprintf(stderr, why, args);
    fputc('\n', stderr);
    va_end(args);
    return false;
}

static bool check_block(struct check *check, struct block *b, bool prev_used)
{
    size_t size = block_size(b), room = block_distance(b, heap.end);
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
    if (*block_footer(b) != size)
        return broken(check, b, "its footer says %zu bytes, its header %zu",
                      *block_footer(b), size);
    check->free++;
    check->free_sum += (uintptr_t)b;
    return true;
}

/* Blocks tile the heap, from its first to its end. */
static bool check_blocks(struct check *check)
{
    bool prev_used = true;
    struct block *b = heap_first();
    for (; b != heap.end; b = block_next(b)) {
        if (!check_block(check, b, prev_used))
            return false;
        prev_used = block_used(b);
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
    uintptr_t end = (uintptr_t)heap.end;
    return at % ALIGNMENT == HEADER && at >= lo && at < end &&
           end - at >= MIN_BLOCK;
}

/* That the previous link of each block is where we came from means that there
 * is no cycle: the first block come to twice would need two of them. */
static bool check_list(struct check *check, struct class c)
{
    struct block *prev = NULL, *first = heap.lists[c.row][c.second];
    for (struct block *b = first; b; prev = b, b = b->next) {
        if (!may_be_block(b))
            return broken(check, b, "in list %u of row %u, but no block",
                          c.second, c.row);
        struct class own = class_of(block_size(b));
        if (block_used(b) || own.row != c.row || own.second != c.second)
            return broken(check, b, "%s of %zu bytes, but in list %u of row %u",
                          block_used(b) ? "used" : "free", block_size(b),
                          c.second, c.row);
        if (b->prev != prev)
            return broken(check, b, "its previous link is %p, expected %p",
                          (void *)b->prev, (void *)prev);
        check->listed++;
        check->listed_sum += (uintptr_t)b;
    }
    bool bit = heap.nonempty[c.row] >> c.second & 1;
    return bit == (first != NULL) ||
           broken(check, first, "list %u of row %u is marked %s", c.second,
                  c.row, bit ? "nonempty" : "empty");
}

static bool check_lists(struct check *check)
{
    for (unsigned r = 0; r < ROWS; r++) {
        for (unsigned s = 0; s < SECONDS; s++)
            if (!check_list(check, (struct class){r, s}))
                return false;
        bool bit = heap.rows >> r & 1;
        if (bit != (heap.nonempty[r] != 0))
            return broken(check, heap_first(), "row %u is marked %s", r,
                          bit ? "nonempty" : "empty");
    }
    if (heap.rows >> ROWS)
        return broken(check, heap_first(), "row %d is marked nonempty",
                      __builtin_ctzl(heap.rows >> ROWS) + ROWS);
    return (check->listed == check->free &&
            check->listed_sum == check->free_sum) ||
           broken(check, heap_first(), "%zu blocks are listed, %zu are free",
                  check->listed, check->free);
}

bool mm_checkheap(int line)
{
    struct check check = {.line = line};
    if ((char *)heap.end + HEADER != (char *)mem_heap_hi() + 1)
        return broken(&check, heap.end, "the end of the heap, expected %p",
                      (void *)((char *)mem_heap_hi() + 1 - HEADER));
    return check_blocks(&check) && check_lists(&check);
}
