/*
 * slab.c - segregated storage: pages of blocks of one size, without headers
 *
 *     run: a page                       large block: pages
 *     +----------------------+          +----------------------+
 *     | header: RUN, class.. |          | header: LARGE, pages |
 *     +----------------------+ <- ptr   +----------------------+ <- ptr
 *     | block, used          |          | payload              |
 *     +----------------------+          |                      |
 *     | next | block, free   |          |                      |
 *     +----------------------+ <- ptr   |                      |
 *     | block, used          |          |                      |
 *     |  ...             |///|          |  ...             |///|
 *     +----------------------+          +----------------------+
 *
 * Simple segregated storage (CS:APP, 9.9.14) that gives its memory back, as in
 * Bonwick, "The Slab Allocator" (USENIX Summer 1994).  Spans of pages tile the
 * heap; each is FREE, or a LARGE block, or a RUN: a page of blocks of one
 * class.  These have no headers, as the page in which a block lies begins with
 * that of the run.  Freed blocks are chained in their run; a malloc takes one
 * from the chain, or else the lowest that never was in use.
 *
 * The runs with room stand in a ring, one for each class.  An empty run becomes
 * a free span at once (Bonwick keeps some).  Free spans are merged, and stand
 * in a ring for each doubling of their pages, of which the first fit is taken.
 *
 * Invariants, which mm_checkheap checks: spans tile the heap, and know how many
 * pages the one below has; no two free ones are neighbours; the free spans and
 * the runs with room, and no others, stand in their rings, once; no run is
 * empty; its used and chained blocks are all that ever were in use.
 *
 * Costs: no bytes a block but rounding: up to 15 of 240, then up to half as
 * much again.  32 bytes a page, a page for the first block of each class, and
 * 936 bytes for the rings: small heaps are mostly unused.  A large block wastes
 * half a page, one of 4 KiB a whole one.  malloc and free take constant time
 * but for the search for a large span among those of its ring.
 */
#include "mm.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "memlib.h"

/* ---- Spans and blocks -------------------------------------------------- */

#define PAGE ((size_t)4096)

enum kind { FREE = 1, RUN, LARGE };

struct link {
    struct link *next, *prev;
};

/* What a span begins with. */
struct span {
    struct link link; /* of free spans, and runs with room; else NULL */
    uint32_t pages;
    uint32_t below; /* pages of the span below; 0: there is none */
    uint8_t kind;
    uint8_t class; /* of runs, as all that follows */
    uint8_t used;  /* blocks */
    uint8_t fresh; /* the lowest block that never was in use */
    uint8_t chain; /* the block that was freed last, or NONE */
    uint16_t size; /* of its blocks */
};

#define NONE   UINT8_MAX
#define HEADER sizeof(struct span)
#define ROOM   (PAGE - HEADER)

/* Beyond this no block could be had, and counts of pages would overflow. */
#define MAX_REQUEST ((size_t)1 << 42)

static_assert(HEADER == 32, "blocks begin at a multiple of 16");
static_assert(ALIGNMENT == 16, "so do their sizes");
static_assert(ROOM / ALIGNMENT < NONE, "blocks are counted in a byte");
static_assert(HEAP_LIMIT <= MAX_REQUEST, "all pages can be counted");

static inline struct span *span_at(const void *base, ptrdiff_t pages)
{
    return (struct span *)((char *)base + pages * (ptrdiff_t)PAGE);
}

/* span_of - the span of a payload.  Aligned to a page or more it has a page of
 *     its own for the header, hence the - 1. */
static inline struct span *span_of(const void *ptr)
{
    return (struct span *)(((uintptr_t)ptr - 1) & ~(PAGE - 1));
}

static inline struct span *span_next(const struct span *s)
{
    return span_at(s, s->pages);
}

static inline size_t distance(const void *low, const void *high)
{
    return (size_t)((const char *)high - (const char *)low);
}

static inline size_t pages_for(size_t bytes)
{
    return (bytes + PAGE - 1) / PAGE;
}

/* ---- Classes ----------------------------------------------------------- */

/*
 * Class c is of 16 (c + 1) bytes up to EXACT.  Above it, that would be several
 * classes with the same number of blocks in a page; there is one for each
 * number, from EXACT_CLASSES down to 2.
 */
#define EXACT         ((size_t)240)
#define EXACT_CLASSES (EXACT / ALIGNMENT)
#define CLASSES       (2 * EXACT_CLASSES - 1)
#define SMALL         (ROOM / 2) /* the largest class */

static_assert(ROOM / (EXACT + ALIGNMENT) == EXACT_CLASSES,
              "the first class above EXACT has so many blocks");
static_assert(SMALL % ALIGNMENT == 0, "the largest class is all of a half");

static inline unsigned class_of(size_t size)
{
    size_t units = (size + ALIGNMENT - 1) / ALIGNMENT;
    if (size <= EXACT)
        return (unsigned)(units - 1);
    return (unsigned)(2 * EXACT_CLASSES - ROOM / (units * ALIGNMENT));
}

static inline size_t class_size(unsigned c)
{
    if (c < EXACT_CLASSES)
        return (c + 1) * ALIGNMENT;
    return ROOM / (2 * EXACT_CLASSES - c) & ~(size_t)(ALIGNMENT - 1);
}

/* ---- The heap, and its rings ------------------------------------------- */

#define SPAN_RINGS 28 /* 1, 2-3, 4-7 ... 2^27 pages and more */
#define RINGS      (CLASSES + SPAN_RINGS)

static struct {
    struct link rings[RINGS]; /* of runs with room, then of free spans */
    struct span *first, *end; /* of the heap */
    uint32_t top;             /* pages of the last span, 0: there is none */
} heap;

/* ring_of_pages - the ring for free spans of that many. */
static inline struct link *ring_of_pages(size_t pages)
{
    unsigned r = CLASSES + 63 - (unsigned)__builtin_clzl(pages);
    return &heap.rings[r < RINGS ? r : RINGS - 1];
}

static inline void ring_insert(struct link *ring, struct span *s)
{
    s->link = (struct link){ring->next, ring};
    ring->next->prev = &s->link;
    ring->next = &s->link;
}

static inline void ring_remove(struct span *s)
{
    s->link.next->prev = s->link.prev;
    s->link.prev->next = s->link.next;
    s->link = (struct link){0};
}

/* ---- Spans ------------------------------------------------------------- */

/* span_resize - set the number of pages, here and in the span above. */
static void span_resize(struct span *s, size_t pages)
{
    s->pages = (uint32_t)pages;
    struct span *next = span_next(s);
    *(next == heap.end ? &heap.top : &next->below) = s->pages;
}

/* span_absorb - take in the span above if it is free, and if together they have
 *     so many pages. */
static bool span_absorb(struct span *s, size_t pages)
{
    struct span *next = span_next(s);
    if (next == heap.end || next->kind != FREE ||
        s->pages + (size_t)next->pages < pages)
        return false;
    ring_remove(next);
    span_resize(s, s->pages + (size_t)next->pages);
    return true;
}

/* span_release - give the pages of a span back. */
static void span_release(struct span *s)
{
    struct span *below = span_at(s, -(ptrdiff_t)s->below);
    span_absorb(s, 0);
    if (s->below && below->kind == FREE) {
        ring_remove(below);
        span_resize(below, below->pages + (size_t)s->pages);
        s = below;
    }
    s->kind = FREE;
    ring_insert(ring_of_pages(s->pages), s);
}

/* span_split - cut a span in two; returns the upper. */
static struct span *span_split(struct span *s, size_t pages)
{
    struct span *rest = span_at(s, pages);
    *rest = (struct span){.kind = LARGE};
    span_resize(rest, s->pages - pages);
    span_resize(s, pages);
    return rest;
}

static void span_trim(struct span *s, size_t pages)
{
    if (s->pages > pages)
        span_release(span_split(s, pages));
}

/* span_at_top - a span at the top of the heap: the free one that is there, if
 *     any, and what it lacks from mem_sbrk. */
static struct span *span_at_top(size_t pages)
{
    struct span *s = heap.end, *last = span_at(s, -(ptrdiff_t)heap.top);
    bool grows = heap.top && last->kind == FREE;
    size_t lack = grows ? pages - last->pages : pages;
    if (mem_sbrk((intptr_t)(lack * PAGE)) == (void *)-1)
        return NULL;
    heap.end = span_at(s, lack);
    if (grows)
        ring_remove(s = last);
    else
        *s = (struct span){.below = heap.top};
    span_resize(s, pages);
    return s;
}

static struct span *span_find(size_t pages)
{
    struct link *ring = ring_of_pages(pages);
    for (; ring < heap.rings + RINGS; ring++)
        for (struct link *l = ring->next; l != ring; l = l->next)
            if (((struct span *)l)->pages >= pages)
                return (struct span *)l;
    return NULL;
}

/* span_take - a LARGE span of that many pages, or NULL. */
static struct span *span_take(size_t pages)
{
    struct span *s = span_find(pages);
    if (s)
        ring_remove(s);
    else
        s = span_at_top(pages);
    if (!s)
        return NULL;
    s->kind = LARGE;
    span_trim(s, pages);
    return s;
}

/* ---- Runs -------------------------------------------------------------- */

static inline unsigned run_blocks(const struct span *run)
{
    return (unsigned)(ROOM / run->size);
}

static inline uint8_t *run_block(const struct span *run, unsigned i)
{
    return (uint8_t *)run + HEADER + i * run->size;
}

/* run_index - the block that ptr points into; from mm_memalign it need not be
 *     to its start. */
static inline unsigned run_index(const struct span *run, const void *ptr)
{
    return (unsigned)(distance(run, ptr) - HEADER) / run->size;
}

static inline bool run_has_room(const struct span *run)
{
    return run->chain != NONE || run->fresh < run_blocks(run);
}

static struct span *run_create(unsigned c)
{
    struct span *run = span_take(1);
    if (!run)
        return NULL;
    run->kind = RUN;
    run->class = (uint8_t)c;
    run->size = (uint16_t)class_size(c);
    run->used = run->fresh = 0;
    run->chain = NONE;
    ring_insert(&heap.rings[c], run);
    return run;
}

static void *run_take(struct span *run)
{
    uint8_t *block =
        run_block(run, run->chain != NONE ? run->chain : run->fresh);
    if (run->chain != NONE)
        run->chain = *block;
    else
        run->fresh++;
    run->used++;
    if (!run_has_room(run))
        ring_remove(run);
    return block;
}

/* run_put - free a block, and the run if it was its last. */
static void run_put(struct span *run, const void *ptr)
{
    unsigned i = run_index(run, ptr);
    if (!run_has_room(run))
        ring_insert(&heap.rings[run->class], run);
    *run_block(run, i) = run->chain;
    run->chain = (uint8_t)i;
    if (--run->used)
        return;
    ring_remove(run);
    span_release(run);
}

/* ---- What mm.h asks for ------------------------------------------------ */

bool mm_init(void)
{
    for (struct link *r = heap.rings; r < heap.rings + RINGS; r++)
        r->next = r->prev = r;
    size_t askew = -(uintptr_t)mem_sbrk(0) % PAGE;
    if (askew && mem_sbrk((intptr_t)askew) == (void *)-1)
        return false;
    heap.first = heap.end = mem_sbrk(0);
    heap.top = 0;
    return true;
}

static void *small_malloc(unsigned c)
{
    struct span *run = (struct span *)heap.rings[c].next;
    if (&run->link == &heap.rings[c])
        run = run_create(c);
    return run ? run_take(run) : NULL;
}

static void *large_malloc(size_t size)
{
    struct span *s = span_take(pages_for(HEADER + size));
    return s ? (char *)s + HEADER : NULL;
}

void *mm_malloc(size_t size)
{
    if (size == 0 || size > MAX_REQUEST)
        return NULL;
    return size <= SMALL ? small_malloc(class_of(size)) : large_malloc(size);
}

void mm_free(void *ptr)
{
    if (!ptr)
        return;
    struct span *s = span_of(ptr);
    if (s->kind == RUN)
        run_put(s, ptr);
    else
        span_release(s);
}

size_t mm_usable_size(void *ptr)
{
    if (!ptr)
        return 0;
    const struct span *s = span_of(ptr);
    if (s->kind == RUN)
        return distance(ptr, run_block(s, run_index(s, ptr) + 1));
    return distance(ptr, span_next(s));
}

/* resize - let a block have size bytes where it is, and no more than a new one
 *     would have. */
static bool resize(void *ptr, size_t size)
{
    struct span *s = span_of(ptr);
    if (s->kind == RUN)
        return size <= mm_usable_size(ptr) && class_of(size) == s->class;
    size_t pages = pages_for(distance(s, ptr) + size);
    if (size <= SMALL || (s->pages < pages && !span_absorb(s, pages)))
        return false;
    span_trim(s, pages);
    return true;
}

/* Where there is no memory for a copy, a block that is to shrink stays. */
static void *move(void *ptr, size_t size)
{
    size_t usable = mm_usable_size(ptr);
    void *copy = mm_malloc(size);
    if (!copy)
        return size <= usable ? ptr : NULL;
    memcpy(copy, ptr, usable < size ? usable : size);
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
    return resize(ptr, size) ? ptr : move(ptr, size);
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

static void *align_up(const void *ptr, size_t align)
{
    return (void *)(((uintptr_t)ptr + align - 1) & ~(align - 1));
}

/* A page for the header, then the payload; what lies before and after the two
 * is given back. */
static void *page_memalign(size_t align, size_t size)
{
    struct span *s = span_take(pages_for(size) + align / PAGE);
    if (!s)
        return NULL;
    char *ptr = align_up(span_at(s, 1), align);
    if (span_of(ptr) != s) {
        struct span *low = s;
        s = span_split(low, distance(low, span_of(ptr)) / PAGE);
        span_release(low);
    }
    span_trim(s, 1 + pages_for(size));
    return ptr;
}

/* Up to SMALL, somewhere in a block that is large enough. */
void *mm_memalign(size_t align, size_t size)
{
    if (!align || align & (align - 1) || align > MAX_REQUEST)
        return NULL;
    if (align <= ALIGNMENT || size == 0 || size > MAX_REQUEST)
        return mm_malloc(size);
    if (align >= PAGE)
        return page_memalign(align, size);
    void *ptr = mm_malloc(size + align - ALIGNMENT);
    return ptr ? align_up(ptr, align) : NULL;
}

/* The header belongs to the first block, what remains of the page to the last.
 */
static void run_walk(struct span *run, mm_visitor *visit)
{
    bool live[NONE] = {0};
    memset(live, true, run->fresh);
    for (unsigned i = run->chain; i != NONE; i = *run_block(run, i))
        live[i] = false;
    char *from = (char *)run;
    for (unsigned i = 0, count = run_blocks(run); i < count; i++) {
        void *next = run_block(run, i + 1);
        if (i + 1 == count)
            next = span_at(run, 1);
        visit(from, distance(from, next), live[i]);
        from = next;
    }
}

void mm_walk(mm_visitor *visit)
{
    for (struct span *s = heap.first; s != heap.end; s = span_next(s))
        if (s->kind == RUN)
            run_walk(s, visit);
        else
            visit(s, s->pages * PAGE, s->kind == LARGE);
}

/* ---- The checker ------------------------------------------------------- */

/* Nothing is followed before it is known to lie inside the heap, so a broken
 * heap is reported and not crashed on. */
__attribute__((format(printf, 3, 4))) static bool
broken(int line, const void *block, const char *why, ...)
{
    va_list args;
    va_start(args, why);
    fprintf(stderr, "mm_checkheap(%d): block %p: ", line, block);
    vfprintf(stderr, why, args);
    fputc('\n', stderr);
    va_end(args);
    return false;
}

/* ring_of - the ring that s has to stand in, or NULL.  It may be no span. */
static struct link *ring_of(const struct span *s)
{
    if (s->kind == FREE && s->pages)
        return ring_of_pages(s->pages);
    bool sound = s->kind == RUN && s->class < CLASSES && s->size;
    return sound && run_has_room(s) ? &heap.rings[s->class] : NULL;
}

static bool is_page(const struct link *l)
{
    uintptr_t at = (uintptr_t)l;
    return at >= (uintptr_t)heap.first && at < (uintptr_t)heap.end &&
           at % PAGE == 0;
}

static bool is_ring(const struct link *l)
{
    uintptr_t at = (uintptr_t)l - (uintptr_t)heap.rings;
    return at < sizeof heap.rings && at % sizeof *l == 0;
}

static bool check_links(int line, const struct span *s)
{
    const struct link *l = &s->link;
    if (!ring_of(s))
        return (!l->next && !l->prev) ||
               broken(line, s, "linked, but neither free nor with room");
    if ((!is_page(l->next) && !is_ring(l->next)) ||
        (!is_page(l->prev) && !is_ring(l->prev)))
        return broken(line, s, "its links %p and %p lead to no span",
                      (void *)l->next, (void *)l->prev);
    return (l->next->prev == l && l->prev->next == l) ||
           broken(line, s, "its links are not returned");
}

/* A chain as long as it is to be, without a block twice, has all. */
static bool check_chain(int line, const struct span *run)
{
    bool chained[NONE] = {0};
    unsigned count = run->used;
    for (unsigned i = run->chain; i != NONE; i = *run_block(run, i), count++) {
        if (i >= run->fresh || chained[i])
            return broken(line, run, "its chain leads to block %u %s", i,
                          i < run->fresh ? "twice" : "never used");
        chained[i] = true;
    }
    return count == run->fresh ||
           broken(line, run, "%u blocks are used or chained, expected %u",
                  count, run->fresh);
}

static bool check_run(int line, const struct span *run)
{
    if (run->class >= CLASSES || run->size != class_size(run->class))
        return broken(line, run, "class %u of %u bytes", run->class, run->size);
    if (run->pages != 1 || run->fresh > run_blocks(run) || !run->used)
        return broken(line, run, "a run of %u pages, %u of %u blocks used",
                      run->pages, run->used, run->fresh);
    return check_chain(line, run);
}

static bool check_span(int line, const struct span *s, size_t below)
{
    size_t room = distance(s, heap.end) / PAGE;
    if (s->kind != FREE && s->kind != RUN && s->kind != LARGE)
        return broken(line, s, "its kind is %u", s->kind);
    if (s->kind != RUN && s->used)
        return broken(line, s, "no run, but %u blocks used", s->used);
    if (s->pages == 0 || s->pages > room)
        return broken(line, s, "its pages are %u, expected 1 to %zu", s->pages,
                      room);
    if (s->below != below)
        return broken(line, s, "the one below is of %zu pages, not %u", below,
                      s->below);
    if (s->kind == FREE && below && span_at(s, -(ptrdiff_t)below)->kind == FREE)
        return broken(line, s, "free, and so is the one below");
    return (s->kind != RUN || check_run(line, s)) && check_links(line, s);
}

/* That links are returned means that a ring comes to no span twice. */
static bool check_ring(int line, const struct link *ring, size_t *listed)
{
    const struct link *prev = ring, *l = ring->next;
    for (; l != ring; prev = l, l = l->next, ++*listed) {
        if (!is_page(l) || l->prev != prev)
            return broken(line, prev, "its next link is %p", (void *)l);
        if (ring_of((const struct span *)l) != ring)
            return broken(line, l, "in the wrong ring, number %zd",
                          ring - heap.rings);
    }
    return ring->prev == prev ||
           broken(line, ring->prev, "its ring ends with it, expected %p",
                  (const void *)prev);
}

bool mm_checkheap(int line)
{
    size_t expected = 0, listed = 0, below = 0;
    if ((char *)heap.end != (char *)mem_heap_hi() + 1)
        return broken(line, heap.end, "not the end of the heap");
    if (distance(mem_heap_lo(), heap.first) >= PAGE ||
        (uintptr_t)heap.first % PAGE)
        return broken(line, heap.first, "not the first page of the heap");
    for (struct span *s = heap.first; s != heap.end; s = span_next(s)) {
        if (!check_span(line, s, below))
            return false;
        below = s->pages;
        expected += ring_of(s) != NULL;
    }
    if (heap.top != below)
        return broken(line, heap.end, "the one below is of %zu pages, not %u",
                      below, heap.top);
    for (struct link *r = heap.rings; r < heap.rings + RINGS; r++)
        if (!check_ring(line, r, &listed))
            return false;
    return listed == expected ||
           broken(line, heap.first, "%zu spans are listed, expected %zu",
                  listed, expected);
}
