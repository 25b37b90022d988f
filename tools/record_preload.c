/*
 * record_preload.c - the recorder: a shared object that LD_PRELOAD puts before
 * libc's allocator, and that logs every request to the file of record.h
 *
 * It adds no header to any block, takes no lock, calls no stdio, and makes one
 * system call in 8192 events, so the program gets the addresses that it would
 * get without it.  Children are not recorded: a forked one finds the page
 * `live' wiped by the kernel, an executed one an environment without us.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "record.h"

/* ---- The log ----------------------------------------------------------- */

struct live {
    struct record_header *log; /* NULL: not recording */
    struct record_event *events;
    _Atomic uint64_t capacity;
};

static struct live asleep;
static struct live *live = &asleep;

/* Pages of the log are made ready so many events ahead, 256 KiB at a time:
 * faulting them in one by one cost cc1 24% of its time, this costs it 9%. */
#define BATCH 8192

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23 /* Linux 5.14; older ones fault */
#endif

/* populate - make the pages of a batch ready.  Where there is no room for
 *     them the log ends: writing there would be the end of the program. */
static void populate(struct live *l, uint64_t first)
{
    int saved = errno;
    if (first + BATCH <= l->capacity &&
        madvise((char *)&l->events[first], BATCH * sizeof *l->events,
                MADV_POPULATE_WRITE) != 0 &&
        (errno == EFAULT || errno == ENOMEM))
        l->capacity = l->log->capacity = first;
    errno = saved;
}

/* note - log an event.  Returns its number. */
static inline uint64_t note(enum record_kind kind, const void *address,
                            uint64_t arg, uint64_t size)
{
    struct live *l = live;
    if (!l->log)
        return 0;
    uint64_t i =
        atomic_fetch_add_explicit(&l->log->count, 1, memory_order_relaxed);
    if (i >= l->capacity)
        return i;
    if (i % BATCH == 0)
        populate(l, i + BATCH);
    struct record_event *event = &l->events[i];
    event->address = (uintptr_t)address;
    event->arg = arg;
    event->size = size;
    atomic_store_explicit(&event->kind, kind, memory_order_release);
    return i;
}

static void stop(void)
{
    live = &asleep;
}

/* map_log - as much of the log as the program's limits allow. */
static struct record_header *map_log(int fd, uint64_t *capacity)
{
    struct record_header *log =
        mmap(NULL, RECORD_EVENTS_AT, PROT_READ, MAP_SHARED, fd, 0);
    if (log == MAP_FAILED)
        return NULL;
    uint64_t room = log->magic == RECORD_MAGIC ? log->capacity : 0;
    munmap(log, RECORD_EVENTS_AT);
    for (; room; room /= 2) {
        size_t bytes = RECORD_EVENTS_AT + room * sizeof(struct record_event);
        log = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (log == MAP_FAILED)
            continue;
        madvise(log, bytes, MADV_DONTDUMP);
        *capacity = log->capacity = room;
        return log;
    }
    return NULL;
}

/* wake - record from now on, in this process and no other. */
static void wake(int fd)
{
    uint64_t capacity;
    struct record_header *log = map_log(fd, &capacity);
    struct live *page = mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (!log || page == MAP_FAILED)
        return;
    if (madvise(page, sizeof *page, MADV_WIPEONFORK) != 0)
        pthread_atfork(NULL, NULL, stop); /* before Linux 4.14 */
    page->log = log;
    page->events = (struct record_event *)((char *)log + RECORD_EVENTS_AT);
    page->capacity = capacity;
    populate(page, 0);
    live = page;
    atomic_store(&log->attached, 1);
}

/* ---- The environment --------------------------------------------------- */

/* Not getenv and unsetenv: bash, for one, has its own in the place of libc's,
 * and they do not work before its main. */

static char **find_variable(const char *name)
{
    size_t length = strlen(name);
    for (char **entry = environ; *entry; entry++)
        if (!strncmp(*entry, name, length) && (*entry)[length] == '=')
            return entry;
    return NULL;
}

static void remove_variable(char **entry)
{
    do
        entry[0] = entry[1];
    while (*entry++);
}

static int small_number(const char *digits)
{
    int n = 0;
    while (*digits >= '0' && *digits <= '9' && n < 1000000)
        n = 10 * n + (*digits++ - '0');
    return n;
}

/* remove_ourselves - LD_PRELOAD as it was before rep put us at its head. */
static void remove_ourselves(void)
{
    char **entry = find_variable("LD_PRELOAD");
    if (!entry)
        return;
    char *ours = strchr(*entry, '=') + 1;
    char *rest = strchr(ours, ':');
    size_t prefix = strlen(RECORD_BY_FD);
    if (!strncmp(ours, RECORD_BY_FD, prefix))
        close(small_number(ours + prefix));
    if (rest)
        memmove(ours, rest + 1, strlen(rest));
    else
        remove_variable(entry);
}

/* attach - find the log and start; once, and as soon as there is an
 *     environment: the first requests come before libc has set it. */
__attribute__((constructor)) static void attach(void)
{
    static bool done;
    if (done || !environ)
        return;
    done = true;
    char **entry = find_variable(RECORD_FD_VARIABLE);
    if (!entry)
        return;
    int fd = small_number(strchr(*entry, '=') + 1);
    remove_variable(entry);
    remove_ourselves();
    int saved = errno;
    wake(fd);
    close(fd);
    errno = saved;
}

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
    attach();
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

void *malloc(size_t size)
{
    if (!ready())
        return cradle_alloc(0, size);
    void *ptr = libc.malloc(size);
    note(RECORD_MALLOC, ptr, 0, size);
    return ptr;
}

void free(void *ptr)
{
    if (in_cradle(ptr) || !ready())
        return;
    note(RECORD_FREE, ptr, 0, 0);
    libc.free(ptr);
}

void *calloc(size_t count, size_t size)
{
    if (!ready())
        return size && count > sizeof cradle / size
                   ? NULL
                   : cradle_alloc(0, count * size);
    void *ptr = libc.calloc(count, size);
    note(RECORD_CALLOC, ptr, count, size);
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
        note(RECORD_MALLOC, ptr, 0, size);
        return ptr;
    }
    uint64_t begin = note(RECORD_REALLOC_BEGIN, old, 0, size);
    void *ptr = libc.realloc(old, size);
    note(RECORD_REALLOC_END, ptr, begin, size);
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
    note(RECORD_MEMALIGN, ptr, align, size);
    return ptr;
}

void *aligned_alloc(size_t align, size_t size)
{
    if (!ready())
        return cradle_alloc(align, size);
    void *ptr = libc.aligned_alloc(align, size);
    note(RECORD_MEMALIGN, ptr, align, size);
    return ptr;
}

int posix_memalign(void **result, size_t align, size_t size)
{
    if (!ready()) {
        *result = cradle_alloc(align, size);
        return *result ? 0 : ENOMEM;
    }
    int error = libc.posix_memalign(result, align, size);
    note(RECORD_MEMALIGN, error ? NULL : *result, align, size);
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
    note(RECORD_MEMALIGN, ptr, page_size(), size);
    return ptr;
}

void *pvalloc(size_t size)
{
    size_t page = page_size();
    if (!ready())
        return cradle_alloc(page, size);
    void *ptr = libc.pvalloc(size);
    note(RECORD_MEMALIGN, ptr, page, (size + page - 1) & ~(page - 1));
    return ptr;
}
