/* mm.c - warns at every other line, defines variables in a header that it
 * includes twice, and prints */
#include "blocks.h"
#include "blocks.h"
#include "more.c"

#include <stdio.h>
#include <string.h>

#include "memlib.h"
#include "mm.h"

bool mm_init()
{
    int unused;
    char *text = "mm_init\n";
    printf(text);
    last_block = 0;
    block_count = 0;
    return true;
}

void *mm_malloc(size_t size)
{
    last_block = mem_sbrk((size + 31) & ~15UL);
    block_count++;
    printf("block %d of %zu\n", blocks_so_far(), size);
    *(size_t *)last_block = size;
    return last_block + 16;
}

void mm_free(void *p)
{
}

void *mm_realloc(void *p, size_t size)
{
    void *q = size ? mm_malloc(size) : NULL;
    size_t old = p ? ((size_t *)p)[-2] : 0;
    return q ? memcpy(q, p, old < size ? old : size) : NULL;
}

void *mm_calloc(size_t nmemb, size_t size)
{
    return memset(mm_malloc(nmemb * size), 0, nmemb * size);
}

bool mm_checkheap(int line)
{
    return true;
}
