/*
 * buddy.c - buddy systems: binary, and Fibonacci
 *
 * A block of order k can be split into two buddies, and these can be joined
 * again, but with nobody else.  So the heap is a tree, of which the blocks are
 * the leaves.  SYSTEM says how it branches:
 *
 *     BINARY      k -> k - 1 and k - 1    32 64 128 256 512 ... bytes
 *     FIBONACCI   k -> k - 1 and k - 2    32 64 96 160 256 416 ... bytes
 *
 *     |           512             |       |           416             |
 *     |     256     |     256     |       |       256       |   160   |
 *     | 128  | 128  |                     |   160   |   96  |
 *
 * Knowlton (CACM 8, 1965) and Knuth (TAOCP 1, 2.5, algorithms R and S) have the
 * binary one, Hirschberg (CACM 16, 1973) that of Fibonacci: its sizes are
 * closer to each other, so less is wasted by rounding up: 28% against 44% where
 * every ratio of sizes is as likely (Russell, SIAM J. Comput. 6, 1977), and 24%
 * against 33% of the bytes requested where sizes are uniform.
 *
 * No block has a header: with one, a payload of 2^k bytes would take 2^(k+1).
 * In place of it there is a table with a byte for each 32 of the heap, the tag:
 *
 *     +-------+-------+
 *     | state | order |    of the block that begins there
 *     +-------+-------+
 *
 *     FREE     with links in its first bytes: in the list of its order
 *     USED     its payload begins where it does
 *     SHIFTED  by memalign: its first word says how far above it begins
 *     INSIDE   no block: there begins the payload of a SHIFTED one
 *
 * Where no block begins the tag means nothing and is not read, so to split and
 * join writes two tags at most, however large the block, and the table of a
 * large heap is never cleared.  A buddy's first byte is always that of a block.
 * The table itself is a block, replaced by a larger one as the heap grows.
 *
 * The tree goes on without end above the break, where nothing is free.  The
 * heap grows by the least that makes a block of the order wanted, so it need
 * not double.  But a large block has few places: one of 2^k must lie at a
 * multiple of 2^k, and the bottom is taken.
 *
 * Invariants, which mm_checkheap checks: blocks tile the heap; each is a node
 * of the tree; no two buddies are free; the free blocks, and no others, stand
 * in the list of their order; as many are used as were allocated and not freed.
 *
 * Costs: the rounding, 1/32 of the heap for tags, and the tables of old. malloc
 * splits and free joins at most once for each order, 35 for 1 TiB.  The binary
 * buddy is found from the address; in the other system by going down from the
 * root, which is another 51 steps at most.
 */
#include "mm.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "memlib.h"

enum system { BINARY, FIBONACCI };

#ifndef SYSTEM
#define SYSTEM BINARY
#endif

/* ---- The tree ---------------------------------------------------------- */

/* Bytes of the smallest block.  With 16 the table is twice as large: mean
 * utilization over traces/ is 61.6%, with 32 it is 62.9%. */
#define UNIT ((size_t)32)

/* The last order is that of the whole heap. */
#define ORDERS (SYSTEM == BINARY ? 36 : 52)

/* No block of more has an order, and sums of a few such do not overflow. */
#define MAX_REQUEST ((size_t)HEAP_LIMIT)

/* clang-format off */
static const size_t fibonacci[] = {
    1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610, 987, 1597, 2584,
    4181, 6765, 10946, 17711, 28657, 46368, 75025, 121393, 196418, 317811,
    514229, 832040, 1346269, 2178309, 3524578, 5702887, 9227465, 14930352,
    24157817, 39088169, 63245986, 102334155, 165580141, 267914296, 433494437,
    701408733, 1134903170, 1836311903, 2971215073, 4807526976, 7778742049,
    12586269025, 20365011074, 32951280099, 53316291173, 86267571272,
    139583862445, 225851433717
};
/* clang-format on */

static_assert(ORDERS + 2 <= sizeof fibonacci / sizeof *fibonacci,
              "heaps may end inside a node of two orders more");
static_assert(HEAP_LIMIT <= UINT64_C(1) << 40, "what the orders are made for");

static inline size_t order_size(unsigned order)
{
    return SYSTEM == BINARY ? UNIT << order : UNIT * fibonacci[order];
}

/* order_for - the least order of at least that many bytes. */
static inline unsigned order_for(size_t bytes)
{
    unsigned order = 63 - (unsigned)__builtin_clzl(bytes / UNIT | 1);
    while (order_size(order) < bytes)
        order++;
    return order;
}

/* A node is a place for a block; at: bytes from the bottom of the heap. */
struct node {
    size_t at;
    unsigned order;
};

static inline size_t node_end(struct node n)
{
    return n.at + order_size(n.order);
}

static inline struct node node_left(struct node n)
{
    return (struct node){n.at, n.order - 1};
}

/* Of Fibonacci's order 1, 64 bytes, both are of order 0. */
static inline struct node node_right(struct node n)
{
    unsigned skew = SYSTEM == FIBONACCI && n.order > 1;
    return (struct node){n.at + order_size(n.order - 1), n.order - 1 - skew};
}

/* node_child - the one that contains what lies at that place. */
static inline struct node node_child(struct node n, size_t at)
{
    struct node right = node_right(n);
    return at < right.at ? node_left(n) : right;
}

/* ---- The heap ---------------------------------------------------------- */

enum state { FREE, USED, SHIFTED, INSIDE };

typedef uint8_t tag; /* state << 6 | order */

#define ORDER_BITS 6

static_assert(ORDERS <= 1 << ORDER_BITS, "a tag has room for the order");

struct links {
    struct links *next, *prev;
};

static_assert(sizeof(struct links) <= UNIT, "any free block holds them");

static struct {
    size_t end;                  /* bytes of the heap */
    unsigned root;               /* the least order that has as many */
    struct node table;           /* the block of the tags */
    size_t used;                 /* blocks that are, the table among them */
    uint64_t nonempty;           /* bit k: there is a free block of order k */
    struct links *lists[ORDERS]; /* the last freed comes first */
} heap;

static_assert(ORDERS <= 8 * sizeof heap.nonempty, "a bit for each order");

static inline char *address(size_t at)
{
    return (char *)mem_heap_lo() + at;
}

static inline size_t place_of(const void *address)
{
    return (size_t)((const char *)address - (char *)mem_heap_lo());
}

static inline tag *tag_at(size_t at)
{
    return (tag *)address(heap.table.at) + at / UNIT;
}

static inline tag tag_of(enum state state, unsigned order)
{
    return (tag)(state << ORDER_BITS | order);
}

static inline enum state tag_state(tag t)
{
    return (enum state)(t >> ORDER_BITS);
}

static inline unsigned tag_order(tag t)
{
    return t & ((1 << ORDER_BITS) - 1);
}

static inline void node_mark(struct node n, enum state state)
{
    *tag_at(n.at) = tag_of(state, n.order);
}

/* node_free - whether it is a free block.  Only where a block begins or the
 *     heap has ended. */
static inline bool node_free(struct node n)
{
    return n.at < heap.end && *tag_at(n.at) == tag_of(FREE, n.order);
}

/* block_at - the block that begins there. */
static inline struct node block_at(size_t at)
{
    return (struct node){at, tag_order(*tag_at(at))};
}

/* node_of_order - the node of that order that contains what lies there: if
 *     there is none, the first of a lower one. */
static struct node node_of_order(size_t at, unsigned order)
{
    if (SYSTEM == BINARY)
        return (struct node){at & ~(order_size(order) - 1), order};
    struct node n = {0, heap.root};
    while (n.order > order)
        n = node_child(n, at);
    return n;
}

/* node_parent - of any but the root. */
static struct node node_parent(struct node n)
{
    if (SYSTEM == BINARY)
        return node_of_order(n.at, n.order + 1);
    struct node parent = {0, heap.root}, child = node_child(parent, n.at);
    while (child.order > n.order) {
        parent = child;
        child = node_child(parent, n.at);
    }
    return parent;
}

static inline struct node node_buddy(struct node n, struct node parent)
{
    return n.at == parent.at ? node_right(parent) : node_left(parent);
}

/* ---- Free lists -------------------------------------------------------- */

static void list_insert(struct node n)
{
    struct links *b = (struct links *)address(n.at);
    node_mark(n, FREE);
    b->next = heap.lists[n.order];
    b->prev = NULL;
    if (b->next)
        b->next->prev = b;
    heap.lists[n.order] = b;
    heap.nonempty |= UINT64_C(1) << n.order;
}

static void list_remove(struct node n)
{
    struct links *b = (struct links *)address(n.at);
    if (b->next)
        b->next->prev = b->prev;
    if (b->prev)
        b->prev->next = b->next;
    else
        heap.lists[n.order] = b->next;
    if (!heap.lists[n.order])
        heap.nonempty &= ~(UINT64_C(1) << n.order);
}

/* ---- Splitting and joining --------------------------------------------- */

/* release - make it a free block, joined with its buddy while that is free. */
static void release(struct node n)
{
    while (n.order < heap.root) {
        struct node parent = node_parent(n), buddy = node_buddy(n, parent);
        if (!node_free(buddy))
            break;
        list_remove(buddy);
        n = parent;
    }
    list_insert(n);
}

/* cut - split a block that is in no list, until what is left is of that order.
 *     stay: at its left end. */
static struct node cut(struct node n, unsigned order, bool stay)
{
    while (n.order > order) {
        struct node left = node_left(n), right = node_right(n);
        bool smaller = right.order < left.order && right.order >= order;
        n = smaller && !stay ? right : left;
        list_insert(n.at == left.at ? right : left);
    }
    return n;
}

/* ---- Growing the heap -------------------------------------------------- */

/* node_past - the lowest of that order above the end of the heap. */
static struct node node_past(unsigned order)
{
    unsigned top = order > heap.root ? order : heap.root;
    struct node n = {0, top + 2}, past = n;
    while (n.at < heap.end) {
        struct node right = node_right(n);
        if (right.order >= order && right.at >= heap.end)
            past = right;
        n = node_child(n, heap.end);
    }
    return (struct node){n.order >= order ? n.at : past.at, order};
}

/* part_free - whether all of a node that lies below the end is free. */
static bool part_free(struct node n)
{
    while (n.at < heap.end) {
        struct node child = node_child(n, heap.end);
        if (child.at > n.at && !node_free(node_left(n)))
            return false;
        n = child;
    }
    return true;
}

/* node_to_come - that of this order which it takes least to make free. */
static struct node node_to_come(unsigned order)
{
    struct node n = {0, heap.root};
    while (n.order > order && n.at < heap.end)
        n = node_child(n, heap.end);
    bool half = n.order == order && n.at < heap.end && node_end(n) > heap.end;
    return half && part_free(n) ? n : node_past(order);
}

/* raise_break - the memory up to end, of which nothing is made as yet. */
static bool raise_break(size_t end)
{
    if (mem_sbrk((intptr_t)(end - heap.end)) == (void *)-1)
        return false;
    while (order_size(heap.root) < end)
        heap.root++;
    return true;
}

/* adopt - make free blocks of new memory up to end, where a node ends. */
static void adopt(size_t end)
{
    while (heap.end < end) {
        struct node n = {0, heap.root};
        while (n.at < heap.end || node_end(n) > end)
            n = node_child(n, heap.end);
        heap.end = node_end(n);
        release(n);
    }
}

/* table_copy - no more than means something: most of the table of a heap of
 *     large blocks was never touched. */
static void table_copy(tag *table)
{
    for (size_t at = 0; at < heap.end; at = node_end(block_at(at))) {
        table[at / UNIT] = *tag_at(at);
        if (tag_state(*tag_at(at)) != SHIFTED)
            continue;
        size_t inside = at + *(size_t *)address(at);
        table[inside / UNIT] = *tag_at(inside);
    }
}

/* table_renew - one above all blocks, with tags for a heap of end bytes. */
static bool table_renew(size_t end)
{
    unsigned order = order_for(end / UNIT);
    struct node old = heap.table, n = node_past(order);
    while (node_end(n) > order_size(n.order) * UNIT)
        n = node_past(++order);
    if (!raise_break(node_end(n)))
        return false;
    table_copy((tag *)address(n.at));
    heap.table = n;
    adopt(n.at);
    heap.end = node_end(n);
    node_mark(n, USED);
    release(old);
    return true;
}

/* grow - let there be a free block of that order. */
static bool grow(unsigned order)
{
    struct node n = node_to_come(order);
    while (node_end(n) > order_size(heap.table.order) * UNIT) {
        if (!table_renew(node_end(n)))
            return false;
        n = node_to_come(order);
    }
    if (!raise_break(node_end(n)))
        return false;
    adopt(node_end(n));
    return true;
}

/* ---- Placement --------------------------------------------------------- */

/* take - a block of that order, or of the least above that there is. */
static bool take(unsigned order, struct node *n)
{
    while (!(heap.nonempty >> order))
        if (!grow(order))
            return false;
    n->order = order + (unsigned)__builtin_ctzl(heap.nonempty >> order);
    n->at = place_of(heap.lists[n->order]);
    list_remove(*n);
    *n = cut(*n, order, false);
    node_mark(*n, USED);
    heap.used++;
    return true;
}

/* node_of - the block with that payload. */
static struct node node_of(const void *ptr)
{
    size_t at = place_of(ptr);
    tag t = *tag_at(at);
    if (tag_state(t) == INSIDE)
        return node_of_order(at, tag_order(t));
    return (struct node){at, tag_order(t)};
}

/* absorb - let a block at the left end of free buddies become as large as bytes
 *     need, if they are that many. */
static bool absorb(struct node *n, size_t bytes)
{
    struct node up = *n;
    for (; order_size(up.order) < bytes; up = node_parent(up))
        if (up.order >= heap.root || node_parent(up).at != up.at ||
            !node_free(node_right(node_parent(up))))
            return false;
    for (; n->order < up.order; *n = node_parent(*n))
        list_remove(node_right(node_parent(*n)));
    return true;
}

/* ---- What mm.h asks for ------------------------------------------------ */

/* The first block is a table that is enough for a heap of 2 KiB. */
bool mm_init(void)
{
    memset(&heap, 0, sizeof heap);
    struct node n = {0, order_for(2048 / UNIT)};
    if (!raise_break(node_end(n)))
        return false;
    heap.end = node_end(n);
    heap.table = n;
    heap.used = 1;
    node_mark(n, USED);
    return true;
}

void *mm_malloc(size_t size)
{
    struct node n;
    if (size == 0 || size > MAX_REQUEST || !take(order_for(size), &n))
        return NULL;
    return address(n.at);
}

void mm_free(void *ptr)
{
    if (!ptr)
        return;
    heap.used--;
    release(node_of(ptr));
}

static void *move(void *ptr, size_t size)
{
    void *copy = mm_malloc(size);
    if (!copy)
        return NULL;
    memcpy(copy, ptr, mm_usable_size(ptr));
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
    struct node n = node_of(ptr);
    if (n.at != place_of(ptr))
        return size <= mm_usable_size(ptr) ? ptr : move(ptr, size);
    if (size > order_size(n.order) && !absorb(&n, size))
        return move(ptr, size);
    node_mark(cut(n, order_for(size), true), USED);
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

/* A binary block is aligned to its size, as far as the bottom of the heap is.
 * Else take enough for the worst case, and let the payload begin further up. */
void *mm_memalign(size_t align, size_t size)
{
    if (!align || align & (align - 1) || align > MAX_REQUEST)
        return NULL;
    if (align <= UNIT || size == 0 || size > MAX_REQUEST)
        return mm_malloc(size);
    if (SYSTEM == BINARY && align <= mem_pagesize())
        return mm_malloc(size > align ? size : align);
    char *start = mm_malloc(size + align - UNIT);
    size_t shift = -(uintptr_t)start & (align - 1);
    if (!start || !shift)
        return start;
    struct node n = node_of(start);
    node_mark(n, SHIFTED);
    *tag_at(n.at + shift) = tag_of(INSIDE, n.order);
    *(size_t *)start = shift;
    return start + shift;
}

size_t mm_usable_size(void *ptr)
{
    return ptr ? node_end(node_of(ptr)) - place_of(ptr) : 0;
}

/* The table is used, but no payload. */
void mm_walk(mm_visitor *visit)
{
    for (size_t at = 0; at < heap.end; at = node_end(block_at(at)))
        visit(address(at), order_size(tag_order(*tag_at(at))),
              tag_state(*tag_at(at)) != FREE && at != heap.table.at);
}

/* ---- The checker ------------------------------------------------------- */

/* Each free block, and each in a list, is counted and summed up: if both agree
 * these are the same blocks. */
struct check {
    int line; /* mm_checkheap's caller */
    size_t used, free, listed;
    size_t free_sum, listed_sum;
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

static bool check_free(struct check *check, struct node n)
{
    check->free++;
    check->free_sum += n.at;
    if (n.order == heap.root)
        return true;
    struct node buddy = node_buddy(n, node_parent(n));
    return !node_free(buddy) ||
           broken(check, address(n.at), "free, and so is its buddy %p",
                  (void *)address(buddy.at));
}

static bool check_shift(struct check *check, struct node n)
{
    size_t shift = *(size_t *)address(n.at);
    if (shift == 0 || shift % UNIT || shift >= order_size(n.order))
        return broken(check, address(n.at),
                      "its payload is shifted by %zu bytes of %zu", shift,
                      order_size(n.order));
    tag t = *tag_at(n.at + shift);
    return t == tag_of(INSIDE, n.order) ||
           broken(check, address(n.at),
                  "its payload's tag is %#x, expected %#x", t,
                  tag_of(INSIDE, n.order));
}

/* Nothing but the tag is read before it is known to be one of a node. */
static bool check_block(struct check *check, struct node n)
{
    tag t = *tag_at(n.at);
    if (n.order > heap.root || tag_state(t) == INSIDE)
        return broken(check, address(n.at), "its tag is %#x, with %u orders", t,
                      heap.root + 1);
    struct node node = node_of_order(n.at, n.order);
    if (node.at != n.at || node.order != n.order || node_end(n) > heap.end)
        return broken(check, address(n.at),
                      "no block of %zu bytes can be there",
                      order_size(n.order));
    if (n.at == heap.table.at && t != tag_of(USED, heap.table.order))
        return broken(check, address(n.at), "the table, but its tag is %#x", t);
    if (tag_state(t) == FREE)
        return check_free(check, n);
    check->used++;
    return tag_state(t) == USED || check_shift(check, n);
}

/* That the previous link of each block is where we came from means that there
 * is no cycle: the first block come to twice would need two of them. */
static bool check_list(struct check *check, unsigned order)
{
    struct links *prev = NULL, *first = heap.lists[order];
    for (struct links *b = first; b; prev = b, b = b->next) {
        size_t at = place_of(b);
        if (at >= heap.end || at % UNIT || *tag_at(at) != tag_of(FREE, order))
            return broken(check, b,
                          "in the list of order %u, but no such block", order);
        if (b->prev != prev)
            return broken(check, b, "its previous link is %p, expected %p",
                          (void *)b->prev, (void *)prev);
        check->listed++;
        check->listed_sum += at;
    }
    bool bit = heap.nonempty >> order & 1;
    return bit == (first != NULL) ||
           broken(check, first, "the list of order %u is marked %s", order,
                  bit ? "nonempty" : "empty");
}

/* What says how the tags are to be read: nothing of it can be followed before.
 */
static bool check_books(struct check *check)
{
    struct node t = heap.table;
    unsigned root = heap.root;
    if (root >= ORDERS || order_size(root) < heap.end ||
        (root && order_size(root - 1) >= heap.end))
        return broken(check, address(0), "the root is of order %u", root);
    if (t.order > root || t.at >= heap.end || t.at % UNIT ||
        node_end(t) > heap.end)
        return broken(check, address(t.at), "no table of order %u is there",
                      t.order);
    return !(heap.nonempty >> ORDERS) ||
           broken(check, address(0), "a list beyond order %d is nonempty",
                  ORDERS - 1);
}

bool mm_checkheap(int line)
{
    struct check check = {.line = line};
    if (heap.end != mem_heapsize())
        return broken(&check, address(heap.end), "the end of the heap, not %p",
                      (void *)address(mem_heapsize()));
    if (!check_books(&check))
        return false;
    for (size_t at = 0; at < heap.end; at = node_end(block_at(at)))
        if (!check_block(&check, block_at(at)))
            return false;
    if (check.used != heap.used)
        return broken(&check, address(0), "%zu blocks are used, expected %zu",
                      check.used, heap.used);
    for (unsigned order = 0; order < ORDERS; order++)
        if (!check_list(&check, order))
            return false;
    return (check.listed == check.free && check.listed_sum == check.free_sum) ||
           broken(&check, address(0), "%zu blocks are listed, %zu are free",
                  check.listed, check.free);
}
