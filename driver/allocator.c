/*
 * allocator.c - an allocator as a table of functions
 */
#define _GNU_SOURCE
#include "driver/allocator.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "driver/compile.h"
#include "driver/confine.h"
#include "driver/elf.h"
#include "driver/libc_heap.h"
#include "driver/peer.h"
#include "driver/place.h"
#include "memlib.h"

/* ---- Where things are -------------------------------------------------- */

/* Beside the program in the tree it was built in, or where `make install` puts
 * things; the headers, for a program in build/debug, two floors up. */
static const char *const object_dirs[] = {"build/allocators",
                                          "../lib/mdriver/allocators", NULL};
static const char *const header_dirs[] = {".", "../..", "../include/mdriver",
                                          NULL};

static bool ends_with(const char *s, const char *end)
{
    size_t n = strlen(s), m = strlen(end);
    return n > m && strcmp(s + n - m, end) == 0;
}

static int is_object(const struct dirent *entry)
{
    return ends_with(entry->d_name, ".so");
}

static void free_names(char **names)
{
    for (size_t i = 0; names && names[i]; i++)
        free(names[i]);
    free(names);
}

/* The names of the objects found, which are freed. */
static char **take_names(struct dirent **found, size_t count)
{
    char **names = calloc(count + 1, sizeof *names);
    bool good = names;
    for (size_t i = 0; i < count; i++) {
        size_t stem = strlen(found[i]->d_name) - strlen(".so");
        good = good && (names[i] = strndup(found[i]->d_name, stem));
        free(found[i]);
    }
    free(found);
    if (good)
        return names;
    free_names(names);
    return NULL;
}

char **allocator_names(void)
{
    struct dirent **found = NULL;
    errno = 0;
    char *dir = place_find(object_dirs, "");
    int n = dir ? scandir(dir, &found, is_object, alphasort) : 0;
    bool good = (dir && n >= 0) || errno != ENOMEM;
    free(dir);
    return good ? take_names(found, n > 0 ? (size_t)n : 0) : NULL;
}

bool allocator_list(FILE *out)
{
    char **names = allocator_names();
    if (!names)
        return false;
    for (size_t i = 0; names[i]; i++)
        fprintf(out, "%s\n", names[i]);
    fprintf(out, "libc\n");
    free_names(names);
    return true;
}

/* ---- Finding ----------------------------------------------------------- */

static bool fail(char **error, char *why)
{
    *error = why;
    return false;
}

__attribute__((format(printf, 1, 2))) static char *message(const char *fmt, ...)
{
    char *s;
    va_list args;
    va_start(args, fmt);
    if (vasprintf(&s, fmt, args) < 0)
        s = NULL;
    va_end(args);
    return s;
}

/* Without these there is nothing to run. */
static const char *missing_function(const struct elf_object *e)
{
    static const char *const needed[] = {"mm_init", "mm_malloc", "mm_free",
                                         "mm_realloc"};
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (!elf_defines(e, needed[i]))
            return needed[i];
    return NULL;
}

/* Read off the object in path what can be; its dialect is known for a source
 * only, and guessed from the team structure else. */
static bool inspect(struct allocator *a, const char *path, bool dialect_known,
                    char **error)
{
    struct elf_object *e = elf_open(path, error);
    if (!e)
        return false;
    const char *missing = missing_function(e);
    if (missing)
        *error = message("%s: expected %s to be defined, found nothing of "
                         "that name",
                         a->name, missing);
    if (!dialect_known) {
        a->classic = a->sbrk_takes_int = elf_defines(e, "team");
        a->checker_answers = !a->classic;
    }
    a->has_memalign = elf_defines(e, "mm_memalign");
    a->has_walk = !a->classic && elf_defines(e, "mm_walk");
    a->has_usable_size = !a->classic && elf_defines(e, "mm_usable_size");
    a->collects = !a->classic && elf_defines(e, "mm_roots");
    a->static_bytes = elf_static_bytes(e);
    a->mapped_bytes = elf_mapped_bytes(e, false);
    a->writable_bytes = elf_mapped_bytes(e, true);
    a->thread_bytes = elf_thread_bytes(e);
    elf_close(e);
    return !missing;
}

static bool find_source(struct allocator *a, char **error)
{
    struct compiled c;
    char *home = place_find(header_dirs, "mm.h");
    if (!home)
        return fail(error, message("%s: expected mm.h beside mdriver or in "
                                   "../include/mdriver, found none",
                                   a->name));
    bool good = compile_source(&c, a->name, home, error);
    free(home);
    if (!good)
        return false;
    a->object = c.object;
    a->scratch = c.scratch;
    a->classic = c.classic;
    a->sbrk_takes_int = c.sbrk_takes_int;
    a->checker_answers = c.checker_answers;
    return inspect(a, a->object, true, error);
}

/* Whether the object has a malloc of its own, and none for our heap. */
static bool is_peer(const char *path)
{
    char *error = NULL;
    struct elf_object *e = elf_open(path, &error);
    bool is = e && elf_defines(e, "malloc") && !elf_defines(e, "mm_malloc");
    free(error);
    if (e)
        elf_close(e);
    return is;
}

static bool inspect_peer(struct allocator *a, char **error)
{
    struct elf_object *e = elf_open(a->object, error);
    if (!e)
        return false;
    const char *missing = peer_missing(e);
    if (missing)
        *error = message("%s: expected %s to be defined, found nothing of "
                         "that name",
                         a->name, missing);
    a->kind = ALLOCATOR_PEER;
    a->has_memalign = elf_defines(e, "memalign");
    elf_close(e);
    return !missing;
}

static bool find_object(struct allocator *a, char **error)
{
    a->object = realpath(a->name, NULL);
    if (!a->object)
        return fail(error, message("%s: %s", a->name, strerror(errno)));
    if (is_peer(a->object))
        return inspect_peer(a, error);
    return inspect(a, a->name, false, error); /* messages name it so */
}

/* What is no file here: the dynamic linker may know it. */
static bool find_library(struct allocator *a, char **error)
{
    a->object = peer_locate(a->name, error);
    return a->object && inspect_peer(a, error);
}

/* "libjemalloc.so.2" */
static bool names_library(const char *spec)
{
    const char *so = strstr(spec, ".so");
    return so && (so[3] == '\0' || so[3] == '.') && !strchr(spec, '/') &&
           access(spec, F_OK) != 0;
}

/* One of the house: its object stands in the directory that --list shows. */
static bool find_named(struct allocator *a, char **error)
{
    char *dir = place_find(object_dirs, "");
    a->object = dir ? message("%s/%s.so", dir, a->name) : NULL;
    free(dir);
    if (!a->object || strchr(a->name, '/') || access(a->object, R_OK) != 0)
        return fail(error,
                    message("%s: expected a name that --list prints, a .c "
                            "file or a .so file",
                            a->name));
    return inspect(a, a->object, false, error);
}

bool allocator_find(struct allocator *a, const char *spec, char **error)
{
    *a = (struct allocator){.kind = ALLOCATOR_OBJECT, .name = strdup(spec)};
    *error = NULL;
    bool good;
    if (strcmp(spec, "libc") == 0) {
        a->kind = ALLOCATOR_LIBC;
        a->has_memalign = true;
        good = true;
    } else if (ends_with(spec, ".c"))
        good = find_source(a, error);
    else if (names_library(spec))
        good = find_library(a, error);
    else if (ends_with(spec, ".so") || strstr(spec, ".so."))
        good = find_object(a, error);
    else
        good = find_named(a, error);
    if (!good)
        allocator_release(a);
    return good;
}

struct allocator allocator_noop(void)
{
    return (struct allocator){.kind = ALLOCATOR_NOOP, .name = strdup("no-op")};
}

void allocator_release(struct allocator *a)
{
    if (a->scratch)
        compile_remove(a->scratch);
    free(a->scratch);
    free(a->object);
    free(a->name);
    *a = (struct allocator){0};
}

/* ---- Loading, in the child --------------------------------------------- */

/* The functions of the one allocator that this process runs, where they need a
 * step in between. */
static struct {
    int (*init)(void);
    void *(*malloc)(size_t);
    void (*checkheap)(int);
} foreign;

static bool init_classic(void)
{
    return foreign.init() >= 0;
}

/* A checker that declares no result leaves garbage where one would be. */
static bool check_without_answer(int line)
{
    foreign.checkheap(line);
    return true;
}

static void *memalign_by_malloc(size_t align, size_t size)
{
    (void)align;
    return foreign.malloc(size);
}

static void *calloc_by_malloc(size_t nmemb, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(nmemb, size, &bytes))
        return NULL;
    void *p = foreign.malloc(bytes);
    return p ? memset(p, 0, bytes) : NULL;
}

static size_t simulated_heap_bytes(uint64_t asked)
{
    (void)asked;
    return mem_heapsize();
}

static bool always(void)
{
    return true;
}

static void load_functions(const struct allocator *a, void *object,
                           struct allocator_calls *calls)
{
    *(void **)&calls->init = dlsym(object, "mm_init");
    *(void **)&calls->malloc = dlsym(object, "mm_malloc");
    *(void **)&calls->free = dlsym(object, "mm_free");
    *(void **)&calls->realloc = dlsym(object, "mm_realloc");
    *(void **)&calls->calloc = dlsym(object, "mm_calloc");
    *(void **)&calls->memalign = dlsym(object, "mm_memalign");
    *(void **)&calls->checkheap = dlsym(object, "mm_checkheap");
    if (a->has_usable_size)
        *(void **)&calls->usable_size = dlsym(object, "mm_usable_size");
    if (a->has_walk)
        *(void **)&calls->walk = dlsym(object, "mm_walk");
    if (a->collects)
        *(void **)&calls->roots = dlsym(object, "mm_roots");
    calls->heap_bytes = simulated_heap_bytes;
    foreign.malloc = calls->malloc;
    if (!calls->memalign)
        calls->memalign = memalign_by_malloc;
    if (!calls->calloc)
        calls->calloc = calloc_by_malloc;
    if (a->classic) {
        *(void **)&foreign.init = *(void **)&calls->init;
        calls->init = init_classic;
    }
    if (calls->checkheap && !a->checker_answers) {
        *(void **)&foreign.checkheap = *(void **)&calls->checkheap;
        calls->checkheap = check_without_answer;
    }
}

static bool load_object(const struct allocator *a,
                        struct allocator_calls *calls)
{
    confine_calls(mem_heap_lo(), mem_limit());
    /* Local scope: they export names like insert and place. */
    void *object = dlopen(a->object, RTLD_NOW | RTLD_LOCAL);
    if (!object) {
        fprintf(stderr, "%s\n", dlerror());
        return false;
    }
    confine_files();
    load_functions(a, object, calls);
    mem_take_int(a->sbrk_takes_int);
    return true;
}

static void load_libc(struct allocator_calls *calls)
{
    *calls = (struct allocator_calls){
        .init = always,
        .malloc = malloc,
        .free = free,
        .realloc = realloc,
        .calloc = calloc,
        .memalign = memalign,
        .heap_bytes = libc_heap_begin() ? libc_heap_bytes : NULL,
    };
}

static bool load_peer(const struct allocator *a, struct allocator_calls *calls)
{
    void *object = peer_open(a->object);
    if (!object) {
        fprintf(stderr, "%s\n", dlerror());
        return false;
    }
    *(void **)&calls->malloc = dlsym(object, "malloc");
    *(void **)&calls->free = dlsym(object, "free");
    *(void **)&calls->realloc = dlsym(object, "realloc");
    *(void **)&calls->calloc = dlsym(object, "calloc");
    *(void **)&calls->memalign = dlsym(object, "memalign");
    calls->init = always;
    foreign.malloc = calls->malloc;
    if (!a->has_memalign)
        calls->memalign = memalign_by_malloc;
    return true;
}

/* The no-op floor: what a replay costs when the allocator costs a call. */

static void *noop_malloc(size_t size)
{
    (void)size;
    return NULL;
}

static void noop_free(void *ptr)
{
    (void)ptr;
}

static void *noop_realloc(void *ptr, size_t size)
{
    (void)size;
    return ptr;
}

static void *noop_two(size_t a, size_t b)
{
    (void)a;
    (void)b;
    return NULL;
}

static void load_noop(struct allocator_calls *calls)
{
    *calls = (struct allocator_calls){
        .init = always,
        .malloc = noop_malloc,
        .free = noop_free,
        .realloc = noop_realloc,
        .calloc = noop_two,
        .memalign = noop_two,
    };
}

bool allocator_load(const struct allocator *a, struct allocator_calls *calls)
{
    *calls = (struct allocator_calls){0};
    switch (a->kind) {
    case ALLOCATOR_LIBC:
        load_libc(calls);
        return true;
    case ALLOCATOR_PEER:
        return load_peer(a, calls);
    case ALLOCATOR_NOOP:
        load_noop(calls);
        return true;
    case ALLOCATOR_OBJECT:
        return load_object(a, calls);
    }
    return false;
}
