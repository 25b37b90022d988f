/*
 * slab.c - segregated storage: pages of blocks of one size, without headers
 *
 *     run, a page                       large block, pages
 *     +----------------------+          +----------------------+ <- a page's
 *     | header: RUN, class,  |          | header: LARGE,       |    start
 *     |  used, free, links   |          |  pages               |
 *     +----------------------+ <- ptr   +----------------------+ <- ptr
 *     | block, used          |          | payload              |
 *     +----------------------+          |                      |
 *     | next | block, free   |          |                      |
 *     +----------------------+ <- ptr   |                      |
 *     | block, used          |          |                      |
 *     |  ...           |//////          |  ...           |//////
 *     +----------------------+          +----------------------+
 *
 * Simple segregated storage (CS:APP, 9.9.14), which gives its memory back, as
 * in Bonwick, "The slab allocator" (USENIX Summer 1994): the heap is pages, and
 * spans of them tile it.  A span is FREE, a LARGE block, or a RUN, which is one
 * page cut into blocks of one class.  A block has no header of its own: the
 * last multiple of a page below it is the start of its span, and there the size
 * stands.  In a run the free blocks are chained, so a malloc takes the first
 * and a free puts it back; blocks are neither split nor merged.
 *
 * Classes are the multiples of 16 up to 240 bytes, then the 15th, 14th ... half
 * part of a page.  Runs with room stand in a ring, one for each class; of empty
 * ones it keeps the last, until pages are needed for something else; the others
 * are given back at once.  Free spans are merged, and stand in a ring for each
 * doubling of their pages; the first fit is taken.
 *
 * Invariants, which mm_checkheap checks: spans tile the heap; each knows how
 * many pages the one below has; no two free ones are neighbours; the free
 * spans, and no others, stand in the ring of their number of pages, the runs
 * with room in that of their class, at most one of them empty, the last; the
 * used blocks of a run and those of its chain are all there are.
 *
 * Costs: none a block but rounding, up to 15 bytes below 240, then up to a half
 * of what was asked for; 32 bytes a page; a page for the first block of each
 * class, so that a small heap is mostly unused; half a page for a large block,
 * and a page for one of 4 KiB.  malloc and free take constant time, but for a
 * new run, whose blocks are chained, and the search for a span.
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

/* A span begins with it, and with a page. */
struct span {
    struct link link; /* of free spans, and runs with room; else NULL */
    uint32_t pages;
    uint32_t below; /* pages of the span below, 0: none is */
    uint8_t kind;
    uint8_t class;  /* of runs, as all that follows: */
    uint16_t size;  /* of its blocks */
    uint16_t used;  /* blocks */
    uint16_t chain; /* where in the page the first free block is, 0: none */
};

#define HEADER sizeof(struct span)
#define ROOM   (PAGE - HEADER)

/* Beyond this no block could be had, and counts of pages would overflow. */
#define MAX_REQUEST ((size_t)1 << 42)

static_assert(HEADER == 32, "blocks begin at a multiple of 16");
static_assert(ALIGNMENT == 16, "so do classes");
static_assert(HEAP_LIMIT <= MAX_REQUEST, "all pages can be counted");

static inline struct span *span_at(const void *base, size_t pages)
{
    return (struct span *)((char *)base + pages * PAGE);
}

/* span_of - the payload of a large block may begin with a page, if that is its
 *     alignment: then the header is a page of its own, before it. */
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

#define SPAN_RINGS 8 /* 1, 2-3, 4-7 ... 128 pages and more */

static struct {
    struct link runs[CLASSES];     /* with room */
    struct link spans[SPAN_RINGS]; /* free */
    struct span *first, *end;      /* of the heap */
    uint32_t top;                  /* pages of the last span, 0: none is */
} heap;

static inline struct link *ring_of_span(const struct span *s)
{
    unsigned log = 31 - (unsigned)__builtin_clz(s->pages);
    return &heap.spans[log < SPAN_RINGS ? log : SPAN_RINGS - 1];
}

static inline void ring_clear(struct link *ring)
{
    ring->next = ring->prev = ring;
}

static inline bool ring_is_empty(const struct link *ring)
{
    return ring->next == ring;
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

static bool span_is_free(const struct span *s)
{
    return s != heap.end && s->kind == FREE;
}

/* span_release - give the pages of a span back. */
static void span_release(struct span *s)
{
    struct span *next = span_next(s), *below = span_at(s, -(size_t)s->below);
    if (span_is_free(next)) {
        ring_remove(next);
        span_resize(s, s->pages + (size_t)next->pages);
    }
    if (s->below && below->kind == FREE) {
        ring_remove(below);
        span_resize(below, below->pages + (size_t)s->pages);
        s = below;
    }
    s->kind = FREE;
    ring_insert(ring_of_span(s), s);
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

static bool heap_grow(size_t pages)
{
    if (mem_sbrk((intptr_t)(pages * PAGE)) == (void *)-1)
        return false;
    heap.end = span_at(heap.end, pages);
    return true;
}

/* span_at_top - a span at the top of the heap: the free one that is there, if
 *     any, which is less than what is asked for, and what it lacks. */
static struct span *span_at_top(size_t pages)
{
    struct span *s = heap.end, *last = span_at(s, -(size_t)heap.top);
    bool grows = heap.top && last->kind == FREE;
    if (!heap_grow(grows ? pages - last->pages : pages))
        return NULL;
    if (grows)
        ring_remove(s = last);
    else
        *s = (struct span){.below = heap.top};
    span_resize(s, pages);
    return s;
}

static struct span *span_find(size_t pages)
{
    struct link *ring = ring_of_span(&(struct span){.pages = (uint32_t)pages});
    for (; ring < heap.spans + SPAN_RINGS; ring++)
        for (struct link *l = ring->next; l != ring; l = l->next)
            if (((struct span *)l)->pages >= pages)
                return (struct span *)l;
    return NULL;
}

/* reap - give back the empty runs that were kept. */
static bool reap(void)
{
    bool any = false;
    for (struct link *ring = heap.runs; ring < heap.runs + CLASSES; ring++) {
        struct span *last = (struct span *)ring->prev;
        if (ring_is_empty(ring) || last->used)
            continue;
        ring_remove(last);
        span_release(last);
        any = true;
    }
    return any;
}

/* span_take - a LARGE span of that many pages, or NULL. */
static struct span *span_take(size_t pages)
{
    struct span *s = span_find(pages);
    if (!s && reap())
        s = span_find(pages);
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

/* span_extend - let a span have at least that many pages where it is. */
static bool span_extend(struct span *s, size_t pages)
{
    struct span *next = span_next(s);
    bool absorbs = span_is_free(next);
    size_t have = s->pages + (absorbs ? (size_t)next->pages : 0);
    if (have < pages) {
        if (span_at(s, have) != heap.end || !heap_grow(pages - have))
            return false;
        have = pages;
    }
    if (absorbs)
        ring_remove(next);
    span_resize(s, have);
    return true;
}

/* ---- Runs -------------------------------------------------------------- */

/* run_chain - what of a free block is in use: where the next one is, 0: it is
 *     the last. */
static inline uint16_t *run_chain(const struct span *run, size_t at)
{
    return (uint16_t *)((char *)run + at);
}

/* run_offset - where in its page the block is that ptr points into: not only to
 *     its start, if it came from mm_memalign. */
static inline size_t run_offset(const struct span *run, const void *ptr)
{
    unsigned at = (unsigned)(distance(run, ptr) - HEADER);
    return HEADER + at - at % run->size;
}

static inline size_t run_blocks(const struct span *run)
{
    return ROOM / run->size;
}

/* run_create - an empty run, in the ring of its class. */
static bool run_create(unsigned c)
{
    struct span *run = span_take(1);
    if (!run)
        return false;
    run->kind = RUN;
    run->class = (uint8_t)c;
    run->size = (uint16_t)class_size(c);
    run->used = 0;
    run->chain = HEADER;
    size_t at = HEADER;
    for (size_t left = run_blocks(run) - 1; left; left--, at += run->size)
        *run_chain(run, at) = (uint16_t)(at + run->size);
    *run_chain(run, at) = 0;
    ring_insert(&heap.runs[c], run);
    return true;
}

static void *run_take(struct span *run)
{
    uint16_t *block = run_chain(run, run->chain);
    run->chain = *block;
    run->used++;
    if (!run->chain)
        ring_remove(run);
    return block;
}

/* run_release - free a block; the run too, if it was its last and another run
 *     of the class has room. */
static void run_release(struct span *run, const void *ptr)
{
    size_t at = run_offset(run, ptr);
    if (!run->chain)
        ring_insert(&heap.runs[run->class], run);
    *run_chain(run, at) = run->chain;
    run->chain = (uint16_t)at;
    bool alone = run->link.next == run->link.prev;
    if (--run->used || alone)
        return;
    ring_remove(run);
    span_release(run);
}

/* ---- What mm.h asks for ------------------------------------------------ */

bool mm_init(void)
{
    for (unsigned c = 0; c < CLASSES; c++)
        ring_clear(&heap.runs[c]);
    for (unsigned i = 0; i < SPAN_RINGS; i++)
        ring_clear(&heap.spans[i]);
    size_t askew = -(uintptr_t)mem_sbrk(0) % PAGE;
    if (askew && mem_sbrk((intptr_t)askew) == (void *)-1)
        return false;
    heap.first = heap.end = mem_sbrk(0);
    heap.top = 0;
    return true;
}

static void *small_malloc(unsigned c)
{
    struct link *ring = &heap.runs[c];
    if (ring_is_empty(ring) && !run_create(c))
        return NULL;
    return run_take((struct span *)ring->next);
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
        run_release(s, ptr);
    else
        span_release(s);
}

size_t mm_usable_size(void *ptr)
{
    if (!ptr)
        return 0;
    const struct span *s = span_of(ptr);
    if (s->kind == RUN)
        return run_offset(s, ptr) + s->size - distance(s, ptr);
    return s->pages * PAGE - distance(s, ptr);
}

/* resize - let a block have size bytes where it is, and no more than a new one
 *     would have. */
static bool resize(void *ptr, size_t size)
{
    struct span *s = span_of(ptr);
    if (s->kind == RUN)
        return size <= mm_usable_size(ptr) && class_of(size) == s->class;
    size_t pages = pages_for(distance(s, ptr) + size);
    if (size <= SMALL || (s->pages < pages && !span_extend(s, pages)))
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

/* run_mark - say of each block of a run whether it is in the chain. */
static void run_mark(const struct span *run, bool *is_free)
{
    for (size_t at = run->chain; at; at = *run_chain(run, at))
        is_free[(at - HEADER) / run->size] = true;
}

/* The header belongs to the first block, what remains of the page to the last.
 */
static void run_walk(struct span *run, mm_visitor *visit)
{
    bool is_free[ROOM / ALIGNMENT] = {0};
    size_t count = run_blocks(run), from = 0;
    run_mark(run, is_free);
    for (size_t i = 0; i < count; i++) {
        size_t to = i + 1 < count ? HEADER + (i + 1) * run->size : PAGE;
        visit((char *)run + from, to - from, !is_free[i]);
        from = to;
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
