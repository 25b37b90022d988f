/*
 * allocator.h - an allocator as a table of functions
 *
 * Finds what -m names (one of the house, a source file, a shared object, libc,
 * or a peer: a library with malloc itself), compiles it if need be, and tells
 * from outside what can be told: the dialect it is written in, which functions
 * it has, how much static data.  Its code is mapped by allocator_load only, in
 * the child that runs it; nothing of it ever runs in the driver.
 */
#ifndef ALLOCATOR_H
#define ALLOCATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "mm.h"

enum allocator_kind {
    ALLOCATOR_OBJECT,
    ALLOCATOR_LIBC,
    ALLOCATOR_PEER,
    ALLOCATOR_NOOP
};

struct allocator {
    enum allocator_kind kind;
    char *name;           /* as -m named it */
    char *object;         /* path of the shared object */
    char *scratch;        /* directory to remove in the end, or NULL */
    bool classic;         /* int mm_init, 8-byte alignment, 32-bit pointers */
    bool sbrk_takes_int;  /* it was compiled for mem_sbrk(int) */
    bool checker_answers; /* mm_checkheap returns a bool */
    bool has_memalign;    /* if not, it is given malloc instead */
    bool has_walk, has_usable_size;
    bool collects;           /* it finds out what is dead by itself, some day:
                              * payloads that died may lie in live blocks */
    uint64_t static_bytes;   /* writable static data */
    uint64_t mapped_bytes;   /* address space that the object itself takes */
    uint64_t writable_bytes; /* of that, for what is writable */
    uint64_t thread_bytes;   /* of libc's malloc, for static data of threads */
};

/* allocator_on_simulated_heap - whether its memory is memlib's. */
static inline bool allocator_on_simulated_heap(const struct allocator *a)
{
    return a->kind == ALLOCATOR_OBJECT;
}

/* allocator_is_resident - whether its memory is the process's own, and is
 *     measured by the pages that became resident. */
static inline bool allocator_is_resident(const struct allocator *a)
{
    return a->kind == ALLOCATOR_LIBC || a->kind == ALLOCATOR_PEER;
}

/* The functions, as the replay calls them. */
struct allocator_calls {
    bool (*init)(void);
    void *(*malloc)(size_t size);
    void (*free)(void *ptr);
    void *(*realloc)(void *ptr, size_t size);
    void *(*calloc)(size_t nmemb, size_t size);
    void *(*memalign)(size_t align, size_t size);
    bool (*checkheap)(int line); /* NULL: it has none; and so: */
    size_t (*usable_size)(void *ptr);
    void (*walk)(mm_visitor *visit);
    void (*roots)(void *const *table, size_t count);
    /* Bytes of heap in use now, the request just served having asked for
     * `asked` bytes; NULL when that cannot be told. */
    size_t (*heap_bytes)(uint64_t asked);
};

/*
 * allocator_find - make *a what spec names.  False on error, with *error set
 *     to a message of one or more lines for the caller to free.
 */
bool allocator_find(struct allocator *a, const char *spec, char **error);

/* allocator_noop - the allocator that does nothing, to measure the replay. */
struct allocator allocator_noop(void);

/* allocator_release - forget it, and remove what was compiled for it. */
void allocator_release(struct allocator *a);

/*
 * allocator_load - in the child that is to run it: map the allocator and fill
 *     in its functions.  An allocator on the simulated heap is confined, see
 *     confine.h, for as long as the process lasts.  False on error, with the
 *     reason on stderr.
 */
bool allocator_load(const struct allocator *a, struct allocator_calls *calls);

/*
 * allocator_names - the names of the house, sorted, without libc, in an array
 *     that ends with NULL; the caller frees them and it.  NULL without memory.
 * allocator_list - they and libc, one a line.  False without memory.
 */
char **allocator_names(void);
bool allocator_list(FILE *out);

#endif
