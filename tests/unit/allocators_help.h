/*
 * allocators_help.h - what the tests of the allocators of the house share
 *
 * Each is loaded as the driver does it: memlib's functions are exported by the
 * test program.
 */
#ifndef ALLOCATORS_HELP_H
#define ALLOCATORS_HELP_H

#include <dlfcn.h>
#include <libgen.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "config.h"
#include "memlib.h"
#include "mm.h"
#include "tests/check.h"

/* random_bits, random_below, random_unit - the same in every run (xorshift:
 * Marsaglia, 2003); below n, and in [0, 1). */
static inline uint64_t random_bits(void)
{
    static uint64_t x = 88172645463325252;
    x ^= x << 13;
    x ^= x >> 7;
    return x ^= x << 17;
}

static inline size_t random_below(size_t n)
{
    return (random_bits() >> 16) % n;
}

static inline double random_unit(void)
{
    return (double)(random_bits() >> 11) * 0x1p-53;
}

#define UNUSED __attribute__((unused))

/* Where an allocator differs from the others by design. */
struct traits {
    const char *name;
    bool forgets;  /* freed memory is not used again */
    bool cramped;  /* half of the address space may be no place for a block */
    bool collects; /* free is ignored; without roots, so is garbage */
    bool moves;    /* realloc of the topmost block may move it */
    bool parts;    /* freed blocks may wait, and part what is free */
    unsigned rounding; /* a block may be larger than what was asked for by so
                        * many per cent of it, and 32 bytes */
    size_t step;       /* the heap grows by so many bytes at a time, at most */
};

static const struct traits all_traits[] = {
    {"mm", .parts = true},
    {"naive", .forgets = true},
    {"gc", .forgets = true, .collects = true, .moves = true},
    {"implicit", .moves = true},
    {"implicit-next", .moves = true},
    {"implicit-best", .moves = true},
    {"implicit-nocoalesce", .moves = true},
    {"explicit", .moves = true},
    {"explicit-address", .moves = true},
    {"explicit-best", .moves = true},
    {"explicit-address-best", .moves = true},
    {"segregated", .moves = true},
    {"slab", .moves = true, .step = 4096},
    {"buddy", .moves = true, .rounding = 100, .step = 8192},
    {"tags", .step = 512},
    {"buddy-fibonacci", .cramped = true, .moves = true, .rounding = 67,
     .step = 8192},
};

static struct {
    const char *name; /* "mm" */
    struct traits traits;
    bool (*init)(void);
    void *(*malloc)(size_t);
    void (*free)(void *);
    void *(*realloc)(void *, size_t);
    void *(*calloc)(size_t, size_t);
    bool (*checkheap)(int);
    void *(*memalign)(size_t, size_t);
    size_t (*usable_size)(void *);
    void (*walk)(mm_visitor *);
} mm;

/* label - "mm: what", valid until the next call. */
static const char *label(const char *what)
{
    static char text[160];
    snprintf(text, sizeof text, "%s: %s", mm.name, what);
    return text;
}

static bool expect(bool good, const char *what)
{
    return check(good, label(what), "it is not so");
}

static bool fresh_heap(void)
{
    mem_reset_brk();
    mem_fail_at(0, false);
    return mm.init();
}

/* ---- What is said on stderr -------------------------------------------- */

static int stderr_kept = -1;
static FILE *stderr_caught;

UNUSED static void stderr_catch(void)
{
    stderr_caught = tmpfile();
    stderr_kept = dup(STDERR_FILENO);
    dup2(fileno(stderr_caught), STDERR_FILENO);
}

/* The first line that was said since then, without its end. */
UNUSED static const char *stderr_release(void)
{
    static char line[256];
    dup2(stderr_kept, STDERR_FILENO);
    close(stderr_kept);
    rewind(stderr_caught);
    if (!fgets(line, sizeof line, stderr_caught))
        line[0] = '\0';
    line[strcspn(line, "\n")] = '\0';
    fclose(stderr_caught);
    return line;
}

/* valgrind keeps books on each page of a block, touched or not: gigabytes. */
UNUSED static bool under_valgrind(void)
{
    const char *preloaded = getenv("LD_PRELOAD");
    return preloaded && strstr(preloaded, "vgpreload");
}

/* ---- Blocks whose bytes are known -------------------------------------- */

struct slot {
    unsigned char *p;
    size_t size;
    unsigned char key;
};

UNUSED static void slot_fill(struct slot *s, void *p, size_t size)
{
    static unsigned char key;
    *s = (struct slot){p, size, key += 7};
    for (size_t i = 0; i < size; i++)
        s->p[i] = (unsigned char)(s->key + i * 31);
}

/* Whether its first bytes, now at p, are as they were filled. */
UNUSED static bool slot_intact(const struct slot *s, const unsigned char *p,
                               size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        if (p[i] != (unsigned char)(s->key + i * 31))
            return false;
    return true;
}

UNUSED static bool all_zero(const unsigned char *p, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        if (p[i])
            return false;
    return true;
}

UNUSED static bool inside_heap(const unsigned char *p, size_t size)
{
    const unsigned char *lo = mem_heap_lo();
    return p >= lo && size <= mem_heapsize() &&
           (size_t)(p - lo) <= mem_heapsize() - size;
}

/* ---- Loading ----------------------------------------------------------- */

/* find - store the address of a function; ISO C has no cast for it. */
static bool find(void *object, const char *name, void *function)
{
    void *symbol = dlsym(object, name);
    memcpy(function, &symbol, sizeof symbol);
    return symbol != NULL;
}

UNUSED static bool load(char *path)
{
    static char name[64];
    void *object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!check(object != NULL, path, "%s", object ? "" : dlerror()))
        return false;
    snprintf(name, sizeof name, "%s", basename(path));
    name[strcspn(name, ".")] = '\0';
    mm.name = name;
    mm.traits = (struct traits){0};
    for (size_t i = 0; i < sizeof all_traits / sizeof *all_traits; i++)
        if (strcmp(name, all_traits[i].name) == 0)
            mm.traits = all_traits[i];
    find(object, "mm_memalign", &mm.memalign);
    find(object, "mm_walk", &mm.walk);
    return expect(find(object, "mm_init", &mm.init) &&
                      find(object, "mm_malloc", &mm.malloc) &&
                      find(object, "mm_free", &mm.free) &&
                      find(object, "mm_realloc", &mm.realloc) &&
                      find(object, "mm_calloc", &mm.calloc) &&
                      find(object, "mm_checkheap", &mm.checkheap) &&
                      find(object, "mm_usable_size", &mm.usable_size),
                  "defines what is needed");
}

#endif
