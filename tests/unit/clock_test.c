/*
 * clock_test.c - the clocks run, and run for whom they should
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "driver/clock.h"
#include "tests/check.h"

#define MILLISECOND 1000000u

/* The result keeps the loop alive. */
static unsigned spin(unsigned steps)
{
    volatile unsigned sum = 0;
    while (steps--)
        sum += steps;
    return sum;
}

static void spin_for_ns(uint64_t ns)
{
    for (uint64_t began = clock_thread_ns(); clock_thread_ns() - began < ns;)
        spin(1000);
}

static void sleep_ms(long ms)
{
    nanosleep(&(struct timespec){.tv_nsec = ms * MILLISECOND}, NULL);
}

static void test_sleep_costs_no_cpu(void)
{
    uint64_t wall = clock_wall_ns(), cpu = clock_thread_ns();
    sleep_ms(50);
    wall = clock_wall_ns() - wall;
    cpu = clock_thread_ns() - cpu;
    check(wall >= 50 * MILLISECOND, "wall time passes in a sleep",
          "50 ms took %llu ns", (unsigned long long)wall);
    check(cpu < 10 * MILLISECOND, "CPU time does not pass in a sleep",
          "50 ms took %llu ns", (unsigned long long)cpu);
}

static void test_work_costs_cpu(void)
{
    uint64_t own = clock_process_ns(getpid());
    spin_for_ns(5 * MILLISECOND);
    own = clock_process_ns(getpid()) - own;
    check(own >= 5 * MILLISECOND, "the process pays for its thread",
          "5 ms took %llu ns", (unsigned long long)own);
}

static void test_other_process(void)
{
    pid_t child = fork();
    if (child == 0) {
        spin_for_ns(20 * MILLISECOND);
        pause();
        _exit(0);
    }
    uint64_t used = 0;
    for (int i = 0; i < 500 && used < 20 * MILLISECOND; i++) {
        sleep_ms(10);
        used = clock_process_ns(child);
    }
    check(used >= 20 * MILLISECOND, "CPU time of a child", "20 ms took %llu ns",
          (unsigned long long)used);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    check_int((long long)clock_process_ns(child), 0,
              "a process that is gone has 0");
}

static void test_overhead(void)
{
    uint64_t overhead = clock_overhead_ns();
    check(overhead > 0 && overhead < MILLISECOND, "overhead of the clock",
          "found %llu ns", (unsigned long long)overhead);
    check_int((long long)clock_overhead_ns(), (long long)overhead,
              "overhead is measured once");
}

/* A machine that does not count must say so; one that does must count every
 * step of a loop, which takes at least two instructions. */
static void test_counter(void)
{
    check_int((long long)clock_count_read(-1), 0, "no counter reads as 0");
    int counter = clock_count_open();
    uint64_t before = clock_count_read(counter);
    spin(100000);
    uint64_t count = clock_count_read(counter) - before;
    if (counter < 0) {
        check_int((long long)count, 0, "this machine does not count");
        return;
    }
    check(count >= 200000 && count < 2000000, "instructions of a loop",
          "100000 steps took %llu", (unsigned long long)count);
    check(fcntl(counter, F_GETFD) & FD_CLOEXEC, "not inherited by programs",
          "FD_CLOEXEC is not set");
    close(counter);
}

static void test_order(void)
{
    char order[17] = "";
    for (unsigned i = 0; i < 16; i++)
        order[i] = clock_a_is_next(i) ? 'a' : 'b';
    check_str(order, "abbabaababbabaab", "balanced order of rounds");
}

int main(void)
{
    test_sleep_costs_no_cpu();
    test_work_costs_cpu();
    test_other_process();
    test_overhead();
    test_counter();
    test_order();
    return check_done();
}
