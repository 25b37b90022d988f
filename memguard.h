/*
 * memguard.h - what ASan and valgrind are told of the simulated heap
 *
 * Both watch memory that a program took from malloc or from the kernel, and
 * see in the heap one large block.  With these verbs they know better.  In a
 * program built without ASan that does not run under valgrind nobody watches,
 * and the verbs do nothing.  Of a range only the first GUARD_MOST bytes count.
 * ASan's grain is 8 bytes: up to 7 at the end of a closed range stay open to it
 * where what follows is open.
 */
#ifndef MEMGUARD_H
#define MEMGUARD_H

#include <stdbool.h>
#include <stddef.h>

#define GUARD_MOST ((size_t)64 << 20)

/* guard_watches - whether anybody does. */
bool guard_watches(void);

/* guard_most_heap - bytes of address space that they can watch; valgrind keeps
 *     books of every page (8 s of start for a terabyte, 0.7 s for this). */
size_t guard_most_heap(void);

/* guard_close - from now on no code has any business in these bytes. */
void guard_close(const void *p, size_t bytes);

/* guard_open - from now on all code has, and they hold something. */
void guard_open(const void *p, size_t bytes);

/* guard_forget - from now on all code has, but they hold nothing: who depends
 *     on what he reads there before he has written it is told so by valgrind.
 */
void guard_forget(const void *p, size_t bytes);

/*
 * guard_end_on_report - in a process that runs an allocator: what ASan finds
 *     ends it with SIGABRT, and the last line that it prints is what was found
 *     and where in the source.
 */
void guard_end_on_report(void);

#endif
