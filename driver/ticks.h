/*
 * ticks.h - the cheapest clock that the machine has, for single requests
 *
 * A request takes tens of nanoseconds, as long as asking the kernel for the
 * time.  So there are ticks of a counter that a program may read itself: the
 * time-stamp counter of x86-64, where it runs at one pace whatever the
 * processor does, and the virtual counter of arm64.  Elsewhere a tick is a
 * nanosecond of CLOCK_MONOTONIC.  It is wall time: who is interrupted pays.
 */
#ifndef TICKS_H
#define TICKS_H

#include <stdbool.h>
#include <stdint.h>

#include "driver/clock.h"

/* ticks_counted - whether the counter may be read; else ticks come from the
 *     kernel.  To be asked before a process is confined; the functions below
 *     are told. */
bool ticks_counted(void);

/*
 * ticks_begin - the time, once all before it is done, and before anything
 *     after it has begun.
 * ticks_end - the same, at the end of what is measured.
 */
static inline uint64_t ticks_begin(bool counted)
{
#if defined(__x86_64__)
    uint32_t low, high;
    if (counted) {
        __asm__ volatile("lfence\n\trdtsc\n\tlfence"
                         : "=a"(low), "=d"(high)
                         :
                         : "memory");
        return (uint64_t)high << 32 | low;
    }
#elif defined(__aarch64__)
    uint64_t ticks;
    if (counted) {
        __asm__ volatile("isb\n\tmrs %0, cntvct_el0\n\tisb"
                         : "=r"(ticks)
                         :
                         : "memory");
        return ticks;
    }
#endif
    (void)counted;
    return clock_wall_ns();
}

static inline uint64_t ticks_end(bool counted)
{
#if defined(__x86_64__)
    uint32_t low, high;
    if (counted) { /* rdtscp waits for what is before it */
        __asm__ volatile("rdtscp\n\tlfence"
                         : "=a"(low), "=d"(high)
                         :
                         : "ecx", "memory");
        return (uint64_t)high << 32 | low;
    }
#endif
    return ticks_begin(counted);
}

/* ticks_empty - what ticks_end and ticks_begin differ by when nothing lies
 *     between them: the least of many. */
uint64_t ticks_empty(bool counted);

/* ticks_step - what all times are a multiple of apart: a counter may go in
 *     steps of many ticks. */
uint64_t ticks_step(bool counted);

/* ticks_ns - nanoseconds of a tick, by what both clocks said at two moments
 *     that lie apart. */
struct ticks_moment {
    uint64_t ticks, ns;
};
struct ticks_moment ticks_now(bool counted);
double ticks_ns(struct ticks_moment from, struct ticks_moment to);

#endif
