/*
 * lifo.c - first fit on a LIFO list of free blocks, which are merged at once
 *
 * For adversaries.  Boundary tags as in allocators/implicit.c: the first and
 * the last 8 bytes of a block hold its size and, in the last bit, whether it is
 * used; the heap is a tag, the blocks, and a tag, both marked used.
 */
#include <string.h>

#include "memlib.h"
#include "mm.h"

struct block {
    size_t tag;
    struct block *next, *prev; /* of free ones */
};

static struct block *list;

static struct block *at(struct block *b, size_t offset)
{
    return (struct block *)((char *)b + offset);
}

static size_t *tag_below(struct block *b)
{
    return (size_t *)b - 1;
}

static void mark(struct block *b, size_t size, size_t used)
{
    b->tag = size | used;
    *tag_below(at(b, size)) = size | used;
}

static void unlist(struct block *b)
{
    if (b->prev)
        b->prev->next = b->next;
    else
        list = b->next;
    if (b->next)
        b->next->prev = b->prev;
}

/* enlist - size bytes from b, and its free neighbours, are a free block. */
static void enlist(struct block *b, size_t size)
{
    struct block *above = at(b, size);
    size_t below = *tag_below(b);
    if (!(above->tag & 1)) {
        unlist(above);
        size += above->tag;
    }
    if (!(below & 1)) {
        b = (struct block *)((char *)b - below);
        unlist(b);
        size += below;
    }
    mark(b, size, 0);
    b->prev = NULL;
    b->next = list;
    if (list)
        list->prev = b;
    list = b;
}

bool mm_init(void)
{
    size_t *p = mem_sbrk(16);
    list = NULL;
    if (p == (void *)-1)
        return false;
    p[0] = p[1] = 1;
    return true;
}

static struct block *grow(size_t size)
{
    char *p = mem_sbrk((intptr_t)size);
    if (p == (void *)-1)
        return NULL;
    struct block *b = (struct block *)(p - sizeof(size_t));
    mark(b, size, 1);
    at(b, size)->tag = 1;
    return b;
}

void *mm_malloc(size_t size)
{
    if (size == 0 || size > (size_t)1 << 60)
        return NULL;
    size = (size + 31) & ~(size_t)15;
    size = size < 32 ? 32 : size;
    struct block *b = list;
    while (b && b->tag < size)
        b = b->next;
    if (!b)
        b = grow(size);
    else
        unlist(b);
    if (!b)
        return NULL;
    size_t rest = (b->tag & ~(size_t)1) - size;
    mark(b, rest < 32 ? size + rest : size, 1);
    if (rest >= 32)
        enlist(at(b, size), rest);
    return &b->next;
}

void mm_free(void *p)
{
    struct block *b = p ? (struct block *)((size_t *)p - 1) : NULL;
    if (b)
        enlist(b, b->tag & ~(size_t)1);
}

void *mm_realloc(void *p, size_t size)
{
    void *q = mm_malloc(size);
    if (p && q) {
        size_t old = (((size_t *)p)[-1] & ~(size_t)1) - 16;
        memcpy(q, p, old < size ? old : size);
    }
    if (q || size == 0)
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
