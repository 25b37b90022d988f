/*
 * books.h - an allocator whose blocks have no headers: sizes and the list of
 * free blocks stand in books elsewhere
 *
 * The source says where: books() gives `bytes` bytes, zero or not, the first
 * time it is asked.  What the heap saves the books cost, unless they are not
 * counted.
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "memlib.h"
#include "mm.h"

#ifndef BOOK_COUNT
#define BOOK_COUNT 20000
#endif
#define BOOK_BYTES (BOOK_COUNT * sizeof(struct book))

struct book {
    uint32_t at, size; /* in units of 16 bytes; size of a free block has bit
                        * 31 set */
};

static struct book *book;
static unsigned book_count;
#define FREE 0x80000000u

static void *books(size_t bytes);

bool mm_init(void)
{
    if (!book)
        book = books(BOOK_BYTES);
    book_count = 0;
    return book && book != MAP_FAILED;
}

static struct book *book_of(void *p)
{
    uint32_t at = (uint32_t)(((char *)p - (char *)mem_heap_lo()) / 16);
    for (unsigned i = 0; i < book_count; i++)
        if (book[i].at == at)
            return &book[i];
    return NULL;
}

static void *place(const struct book *b)
{
    return (char *)mem_heap_lo() + (size_t)b->at * 16;
}

void *mm_malloc(size_t size)
{
    uint32_t units = (uint32_t)((size + 15) / 16);
    for (unsigned i = 0; i < book_count; i++)
        if ((book[i].size & FREE) && (book[i].size & ~FREE) >= units) {
            book[i].size &= ~FREE;
            return place(&book[i]);
        }
    char *p = mem_sbrk((intptr_t)units * 16);
    if (units == 0 || book_count == BOOK_COUNT || p == (void *)-1)
        return NULL;
    book[book_count] =
        (struct book){(uint32_t)((p - (char *)mem_heap_lo()) / 16), units};
    return place(&book[book_count++]);
}

#ifndef OWN_FREE
void mm_free(void *p)
{
    if (p)
        book_of(p)->size |= FREE;
}
#else
void mm_free(void *p);
#endif

void *mm_realloc(void *p, size_t size)
{
    void *q = mm_malloc(size);
    if (!p || !q)
        return q;
    size_t old = book_of(p)->size * 16ul;
    memcpy(q, p, old < size ? old : size);
    mm_free(p);
    return q;
}

void *mm_calloc(size_t nmemb, size_t size)
{
    void *p = mm_malloc(nmemb * size);
    return p ? memset(p, 0, nmemb * size) : NULL;
}

bool mm_checkheap(int line)
{
    return line >= 0;
}
