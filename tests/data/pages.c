/*
 * pages.c - segregated storage: pages of blocks of one size, without headers
 *
 * For adversaries: sizes in steps of 32 bytes up to 1024, pages of 4096 bytes
 * that never serve another size; larger blocks are used once.  The first 32
 * bytes of a page tell its size.
 */
#include <stdint.h>
#include <string.h>

#include "memlib.h"
#include "mm.h"

#define PAGE  4096
#define STEP  32
#define SIZES (1024 / STEP)

struct slot {
    struct slot *next;
};

static struct slot *lists[SIZES + 1];

bool mm_init(void)
{
    memset(lists, 0, sizeof lists);
    uintptr_t bottom = (uintptr_t)mem_heap_lo();
    return mem_sbrk((intptr_t)(-bottom % PAGE)) != (void *)-1;
}

/* add_pages - as many as there must be for that many bytes and their size. */
static char *add_pages(size_t bytes, size_t size)
{
    char *page = mem_sbrk((intptr_t)((bytes + STEP + PAGE - 1) / PAGE * PAGE));
    if (page == (void *)-1)
        return NULL;
    *(size_t *)page = size;
    return page + STEP;
}

static void cut_page(size_t i)
{
    char *slots = add_pages(PAGE - STEP, i * STEP);
    size_t n = slots ? (PAGE - STEP) / (i * STEP) : 0;
    while (n--) {
        struct slot *s = (struct slot *)(slots + n * i * STEP);
        s->next = lists[i];
        lists[i] = s;
    }
}

void *mm_malloc(size_t size)
{
    size_t i = (size + STEP - 1) / STEP;
    if (size == 0 || size > (size_t)1 << 60)
        return NULL;
    if (i > SIZES)
        return add_pages(size, size);
    if (!lists[i])
        cut_page(i);
    struct slot *s = lists[i];
    if (s)
        lists[i] = s->next;
    return s;
}

static size_t size_of(void *p)
{
    return *(size_t *)((uintptr_t)p & ~(uintptr_t)(PAGE - 1));
}

void mm_free(void *p)
{
    if (!p || size_of(p) > SIZES * STEP)
        return;
    struct slot *s = p;
    s->next = lists[size_of(p) / STEP];
    lists[size_of(p) / STEP] = s;
}

void *mm_realloc(void *p, size_t size)
{
    void *q = mm_malloc(size);
    if (p && q)
        memcpy(q, p, size < size_of(p) ? size : size_of(p));
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
