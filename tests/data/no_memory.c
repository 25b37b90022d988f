/*
 * no_memory.c - a libc that has no memory from the NO_MEMORY_AT-th request on,
 *     or, with NO_MEMORY_ONCE, at that one alone; loaded before the real one
 *
 * With NO_MEMORY_TOLD only the process that was started lacks memory, and none
 * of its children; that file comes to be when it does.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);

static const char *told;
static pid_t self;
static bool no_more;

__attribute__((constructor)) static void begin(void)
{
    told = getenv("NO_MEMORY_TOLD");
    self = getpid();
    if (told)
        unsetenv("LD_PRELOAD");
}

/* no_memory_no_more - from here on there is memory: for a program that, as it
 *     ends, writes down what was run. */
void no_memory_no_more(void);
void no_memory_no_more(void)
{
    no_more = true;
}

static void tell(void)
{
    static bool done;
    if (told && !done)
        close(open(told, O_CREAT | O_WRONLY, 0600));
    done = true;
}

static bool refuse(void)
{
    static long requests, at = -1;
    if (at < 0) {
        const char *text = getenv("NO_MEMORY_AT");
        at = text ? atol(text) : 0;
    }
    if (!at || no_more || (told && getpid() != self) || ++requests < at ||
        (requests > at && getenv("NO_MEMORY_ONCE")))
        return false;
    tell();
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
