/*
 * libc_heap.h - how much memory libc's own allocator has taken
 */
#ifndef LIBC_HEAP_H
#define LIBC_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * libc_heap_begin - from here on count.  What was free is used up first; the
 *     little that is left can serve requests without growth, so it counts as
 *     taken.  False when libc does not tell (another libc, another malloc
 *     preloaded, valgrind).
 */
bool libc_heap_begin(void);

/*
 * libc_heap_bytes - bytes taken now: the growth of the main arena, what was
 *     free in it at the beginning, and the blocks mapped one by one.  asked:
 *     bytes of the request just served.  Exact whenever the sum has risen.
 */
size_t libc_heap_bytes(uint64_t asked);

/*
 * libc_heap_settle - let libc adapt as it does in a program that runs long: it
 *     then keeps up to 64 MiB of freed memory and maps no block below 32 MiB
 *     by itself, so that what is timed is its code and not the kernel's.
 */
void libc_heap_settle(void);

/* libc_heap_in_use - bytes of its arenas that are handed out now; 0 when it
 *     does not tell. */
size_t libc_heap_in_use(void);

/* libc_heap_range - where its main arena lies: [*lo, *hi). */
void libc_heap_range(char **lo, char **hi);

#endif
