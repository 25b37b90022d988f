/*
 * mm.h - what an allocator offers to the driver
 *
 * An allocator is one source file that defines these functions and takes its
 * memory from memlib.h alone.  docs/allocators.md walks through writing one.
 */
#ifndef MM_H
#define MM_H

#include <stdbool.h>
#include <stddef.h>

/*
 * mm_init - prepare an empty heap; called before the first request and again
 *     before every further pass over a trace, when the heap is empty again.
 *     Returns true on success, false when the heap could not be set up.
 */
bool mm_init(void);

/*
 * mm_malloc - a block with a payload of at least size bytes, 16-byte aligned,
 *     or NULL when the heap cannot grow.  mm_malloc(0) is NULL or a unique
 *     block that can be freed.
 */
void *mm_malloc(size_t size);

/* mm_free - give a block back.  mm_free(NULL) does nothing. */
void mm_free(void *ptr);

/*
 * mm_realloc - a block of size bytes that holds the first
 *     min(old size, size) bytes of ptr's payload; ptr is freed unless it is
 *     what is returned.  mm_realloc(NULL, size) is mm_malloc(size);
 *     mm_realloc(ptr, 0) is mm_free(ptr).  On failure NULL is returned and
 *     ptr is left as it was.
 */
void *mm_realloc(void *ptr, size_t size);

/*
 * mm_calloc - a block of nmemb * size bytes, all zero; NULL when the product
 *     overflows.
 */
void *mm_calloc(size_t nmemb, size_t size);

/*
 * mm_checkheap - true, and silent, when every invariant of the heap holds;
 *     otherwise false after saying on stderr what is broken.  line is the
 *     caller's __LINE__, to be repeated in that message; the driver passes
 *     the line of the trace.
 */
bool mm_checkheap(int line);

/* Optional: the driver uses these when the allocator defines them. */

/*
 * mm_memalign - a block of size bytes whose address is a multiple of align, a
 *     power of two.
 */
void *mm_memalign(size_t align, size_t size);

/* mm_usable_size - bytes that may be used at ptr, a live block. */
size_t mm_usable_size(void *ptr);

/*
 * mm_walk - call visit for every block from the bottom of the heap to its
 *     top: its address, its size in bytes with all overhead, live or free.
 *     Each begins where the one before it ends; below the first may lie what
 *     the allocator needs, above the last at most 16 bytes.  A live block
 *     holds one live payload, and no payload lies elsewhere.
 */
typedef void mm_visitor(void *block, size_t size, bool live);
void mm_walk(mm_visitor *visit);

/*
 * mm_roots - for an allocator that finds out by itself what is dead: it is told
 *     where the program's pointers are, before mm_init and again whenever the
 *     table becomes longer.  table[0] to table[count - 1] are each NULL or the
 *     payload of a live block, and change between requests only: mm_free is
 *     called when its block has no entry any more, and the entry of a block in
 *     mm_realloc stays until that has returned.
 */
void mm_roots(void *const *table, size_t count);

#endif
