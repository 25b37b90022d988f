/* mm.c - the classic dialect beside its own headers: 8-byte alignment, no
 * calloc, a checker that returns nothing and leaves -1 where a result is */
#include "mm.h"

#include <string.h>

#include "config.h"
#include "memlib.h"

team_t team = {"team", "A", "a@b", "", ""};

static int rubbish;

void mm_checkheap(int lineno)
{
    rubbish -= lineno;
}

int mm_init(void)
{
    return mem_sbrk(ALIGNMENT) == (void *)-1 ? -1 : 0;
}

void *mm_malloc(size_t size)
{
    size_t room = (size + 2 * ALIGNMENT - 1) & ~(ALIGNMENT - 1);
    char *p = mem_sbrk(room);
    if (p == (void *)-1)
        return NULL;
    *(size_t *)p = size;
    return p + ALIGNMENT;
}

void mm_free(void *ptr)
{
    mm_checkheap(__LINE__ + (ptr != NULL));
}

void *mm_realloc(void *ptr, size_t size)
{
    void *p = size ? mm_malloc(size) : NULL;
    size_t old = ptr ? ((size_t *)ptr)[-1] : 0;
    return p ? memcpy(p, ptr, old < size ? old : size) : NULL;
}
