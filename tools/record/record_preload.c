/*
 * record_preload.c - the recorder: a shared object that LD_PRELOAD puts before
 * libc's allocator, and that logs every request on its way
 *
 * It adds no header to any block, takes no lock, calls no stdio, and makes one
 * system call in 16384 events, so the program gets the addresses that it would
 * get without it.  Memory that is asked for while libc's functions are still
 * being looked up comes from a small arena of our own and is not logged.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/record/record_live.h"

/* ---- libc's functions, and what serves until they are known ------------ */

static struct {
    void *(*malloc)(size_t);
    void (*free)(void *);
    void *(*calloc)(size_t, size_t);
    void *(*realloc)(void *, size_t);
    void *(*memalign)(size_t, size_t);
    void *(*aligned_alloc)(size_t, size_t);
    int (*posix_memalign)(void **, size_t, size_t);
    void *(*valloc)(size_t);
    void *(*pvalloc)(size_t);
    size_t (*malloc_usable_size)(void *);
} libc;

static const struct {
    void *function;
    const char *name;
} symbols[] = {
    {&libc.malloc, "malloc"},
    {&libc.free, "free"},
    {&libc.calloc, "calloc"},
    {&libc.realloc, "realloc"},
    {&libc.memalign, "memalign"},
    {&libc.aligned_alloc, "aligned_alloc"},
    {&libc.posix_memalign, "posix_memalign"},
    {&libc.valloc, "valloc"},
    {&libc.pvalloc, "pvalloc"},
    {&libc.malloc_usable_size, "malloc_usable_size"},
};

static enum { ASLEEP, RESOLVING, READY } stage;

/* ready - whether libc's functions are known; finds them at first.  That may
 *     itself ask for memory, which then comes from the cradle. */
static inline bool ready(void)
{
    if (__builtin_expect(stage == READY, 1))
        return true;
    if (stage == RESOLVING)
        return false;
    stage = RESOLVING;
    for (size_t i = 0; i < sizeof symbols / sizeof symbols[0]; i++) {
        void *found = dlsym(RTLD_NEXT, symbols[i].name);
        memcpy(symbols[i].function, &found, sizeof found);
    }
    stage = READY;
    record_attach();
    return true;
}

/* Each block of the cradle has its size before it; none is ever used again. */
static _Alignas(16) char cradle[16384];
static size_t cradle_used;

static void *cradle_alloc(size_t align, size_t size)
{
    if (align < 16)
        align = 16;
    uintptr_t base = (uintptr_t)cradle;
    uintptr_t at = (base + cradle_used + 16 + align - 1) & ~(align - 1);
    if (size > sizeof cradle || at - base > sizeof cradle - size)
        return NULL;
    cradle_used = at - base + ((size + 15) & ~(size_t)15);
    memcpy((char *)at - sizeof size, &size, sizeof size);
    return (void *)at;
}

static inline bool in_cradle(const void *ptr)
{
    return (uintptr_t)ptr - (uintptr_t)cradle < sizeof cradle;
}

static size_t cradle_size(const void *ptr)
{
    size_t size;
    memcpy(&size, (const char *)ptr - sizeof size, sizeof size);
    return size;
}

/* ---- What the program calls -------------------------------------------- */

#pragma GCC visibility push(default)

void *malloc(size_t size)
{
    if (!ready())
        return cradle_alloc(0, size);
    void *ptr = libc.malloc(size);
    record_note(RECORD_MALLOC, ptr, size);
    return ptr;
}

void free(void *ptr)
{
    if (in_cradle(ptr) || !ready())
        return;
    record_note(RECORD_FREE, ptr, 0);
    libc.free(ptr);
}

/* C23's; libcs that have them give them ways of their own into libc. */
void free_sized(void *ptr, size_t size)
{
    (void)size;
    free(ptr);
}

void free_aligned_sized(void *ptr, size_t align, size_t size)
{
    (void)align;
    (void)size;
    free(ptr);
}

/* Gone from headers since glibc 2.26, but not from old programs. */
void cfree(void *ptr)
{
    free(ptr);
}

void *calloc(size_t count, size_t size)
{
    if (!ready())
        return size && count > sizeof cradle / size
                   ? NULL
                   : cradle_alloc(0, count * size);
    void *ptr = libc.calloc(count, size);
    record_note_with(RECORD_CALLOC, ptr, size, count);
    return ptr;
}

/* realloc_from_cradle - to the program it is a realloc, to libc a malloc. */
static void *realloc_from_cradle(void *old, size_t size)
{
    void *ptr = malloc(size);
    size_t old_size = cradle_size(old);
    if (ptr)
        memcpy(ptr, old, old_size < size ? old_size : size);
    return ptr;
}

void *realloc(void *old, size_t size)
{
    if (in_cradle(old))
        return realloc_from_cradle(old, size);
    if (!ready())
        return cradle_alloc(0, size);
    if (!old) {
        void *ptr = libc.realloc(NULL, size);
        record_note(RECORD_MALLOC, ptr, size);
        return ptr;
    }
    uint64_t begin = record_note(RECORD_REALLOC_BEGIN, old, size);
    void *ptr = libc.realloc(old, size);
    record_note_with(RECORD_REALLOC_END, ptr, size, begin);
    return ptr;
}

void *reallocarray(void *old, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    return realloc(old, bytes);
}

void *memalign(size_t align, size_t size)
{
    if (!ready())
        return cradle_alloc(align, size);
    void *ptr = libc.memalign(align, size);
    record_note_with(RECORD_MEMALIGN, ptr, size, align);
    return ptr;
}

void *aligned_alloc(size_t align, size_t size)
{
    if (!ready())
        return cradle_alloc(align, size);
    void *ptr = libc.aligned_alloc(align, size);
    record_note_with(RECORD_MEMALIGN, ptr, size, align);
    return ptr;
}

int posix_memalign(void **result, size_t align, size_t size)
{
    if (!ready()) {
        *result = cradle_alloc(align, size);
        return *result ? 0 : ENOMEM;
    }
    int error = libc.posix_memalign(result, align, size);
    record_note_with(RECORD_MEMALIGN, error ? NULL : *result, size, align);
    return error;
}

static size_t page_size(void)
{
    return (size_t)sysconf(_SC_PAGESIZE);
}

void *valloc(size_t size)
{
    if (!ready())
        return cradle_alloc(page_size(), size);
    void *ptr = libc.valloc(size);
    record_note_with(RECORD_MEMALIGN, ptr, size, page_size());
    return ptr;
}

void *pvalloc(size_t size)
{
    size_t page = page_size();
    if (!ready())
        return cradle_alloc(page, size);
    void *ptr = libc.pvalloc(size);
    record_note_with(RECORD_MEMALIGN, ptr, (size + page - 1) & ~(page - 1),
                     page);
    return ptr;
}

/* Nothing is logged; but libc does not know the blocks of the cradle. */
size_t malloc_usable_size(void *ptr)
{
    if (in_cradle(ptr))
        return cradle_size(ptr);
    return ready() ? libc.malloc_usable_size(ptr) : 0;
}

#pragma GCC visibility pop
