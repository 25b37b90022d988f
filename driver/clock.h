/*
 * clock.h - clocks, counters, rounds
 */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* clock_wall_ns - nanoseconds of a clock that never goes back. */
uint64_t clock_wall_ns(void);

/* clock_thread_ns - nanoseconds of CPU time of the calling thread. */
uint64_t clock_thread_ns(void);

/* clock_process_ns - nanoseconds of CPU time of process pid; 0 when it is
 *     gone. */
uint64_t clock_process_ns(pid_t pid);

/* clock_overhead_ns - what two successive clock_thread_ns differ by when
 *     nothing lies between them: the median of many, measured once. */
uint64_t clock_overhead_ns(void);

/*
 * clock_count_open - start counting the user-mode instructions of the calling
 *     thread.  Returns a descriptor, or -1 where the machine does not count.
 * clock_count_read - instructions since then; 0 for -1.
 */
int clock_count_open(void);
uint64_t clock_count_read(int counter);

/*
 * clock_a_is_next - the balanced order of paired rounds: whether measurement
 *     number i (from 0) is one of a.  a b b a, b a a b, a b b a, ...
 *     (Every round is balanced against linear drift, two successive ones
 *     against what the first place in a round costs.)
 */
bool clock_a_is_next(unsigned i);

#endif
