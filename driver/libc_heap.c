/*
 * libc_heap.c - how much memory libc's own allocator has taken
 */
#define _DEFAULT_SOURCE
#include "driver/libc_heap.h"

#include <stdlib.h>
#include <unistd.h>

#if defined __GLIBC__ && __GLIBC_PREREQ(2, 33)
#include <malloc.h>

/* glibc maps a block of its own for no request below this (its
 * DEFAULT_MMAP_THRESHOLD_MIN), so mallinfo2, which walks every free list, is
 * needed for larger ones only. */
#define MAPPED_FROM (128 << 10)

static char *first_break, *last_break;
static size_t free_at_first, mapped_at_first, mapped;

/* Take, for good, every block that this process left free, or requests would
 * be served from those: a short trace would need no heap at all. */
static void use_up_free_blocks(void)
{
    void *volatile block;
    for (size_t size = 64 << 10; size >= 16; size /= 2) {
        malloc_trim(0);
        /* Another malloc in its place may never move the break. */
        size_t most = mallinfo2().fordblks / size + 1;
        for (const void *before = sbrk(0); most-- > 0 && sbrk(0) == before;)
            if (!(block = malloc(size)))
                return;
    }
    (void)block;
    malloc_trim(0);
}

/* When glibc frees a block that it had mapped, it takes the size for its new
 * threshold of mapping, up to 32 MiB, and twice that for the one of trimming.
 */
void libc_heap_settle(void)
{
    use_up_free_blocks();
    void *volatile block = malloc((32 << 20) - (64 << 10));
    free(block);
}

void libc_heap_range(char **lo, char **hi)
{
    *hi = sbrk(0);
    *lo = *hi - mallinfo2().arena;
}

size_t libc_heap_in_use(void)
{
    return mallinfo2().uordblks;
}

bool libc_heap_begin(void)
{
    use_up_free_blocks();
    struct mallinfo2 info = mallinfo2();
    first_break = last_break = sbrk(0);
    free_at_first = info.fordblks;
    mapped_at_first = mapped = info.hblkhd;
    return info.arena > 0;
}

size_t libc_heap_bytes(uint64_t asked)
{
    char *now = sbrk(0);
    if (asked >= MAPPED_FROM || now != last_break)
        mapped = mallinfo2().hblkhd;
    last_break = now;
    return (size_t)(now - first_break) + free_at_first + mapped -
           mapped_at_first;
}

#else

void libc_heap_settle(void)
{
}

void libc_heap_range(char **lo, char **hi)
{
    *lo = *hi = sbrk(0);
}

size_t libc_heap_in_use(void)
{
    return 0;
}

bool libc_heap_begin(void)
{
    return false;
}

size_t libc_heap_bytes(uint64_t asked)
{
    (void)asked;
    return 0;
}

#endif
