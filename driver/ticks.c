/*
 * ticks.c - the cheapest clock that the machine has, for single requests
 */
#include "driver/ticks.h"

#include <sys/prctl.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#define TRIES 1000
#define STEPS 100

#if defined(__x86_64__)

static bool has_bit(unsigned leaf, unsigned bit)
{
    unsigned a, b, c, d;
    return __get_cpuid(leaf, &a, &b, &c, &d) && (d >> bit & 1);
}

/* AMD64 Architecture Programmer's Manual, volume 3, appendix E: RDTSCP, and a
 * counter that keeps its pace; the kernel may have forbidden it. */
bool ticks_counted(void)
{
    int mode = PR_TSC_ENABLE;
    prctl(PR_GET_TSC, &mode);
    return has_bit(0x80000001, 27) && has_bit(0x80000007, 8) &&
           mode == PR_TSC_ENABLE;
}

#elif defined(__aarch64__)

/* The kernel lets programs read it; clock_gettime does, in there as well. */
bool ticks_counted(void)
{
    return true;
}

#else

bool ticks_counted(void)
{
    return false;
}

#endif

uint64_t ticks_empty(bool counted)
{
    uint64_t least = UINT64_MAX;
    for (int i = 0; i < TRIES; i++) {
        uint64_t began = ticks_begin(counted);
        uint64_t empty = ticks_end(counted) - began;
        least = empty < least ? empty : least;
    }
    return least;
}

static uint64_t greatest_divisor(uint64_t a, uint64_t b)
{
    return b == 0 ? a : greatest_divisor(b, a % b);
}

uint64_t ticks_step(bool counted)
{
    uint64_t step = 0, last = ticks_begin(counted);
    for (int i = 0; i < STEPS;) {
        uint64_t now = ticks_begin(counted);
        if (now <= last)
            continue;
        step = greatest_divisor(now - last, step);
        last = now;
        i++;
    }
    return step;
}

struct ticks_moment ticks_now(bool counted)
{
    struct ticks_moment now = {.ticks = ticks_begin(counted)};
    now.ns = clock_wall_ns();
    return now;
}

double ticks_ns(struct ticks_moment from, struct ticks_moment to)
{
    if (to.ticks <= from.ticks)
        return 1;
    return (double)(to.ns - from.ns) / (double)(to.ticks - from.ticks);
}
