/*
 * no_memory.c - a libc that has no memory from the NO_MEMORY_AT-th request on,
 *     or, with NO_MEMORY_ONCE, at that one alone; loaded before the real one
 */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);

static bool refuse(void)
{
    static long requests, at = -1;
    if (at < 0) {
        const char *text = getenv("NO_MEMORY_AT");
        at = text ? atol(text) : 0;
    }
    if (!at || ++requests < at || (requests > at && getenv("NO_MEMORY_ONCE")))
        return false;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size)
{
    return refuse() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return refuse() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *block, size_t size)
{
    return refuse() ? NULL : __libc_realloc(block, size);
}

void *reallocarray(void *block, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        return NULL;
    return realloc(block, bytes);
}
