/*
 * tlsf_test.c - what a request costs does not depend on how many blocks are
 *     free: instructions are counted, one by one
 *
 * implicit.c, whose malloc walks over them, shows that it would be noticed.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "tests/unit/allocators_help.h"

#define MARK SIGUSR1 /* a child raises it before and after what is counted */

static char *between; /* a used block, both whose neighbours are free */

/* Every other block is free, and above all these a larger one. */
static void prepare(size_t free_blocks)
{
    char *low = NULL;
    fresh_heap();
    for (size_t i = 0; i < free_blocks; i++) {
        char *p = mm.malloc(24 + i % 2 * 16);
        between = mm.malloc(24);
        mm.free(low);
        low = p;
    }
    mm.free(low);
    char *large = mm.malloc(4000);
    mm.malloc(24);
    mm.free(large);
}

static void do_nothing(void)
{
}

static void do_malloc(void)
{
    mm.malloc(1000);
}

static void do_free(void)
{
    mm.free(between);
}

static void child(size_t free_blocks, void (*request)(void))
{
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
        _exit(1);
    prepare(free_blocks);
    raise(MARK);
    request();
    raise(MARK);
    _exit(0);
}

/* Steps from one mark to the next, or -1 where none can be traced. */
static long count_steps(pid_t pid)
{
    long steps = -1;
    int status;
    while (waitpid(pid, &status, 0) == pid && WIFSTOPPED(status)) {
        bool mark = WSTOPSIG(status) == MARK;
        if (mark && steps >= 0)
            break;
        steps += mark || steps >= 0;
        if (ptrace(steps < 0 ? PTRACE_CONT : PTRACE_SINGLESTEP, pid, NULL,
                   NULL) != 0)
            break;
    }
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    return steps;
}

static long steps_of(size_t free_blocks, void (*request)(void))
{
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0)
        child(free_blocks, request);
    return pid < 0 ? -1 : count_steps(pid);
}

/* Instructions of a request, without those of the marks. */
static long cost_of(size_t free_blocks, void (*request)(void))
{
    return steps_of(free_blocks, request) - steps_of(free_blocks, do_nothing);
}

/* Which way a branch goes may differ, but no more. */
static void test_flat(void (*request)(void), const char *what)
{
    long few = cost_of(100, request);
    for (size_t n = 1000; n <= 1000000; n *= 10) {
        long many = cost_of(n, request);
        printf("# %s: %s: %ld instructions where %zu blocks are free\n",
               mm.name, what, many, n);
        check(few > 0 && many > 0 && labs(many - few) < 20, label(what),
              "%ld instructions where 100 blocks are free, %ld where %zu are",
              few, many, n);
    }
}

static void test_grows(void)
{
    long few = cost_of(100, do_malloc), many = cost_of(1000, do_malloc);
    check(many > 8 * few, label("malloc"),
          "%ld instructions where 100 blocks are free, %ld where 1000 are", few,
          many);
}

int main(void)
{
    char tlsf[] = "build/allocators/tlsf.so",
         implicit[] = "build/allocators/implicit.so";
    mem_init();
    if (load(tlsf) && steps_of(1, do_nothing) < 0) {
        puts("# no process can be traced here");
        return check_done();
    }
    test_flat(do_malloc, "malloc");
    test_flat(do_free, "free");
    if (load(implicit))
        test_grows();
    mem_deinit();
    return check_done();
}
