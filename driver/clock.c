/*
 * clock.c - clocks, counters, rounds
 *
 * CPU time is asked from the kernel for one thread or one process, so that a
 * neighbour's load does not count.  Nothing here allocates or prints; reading
 * a clock or the counter is one system call.
 */
#include "driver/clock.h"

#include <linux/perf_event.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "driver/stats.h"

/* Of an odd number of tries the median is one of them. */
#define OVERHEAD_TRIES 101

static uint64_t clock_ns(clockid_t id)
{
    struct timespec t;
    if (clock_gettime(id, &t) != 0)
        return 0;
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

uint64_t clock_wall_ns(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

uint64_t clock_thread_ns(void)
{
    return clock_ns(CLOCK_THREAD_CPUTIME_ID);
}

uint64_t clock_process_ns(pid_t pid)
{
    clockid_t id;
    return clock_getcpuclockid(pid, &id) == 0 ? clock_ns(id) : 0;
}

static uint64_t measure_overhead(void)
{
    double tries[OVERHEAD_TRIES];
    for (size_t i = 0; i < OVERHEAD_TRIES; i++) {
        uint64_t began = clock_thread_ns();
        tries[i] = (double)(clock_thread_ns() - began);
    }
    return (uint64_t)stats_median(tries, OVERHEAD_TRIES);
}

uint64_t clock_overhead_ns(void)
{
    static uint64_t overhead;
    if (overhead == 0)
        overhead = measure_overhead();
    return overhead;
}

/*
 * Pinned: the count is exact or the read fails; without it the kernel would
 * share the counter among several users and count only part of the time.
 */
static int open_instruction_counter(void)
{
    struct perf_event_attr attr;
    memset(&attr, 0, sizeof attr);
    attr.size = sizeof attr;
    attr.type = PERF_TYPE_HARDWARE;
    attr.config = PERF_COUNT_HW_INSTRUCTIONS;
    attr.pinned = 1;
    attr.exclude_kernel = 1;
    attr.exclude_hv = 1;
    return (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1,
                        PERF_FLAG_FD_CLOEXEC);
}

int clock_count_open(void)
{
    int counter = open_instruction_counter();
    /* Some virtual machines open the counter and leave it at 0. */
    if (counter >= 0 && clock_count_read(counter) == 0) {
        close(counter);
        counter = -1;
    }
    return counter;
}

uint64_t clock_count_read(int counter)
{
    uint64_t count;
    if (counter < 0 || read(counter, &count, sizeof count) != sizeof count)
        return 0;
    return count;
}

/* The first eight terms of the Thue-Morse sequence, over and over. */
bool clock_a_is_next(unsigned i)
{
    return !__builtin_parity(i & 7);
}
