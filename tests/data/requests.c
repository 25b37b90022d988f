/*
 * requests.c - a program that always makes the same requests
 *
 * Every importer is held against the recorder on it.  Its requests stand
 * between a malloc and a free of MARK bytes; what the loader, libc and the
 * tools do is before and after.
 */
#include <malloc.h>
#include <mcheck.h>
#include <stdint.h>
#include <stdlib.h>

#define MARK   424243
#define BLOCKS 64

static void *blocks[BLOCKS];

static uint32_t below(uint32_t n)
{
    static uint32_t state = 1;
    state = state * 1664525 + 1013904223;
    return (state >> 16) % n;
}

/* take - a block by one of the functions that give one. */
static void *take(uint32_t how, size_t size)
{
    void *aligned = NULL;
    switch (how) {
    case 0:
        return calloc(1 + below(9), size);
    case 1:
        return memalign(64, size);
    case 2:
        return posix_memalign(&aligned, 128, size) ? NULL : aligned;
    case 3:
        return aligned_alloc(256, size / 256 * 256 + 256);
    case 4:
        return realloc(NULL, size);
    default:
        return malloc(size);
    }
}

static void one_request(void)
{
    uint32_t i = below(BLOCKS);
    size_t size = below(8) ? 1 + below(500) : 1 + below(50000);
    if (!blocks[i]) {
        blocks[i] = take(below(12), size);
    } else if (below(3)) {
        free(blocks[i]);
        blocks[i] = NULL;
    } else {
        blocks[i] = realloc(blocks[i], size);
    }
}

int main(void)
{
    mtrace(); /* does nothing but where MALLOC_TRACE is set */
    void *volatile mark = malloc(MARK);
    for (int i = 0; i < 4000; i++)
        one_request();
    void *kept = malloc(10);
    free(NULL);
    if (!realloc(kept, SIZE_MAX / 4))
        free(malloc(SIZE_MAX / 4));
    free(realloc(malloc(20), 0));
    free(malloc(0));
    for (int i = 0; i < BLOCKS; i++)
        free(blocks[i]);
    free(kept);
    free(mark);
    return 0;
}
