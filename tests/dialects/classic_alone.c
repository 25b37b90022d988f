/* classic_alone.c - the classic dialect without its headers, with pointers
 * kept in unsigned int, as on a machine of 32 bits */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "memlib.h"
#include "mm.h"

team_t team = {"alone", "A", "a@b", "", ""};

#define GET(p)      (*(unsigned int *)(p))
#define PUT(p, val) (*(unsigned int *)(p) = (unsigned int)(val))

static unsigned int first_free; /* a pointer, in 32 bits */

int mm_init(void)
{
    first_free = 0;
    return mem_sbrk(8) == (void *)-1 ? -1 : 0;
}

void *mm_malloc(size_t size)
{
    unsigned int *link = &first_free;
    unsigned int p;
    size = (size + 7) / 8 * 8;
    for (; (p = *link); link = (unsigned int *)(unsigned long)p)
        if (GET((unsigned long)p - 8) >= size) {
            *link = GET((unsigned long)p);
            return (void *)(unsigned long)p;
        }
    char *new = mem_sbrk(8 + size);
    if ((long)new == -1)
        return NULL;
    PUT(new, size);
    return new + 8;
}

void mm_free(void *ptr)
{
    if (!ptr)
        return;
    PUT(ptr, first_free);
    first_free = (unsigned int)(unsigned long)ptr;
}

void *mm_realloc(void *ptr, size_t size)
{
    if (!size) {
        mm_free(ptr);
        return NULL;
    }
    void *p = mm_malloc(size);
    if (p && ptr) {
        size_t old = GET((char *)ptr - 8);
        memcpy(p, ptr, old < size ? old : size);
        mm_free(ptr);
    }
    return p;
}
