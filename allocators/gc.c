/*
 * gc.c - implicit memory management: free is ignored, garbage is found
 *
 *     used block                      free block
 *     +-----------------+-----+       +-----------------+-----+
 *     | size            | U   |       | size            |     | header
 *     +-----------------+-----+ <-ptr +-----------------+-----+
 *     | payload               |       | next free block, ~    |
 *     |  ...                  |       |  ...                  |
 *     +-----------------------+       +-----------------------+
 *
 * A conservative mark-and-sweep collector (McCarthy, CACM 3 (1960); Boehm and
 * Weiser, Software - Practice and Experience 18 (1988); CS:APP, 9.10).  What
 * the roots, the program's pointers in the table of mm_roots, lead to lives;
 * and so does each block that a live payload has a word for, be it to its
 * middle, or just beyond its end: whether a word is a pointer nobody can know.
 * All else is garbage, whatever mm_free was told.  Without roots none is found.
 *
 * Collect or grow?  A collection takes time in proportion to heap and roots,
 * and may find nothing.  So when no free block fits, there is one only if what
 * was taken since the last, and is asked for now, comes to 1/DIVISOR of that;
 * else the heap grows.  There is also one when the heap cannot grow.
 *
 * Marking does not recurse: it keeps a stack.  What finds no room there has to
 * WAIT, for another walk over the heap (Knuth, TAOCP 1, 2.3.5, algorithm C).
 * Headers can only be followed upward; so once a word has to be looked up, the
 * block where each stripe of the heap begins is noted.  SCAN bytes of a payload
 * are searched: reading a terabyte that nobody wrote to would make it real.
 *
 * Sweeping joins all between two live blocks to one free block.  The list of
 * each class starts anew, lowest first; the top of the heap is in none, to be
 * taken last.  Links are complemented, lest marking take them for pointers.
 *
 * Invariants, which mm_checkheap checks: blocks tile the heap; no mark is left
 * over; each free block but the top is in the list of its class, once; a root
 * is the payload of a used block.
 *
 * Costs: 8 bytes a block, rounded up to 16, and the garbage not found yet.
 * free takes no time; malloc that for the first fit in its class and, for each
 * byte taken, for marking and sweeping up to DIVISOR bytes.  On the traces,
 * DIVISOR 2, 4, 8, 16 use 60, 75, 80, 84% of the heap at .43, .28, .18, .12 of
 * the speed of libc.
 */
#include "mm.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "memlib.h"

#ifndef DIVISOR
#define DIVISOR 4
#endif

#define SCAN ((size_t)1 << 20)

/* ---- Blocks ------------------------------------------------------------ */

struct block {
    size_t header;  /* size | flags */
    uintptr_t link; /* of a free block, ~; of a used one the payload */
};

#define USED   ((size_t)1)
#define MARKED ((size_t)2) /* during a collection: known to live */
#define WAIT   ((size_t)4) /* MARKED, and its payload is still to be searched */
#define FLAGS  ((size_t)15)
#define HEADER offsetof(struct block, link)

/* Beyond this no block could be had, and sums would overflow. */
#define MAX_REQUEST ((size_t)HEAP_LIMIT)

static_assert(ALIGNMENT == 16, "sizes leave the lower four bits to flags");
static_assert(sizeof(struct block) == ALIGNMENT, "so the smallest is linked");

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
    return &b->link;
}

static inline struct block *block_of(void *ptr)
{
    return (struct block *)((char *)ptr - HEADER);
}

static inline struct block *block_at(const struct block *b, size_t bytes)
{
    return (struct block *)((char *)b + bytes);
}

static inline struct block *block_next(const struct block *b)
{
    return block_at(b, block_size(b));
}

/* block_size_for - the size of a block with that many bytes of payload. */
static inline size_t block_size_for(size_t payload)
{
    return (payload + HEADER + ALIGNMENT - 1) & ~FLAGS;
}

static inline uintptr_t link_to(const struct block *b)
{
    return ~(uintptr_t)b;
}

static inline struct block *link_end(uintptr_t link)
{
    return (struct block *)~link;
}

/* ---- The heap, and its free blocks ------------------------------------- */

/* One class for each size up to EXACT, then one for each doubling. */
#define EXACT   ((size_t)256)
#define CLASSES 32u

static struct {
    uintptr_t lists[CLASSES];
    uint32_t filled; /* a bit for each list that is not empty */
    struct block *first, *end;
    struct block *top; /* the last block, if it is free */
    size_t taken;      /* bytes, since the last collection */
} heap;

/* What mm_roots told. */
static struct {
    void *const *table;
    size_t count;
} roots;

static inline unsigned class_of(size_t size)
{
    if (size <= EXACT)
        return (unsigned)(size / ALIGNMENT - 1);
    unsigned log = 63 - (unsigned)__builtin_clzl(size);
    unsigned c = EXACT / ALIGNMENT + log - 8;
    return c < CLASSES ? c : CLASSES - 1;
}

static_assert(EXACT == 1 << 8, "class_of takes a logarithm of 8 for it");

static void lists_clear(void)
{
    for (unsigned c = 0; c < CLASSES; c++)
        heap.lists[c] = link_to(NULL);
    heap.filled = 0;
    heap.top = NULL;
}

static void list_insert(struct block *b)
{
    unsigned c = class_of(block_size(b));
    b->link = heap.lists[c];
    heap.lists[c] = link_to(b);
    heap.filled |= 1u << c;
}

/* list_take - the first of at least size bytes in a list, no longer in it. */
static struct block *list_take(unsigned c, size_t size)
{
    uintptr_t *at = &heap.lists[c];
    struct block *b;
    while ((b = link_end(*at)) && block_size(b) < size)
        at = &b->link;
    if (b)
        *at = b->link;
    if (!link_end(heap.lists[c]))
        heap.filled &= ~(1u << c);
    return b;
}

/* release - let size bytes at b be a free block. */
static void release(struct block *b, size_t size)
{
    b->header = size;
    if (heap.top && block_next(b) == heap.top)
        b->header += block_size(heap.top);
    if (block_next(b) == heap.end)
        heap.top = b;
    else
        list_insert(b);
}

/* use - use size bytes of a free block, or of a used one, and let the rest be a
 *     free one. */
static void use(struct block *b, size_t size)
{
    size_t rest = block_size(b) - size;
    b->header = size | USED;
    if (rest)
        release(block_next(b), rest);
}

/* ---- Marking ----------------------------------------------------------- */

#define STRIPES ((size_t)4096)
#define STACK   1024

/* The blocks where the stripes begin.  A block counts from its payload to that
 * of the next: a pointer to the end of a payload is one of C, too. */
struct stripes {
    struct block *at[STRIPES];
    uintptr_t bottom; /* the lowest payload */
    size_t bytes;     /* above it; 0: nothing is noted yet */
    unsigned shift;   /* a stripe has 2^shift bytes */
};

static void stripes_note(struct stripes *s)
{
    size_t n = 0;
    s->bottom = (uintptr_t)block_payload(heap.first);
    s->bytes = (size_t)((char *)heap.end - (char *)heap.first);
    for (s->shift = 4; s->bytes >> s->shift >= STRIPES;)
        s->shift++;
    for (struct block *b = heap.first; b != heap.end; b = block_next(b)) {
        size_t end = (uintptr_t)block_payload(block_next(b)) - s->bottom;
        while (n << s->shift < end)
            s->at[n++] = b;
    }
}

/* stripes_find - the block that an address of the heap belongs to. */
static struct block *stripes_find(const struct stripes *s, uintptr_t address)
{
    struct block *b = s->at[(address - s->bottom) >> s->shift];
    while ((uintptr_t)block_payload(block_next(b)) <= address)
        b = block_next(b);
    return b;
}

struct marker {
    struct stripes stripes;
    struct block *stack[STACK]; /* whose payloads are to be searched */
    size_t depth;
    bool overflow; /* some WAIT */
};

static void mark(struct marker *m, struct block *b)
{
    if (b->header & MARKED)
        return;
    b->header |= MARKED;
    if (m->depth < STACK) {
        m->stack[m->depth++] = b;
        return;
    }
    b->header |= WAIT;
    m->overflow = true;
}

static void mark_word(struct marker *m, uintptr_t word)
{
    if (!m->stripes.bytes)
        stripes_note(&m->stripes);
    struct block *b = stripes_find(&m->stripes, word);
    if (block_used(b))
        mark(m, b);
}

/* search - mark what the words of a payload lead to. */
static void search(struct marker *m, struct block *b)
{
    uintptr_t bottom = (uintptr_t)block_payload(heap.first);
    size_t bytes = (uintptr_t)heap.end + HEADER - bottom;
    size_t room = block_size(b) - HEADER;
    const uintptr_t *word = block_payload(b),
                    *end = word + (room < SCAN ? room : SCAN) / sizeof *word;
    for (; word < end; word++)
        if (*word - bottom < bytes)
            mark_word(m, *word);
}

static void search_stacked(struct marker *m)
{
    while (m->depth)
        search(m, m->stack[--m->depth]);
}

static void search_waiting(struct marker *m)
{
    m->overflow = false;
    for (struct block *b = heap.first; b != heap.end; b = block_next(b))
        if (b->header & WAIT) {
            b->header &= ~WAIT;
            search(m, b);
            search_stacked(m);
        }
}

static void mark_live(void)
{
    struct marker m;
    m.stripes.bytes = m.depth = m.overflow = 0;
    for (size_t i = 0; i < roots.count; i++)
        if (roots.table[i]) {
            mark(&m, block_of(roots.table[i]));
            search_stacked(&m);
        }
    while (m.overflow)
        search_waiting(&m);
}

/* ---- Sweeping ---------------------------------------------------------- */

/* sweep_run - join the block b and all above it that are not marked.  Returns
 *     the one above them. */
static struct block *sweep_run(struct block *b)
{
    struct block *next = b;
    while (next != heap.end && !(next->header & MARKED))
        next = block_next(next);
    b->header = (size_t)((char *)next - (char *)b);
    return next;
}

static void sweep(void)
{
    uintptr_t *last[CLASSES]; /* the links at which the lists end */
    lists_clear();
    for (unsigned c = 0; c < CLASSES; c++)
        last[c] = &heap.lists[c];
    for (struct block *b = heap.first, *next; b != heap.end; b = next) {
        if (b->header & MARKED) {
            b->header &= ~MARKED;
            next = block_next(b);
            continue;
        }
        next = sweep_run(b);
        unsigned c = class_of(block_size(b));
        if (next == heap.end) {
            heap.top = b;
            return;
        }
        *last[c] = link_to(b);
        b->link = link_to(NULL);
        last[c] = &b->link;
        heap.filled |= 1u << c;
    }
}

/* is_worthwhile - whether to collect for a block of size bytes. */
static bool is_worthwhile(size_t size)
{
    size_t bytes = (size_t)((char *)heap.end - (char *)heap.first);
    return heap.taken + size >=
           (bytes + roots.count * sizeof(void *)) / DIVISOR;
}

/* collect - false when there can be no garbage, or none can be found. */
static bool collect(void)
{
    if (!roots.table || !heap.taken)
        return false;
    mark_live();
    sweep();
    heap.taken = 0;
    return true;
}

/* ---- Placement --------------------------------------------------------- */

static struct block *take_top(size_t size)
{
    struct block *b = heap.top;
    if (!b || block_size(b) < size)
        return NULL;
    heap.top = NULL;
    return b;
}

/* All blocks of a higher class fit. */
static struct block *find_fit(size_t size)
{
    unsigned c = class_of(size);
    struct block *b = list_take(c, size);
    uint32_t higher = heap.filled & -2u << c;
    if (!b && higher)
        b = list_take((unsigned)__builtin_ctz(higher), size);
    return b ? b : take_top(size);
}

/* grow_heap - a free block of size bytes at the top: the one that is there, if
 *     any, and what it lacks from mem_sbrk. */
static struct block *grow_heap(size_t size)
{
    struct block *b = heap.top ? heap.top : heap.end;
    size_t lack = size - (heap.top ? block_size(b) : 0);
    if (mem_sbrk((intptr_t)lack) == (void *)-1)
        return NULL;
    heap.end = block_at(heap.end, lack);
    heap.top = NULL;
    b->header = size;
    return b;
}

/* find_block - a free block of at least size bytes, in no list. */
static struct block *find_block(size_t size)
{
    struct block *b = find_fit(size);
    if (!b && is_worthwhile(size) && collect())
        b = find_fit(size);
    if (!b)
        b = grow_heap(size);
    if (!b && collect())
        b = find_fit(size);
    return b ? b : grow_heap(size);
}

/* ---- What mm.h asks for ------------------------------------------------ */

void mm_roots(void *const *table, size_t count)
{
    roots.table = table;
    roots.count = count;
}

bool mm_init(void)
{
    if (mem_sbrk(HEADER) == (void *)-1)
        return false;
    heap.first = heap.end = block_at(mem_heap_lo(), HEADER);
    heap.taken = 0;
    lists_clear();
    return true;
}

void *mm_malloc(size_t size)
{
    if (size == 0 || size > MAX_REQUEST)
        return NULL;
    size_t need = block_size_for(size);
    struct block *b = find_block(need);
    if (!b)
        return NULL;
    use(b, need);
    heap.taken += need;
    return block_payload(b);
}

void mm_free(void *ptr)
{
    (void)ptr;
}

/* extend - let the block at the top of the heap have size bytes. */
static bool extend(struct block *b, size_t size)
{
    struct block *next = block_next(b);
    if (next != heap.end && next != heap.top)
        return false;
    size_t more = size - block_size(b);
    next = take_top(more);
    if (!next)
        next = grow_heap(more);
    if (!next)
        return false;
    b->header += block_size(next);
    heap.taken += more;
    return true;
}

/* Until mm_realloc has returned, ptr is among the roots. */
static void *move(void *ptr, size_t size)
{
    void *copy = mm_malloc(size);
    return copy ? memcpy(copy, ptr, mm_usable_size(ptr)) : NULL;
}

void *mm_realloc(void *ptr, size_t size)
{
    if (!ptr)
        return mm_malloc(size);
    if (size == 0 || size > MAX_REQUEST)
        return NULL;
    struct block *b = block_of(ptr);
    size_t need = block_size_for(size);
    if (block_size(b) < need && !extend(b, need))
        return move(ptr, size);
    use(b, need);
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

/* Take enough for the worst case; what lies before and after is free. */
void *mm_memalign(size_t align, size_t size)
{
    if (!align || align & (align - 1) || align > MAX_REQUEST)
        return NULL;
    if (align <= ALIGNMENT || size == 0 || size > MAX_REQUEST)
        return mm_malloc(size);
    char *ptr = mm_malloc(size + align);
    if (!ptr)
        return NULL;
    struct block *b = block_of(ptr);
    size_t before = -(uintptr_t)ptr & (align - 1);
    if (before) {
        struct block *aligned = block_at(b, before);
        aligned->header = b->header - before;
        release(b, before);
        b = aligned;
    }
    use(b, block_size_for(size));
    return block_payload(b);
}

size_t mm_usable_size(void *ptr)
{
    return ptr ? block_size(block_of(ptr)) - HEADER : 0;
}

/* What is not known to be garbage counts as live. */
void mm_walk(mm_visitor *visit)
{
    for (struct block *b = heap.first; b != heap.end; b = block_next(b))
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

/* A size is known to lie inside the heap before it is followed. */
static bool check_block(int line, const struct block *b)
{
    size_t room = (size_t)((char *)heap.end - (char *)b);
    size_t size = block_size(b);
    if (b->header & FLAGS & ~USED)
        return broken(line, b, "its header %#zx has unknown flags", b->header);
    if (size == 0 || size > room)
        return broken(line, b, "its size is %zu, expected %d to %zu", size,
                      ALIGNMENT, room);
    bool is_top = !block_used(b) && block_next(b) == heap.end;
    if (is_top != (b == heap.top))
        return broken(line, b, "%s the free block at the top",
                      is_top ? "not known to be" : "taken for");
    return true;
}

/* is_block - whether a block begins there.  All that is above the heap, or
 *     below it, is far from the bottom. */
static bool is_block(const struct stripes *s, const struct block *b)
{
    uintptr_t payload = (uintptr_t)b + HEADER;
    return payload - s->bottom < s->bytes && stripes_find(s, payload) == b;
}

/* check_list - *listed counts the blocks in lists, up to one too many. */
static bool check_list(int line, const struct stripes *s, unsigned c,
                       size_t expected, size_t *listed)
{
    const struct block *b = link_end(heap.lists[c]);
    if (!b != !(heap.filled >> c & 1))
        return broken(line, b, "the first of list %u, which is said to be %s",
                      c, b ? "empty" : "filled");
    for (; b && *listed <= expected; b = link_end(b->link), ++*listed) {
        if (!is_block(s, b))
            return broken(line, b, "no block, but in list %u", c);
        if (block_used(b) || b == heap.top || class_of(block_size(b)) != c)
            return broken(line, b, "%s, of %zu bytes, but in list %u",
                          block_used(b) ? "used" : "free", block_size(b), c);
    }
    return true;
}

static bool check_roots(int line, const struct stripes *s)
{
    for (size_t i = 0; i < roots.count; i++) {
        void *root = roots.table[i];
        const struct block *b = root ? block_of(root) : NULL;
        if (b && (!is_block(s, b) || !block_used(b)))
            return broken(line, b, "root %zu is %p, no live payload", i, root);
    }
    return true;
}

bool mm_checkheap(int line)
{
    struct stripes s;
    size_t listed = 0, expected = 0;
    const struct block *b = heap.first, *top = NULL;
    if ((char *)heap.end != (char *)mem_heap_hi() + 1)
        return broken(line, heap.end, "not the end of the heap");
    if (b != block_at(mem_heap_lo(), HEADER))
        return broken(line, b, "not the first of the heap");
    for (; b != heap.end; b = block_next(b)) {
        if (!check_block(line, b))
            return false;
        if (b == heap.top)
            top = b;
        expected += !block_used(b) && b != heap.top;
    }
    if (top != heap.top)
        return broken(line, heap.top, "taken for the free block at the top");
    stripes_note(&s);
    for (unsigned c = 0; c < CLASSES; c++)
        if (!check_list(line, &s, c, expected, &listed))
            return false;
    if (listed != expected)
        return broken(line, heap.first, "%zu blocks are listed, %zu are free",
                      listed, expected);
    return check_roots(line, &s);
}
