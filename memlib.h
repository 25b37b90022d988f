/*
 * memlib.h - the simulated heap
 *
 * A range of reserved address space whose lower part, [mem_heap_lo, break),
 * may be used.  The break starts at the bottom and only mem_sbrk moves it, up.
 * Pages come into being when they are first touched, as zeros; a page that
 * lies wholly beyond the break faults.
 */
#ifndef MEMLIB_H
#define MEMLIB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- For allocators ---------------------------------------------------- */

/*
 * mem_sbrk - move the break up by incr bytes.  Returns the old break, which is
 *     the address of the new memory; mem_sbrk(0) is the break itself.  A
 *     negative incr, and one that would pass the limit of the heap, leave the
 *     break alone: a message on stderr, errno ENOMEM, (void *)-1.
 */
void *mem_sbrk(intptr_t incr);

/* mem_reset_brk - empty the heap: the break is at the bottom again.  Pages that
 *     were in use keep their bytes and do not fault until the next heap. */
void mem_reset_brk(void);

/* mem_heap_lo - the first byte of the heap. */
void *mem_heap_lo(void);

/* mem_heap_hi - the last byte of the heap: one below the break. */
void *mem_heap_hi(void);

/* mem_heapsize - bytes from the bottom of the heap to the break. */
size_t mem_heapsize(void);

/* mem_pagesize - bytes of a page of the system. */
size_t mem_pagesize(void);

/*
 * mem_read, mem_write - up to eight bytes at addr as a little-endian number.
 * mem_memcpy, mem_memset - as in <string.h>.
 *     The sources of some courses access the heap through these.
 */
uint64_t mem_read(const void *addr, size_t len);
void mem_write(void *addr, uint64_t value, size_t len);
void *mem_memcpy(void *dst, const void *src, size_t len);
void *mem_memset(void *dst, int byte, size_t len);

/* ---- For whoever runs an allocator ------------------------------------- */

/*
 * mem_init - reserve the heap of config.h at a random base; without memory for
 *     it, a message and exit status 2.
 * mem_deinit - give it back.
 */
void mem_init(void);
void mem_deinit(void);

enum mem_place {
    MEM_RANDOM, /* anywhere */
    MEM_FIXED,  /* the same address in every run */
    MEM_LOW,    /* random, below 2 GiB: for code that keeps 32-bit pointers */
    MEM_LOW_FIXED,
};

/*
 * mem_create - reserve a heap of up to limit bytes.  Where the machine, or
 *     valgrind, does not give that much address space, the largest half,
 *     quarter, ... of it is taken: ask mem_limit.  The heap and its books are
 *     shared with processes forked later.  False, with errno set, when not
 *     even a page can be had.
 */
bool mem_create(enum mem_place place, size_t limit);

/* mem_limit - bytes to which the heap can grow. */
size_t mem_limit(void);

/*
 * mem_fail_at - let the k-th call of mem_sbrk from now on that asks for memory
 *     fail, and if for_ever all later ones.  k = 0: none.
 */
void mem_fail_at(size_t k, bool for_ever);

/*
 * mem_fill_fresh - from now on pages come into being not as zeros but as a
 *     pattern that depends on the seed; 0: as zeros, as in a new heap.  The
 *     seeds 2n and 2n + 1 give patterns in which every bit differs.  Of what
 *     mem_sbrk opens at a time the first and the last MiB are filled.
 * mem_fill - make bytes look as if they were fresh; with zeros for seed 0 it
 *     leaves them as they are.
 */
void mem_fill_fresh(uint64_t seed);
void mem_fill(void *p, size_t bytes);

/*
 * mem_shift - let the empty heap begin so many bytes later, less than a page:
 *     where its break comes to rest on the end of a page, the first byte beyond
 *     it faults.  False, and all as it was, if it cannot be.
 */
bool mem_shift(size_t bytes);

/* mem_highest - bytes from the bottom of the heap to the highest break since it
 *     was created: mem_reset_brk does not lower it. */
size_t mem_highest(void);

/*
 * mem_extent - the same, or more: up to the last page that holds anything, for
 *     an allocator that makes pages beyond the break accessible by itself.
 *     By the kernel's books, where those tell.
 */
size_t mem_extent(void);

/* mem_present - bytes of the heap that are in memory, whoever has them mapped;
 *     0 where there is no heap, or that is not known. */
size_t mem_present(void);

/*
 * mem_view - make the heap below its highest break readable to this process,
 *     which is not the one that moved it; its first byte, and how many there
 *     are, 0 if it cannot be.
 */
const void *mem_view(size_t *bytes);

/*
 * mem_prepare - have the first bytes of the heap accessible and present, so
 *     that neither mem_sbrk nor first touches cost time later.  Stores there
 *     do not fault then, be they below the break or beyond it.
 */
void mem_prepare(size_t bytes);

/* mem_sbrk_calls, mem_refusals - calls that asked for memory, and those that
 *     got none, since the heap was created. */
size_t mem_sbrk_calls(void);
size_t mem_refusals(void);

/* mem_failures - of the refusals, those that mem_fail_at asked for. */
size_t mem_failures(void);

/*
 * mem_take_int - believe only the lower 32 bits of mem_sbrk's argument: a
 *     caller that was compiled for mem_sbrk(int) leaves garbage above them.
 */
void mem_take_int(bool yes);

/*
 * mem_dirty_tail - the first byte beyond the break, in the page that holds the
 *     break, that is not as it came; NULL when all are.  Also NULL while
 *     the break is lower than it has been: those bytes may have been in use.
 */
const void *mem_dirty_tail(void);

#endif
