/*
 * fails_malloc.c - preloaded: memory runs out at the FAIL_AT-th request
 *
 * That request and all after it fail, in the process that was started and in
 * none of its children.  When the first one fails the file FAIL_TOLD comes to
 * be.  libc's own requests count like any other.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);

static long left = -1; /* requests that are served; -1: all of them */
static const char *told;
static pid_t self;

__attribute__((constructor)) static void begin(void)
{
    const char *at = getenv("FAIL_AT");
    told = getenv("FAIL_TOLD");
    unsetenv("LD_PRELOAD");
    self = getpid();
    left = at ? atol(at) - 1 : -1;
}

/* From here on all are served: for a program that counts what it runs. */
void fails_malloc_no_more(void);
void fails_malloc_no_more(void)
{
    left = -1;
}

static bool fails(void)
{
    if (left < 0 || getpid() != self)
        return false;
    if (left > 0) {
        left--;
        return false;
    }
    if (told)
        close(open(told, O_CREAT | O_WRONLY, 0600));
    told = NULL;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    return fails() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t size)
{
    return fails() ? NULL : __libc_realloc(p, size);
}
