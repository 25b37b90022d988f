/*
 * isolate_test.c - whatever a child does, its parent hears what it was
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "config.h"
#include "driver/books.h"
#include "driver/clock.h"
#include "driver/interrupt.h"
#include "driver/isolate.h"
#include "tests/check.h"

#define MIB 1048576u

/* Shared with the children. */
struct note {
    volatile long number;
    volatile pid_t pid;
};

static struct note *note;

static struct isolate *start(void (*body)(void *arg))
{
    struct isolate_limits limits = {.memory = 256 * MIB};
    struct isolate *c = isolate_start(body, note, limits);
    check(c != NULL, "a child starts", "%s", strerror(errno));
    return c;
}

static const char *event_name(enum isolate_event event)
{
    static const char *const names[] = {"step",       "exited", "signaled",
                                        "timeout",    "asleep", "memory",
                                        "interrupted"};
    return names[event];
}

static void check_event(struct isolate *c, double seconds, const char *expected,
                        const char *name)
{
    check_str(event_name(isolate_await(c, seconds)), expected, name);
}

static bool is_gone(pid_t pid)
{
    for (int i = 0; i < 200; i++) {
        if (kill(pid, 0) != 0 && errno == ESRCH)
            return true;
        waitpid(pid, NULL, WNOHANG);
        usleep(10000);
    }
    return false;
}

static void spin(void)
{
    for (volatile unsigned long n = 0;; n++)
        ;
}

/* ---- Steps ------------------------------------------------------------- */

static void count_steps(void *arg)
{
    struct note *n = arg;
    for (;;) {
        n->number++;
        isolate_step_done();
    }
}

static void test_steps(void)
{
    note->number = 0;
    struct isolate *c = start(count_steps);
    for (int i = 1; i <= 5; i++) {
        if (i > 1)
            isolate_resume(c);
        check_event(c, 5, "step", "a step is reported");
        check_int(note->number, i, "one step at a time");
    }
    usleep(30000);
    check_int(note->number, 5, "it sleeps until it is resumed");
    check(!isolate_output(c), "it printed nothing", "it did");
    isolate_end(c);
}

static void close_all(void *arg)
{
    (void)arg;
    for (int fd = 0; fd < 1024; fd++)
        close(fd);
    isolate_step_done();
}

static void test_closed_descriptors(void)
{
    struct isolate *c = start(close_all);
    check_event(c, 5, "step", "a child without descriptors steps");
    isolate_resume(c);
    check_event(c, 5, "exited", "and ends");
    isolate_end(c);
}

static void burn(void *arg)
{
    (void)arg;
    isolate_step_done();
    uint64_t began = clock_thread_ns();
    while (clock_thread_ns() - began < 50000000)
        ;
    isolate_step_done();
}

static void test_cpu_time(void)
{
    struct isolate *c = start(burn);
    check_event(c, 5, "step", "before the work");
    uint64_t before = isolate_cpu_ns(c);
    usleep(20000);
    check(isolate_cpu_ns(c) - before < 5000000, "a sleeping child is free",
          "%llu ns", (unsigned long long)(isolate_cpu_ns(c) - before));
    isolate_resume(c);
    usleep(10000);
    check(!books_is_asleep(isolate_pid(c)), "a working one does not sleep",
          "it does");
    check_event(c, 5, "step", "after the work");
    isolate_settle(c);
    check(books_is_asleep(isolate_pid(c)), "it sleeps again", "it does not");
    uint64_t took = isolate_cpu_ns(c) - before;
    check(took >= 50000000 && took < 500000000, "the kernel counts its work",
          "50 ms are %llu ns", (unsigned long long)took);
    isolate_end(c);
}

/* ---- Ends -------------------------------------------------------------- */

static void exit_0(void *arg)
{
    (void)arg;
    exit(0);
}

static void exit_3(void *arg)
{
    (void)arg;
    exit(3);
}

static void exit_at_once(void *arg)
{
    (void)arg;
    _exit(250);
}

static void come_back(void *arg)
{
    (void)arg;
}

static void step_and_exit(void *arg)
{
    (void)arg;
    isolate_step_done();
    exit(7);
}

static void check_exit(void (*body)(void *), int status, const char *name)
{
    struct isolate *c = start(body);
    check_event(c, 5, "exited", name);
    struct isolate_death d = isolate_death(c);
    check(d.status == status && d.signal == 0 && !d.seen, name,
          "expected status %d, found %d, signal %d", status, d.status,
          d.signal);
    isolate_end(c);
}

static void test_exits(void)
{
    check_exit(exit_0, 0, "exit(0)");
    check_exit(exit_3, 3, "exit(3)");
    check_exit(exit_at_once, 250, "_exit(250)");
    check_exit(come_back, 0, "a body that returns");
    struct isolate *c = start(step_and_exit);
    check_event(c, 5, "step", "a step before the exit");
    isolate_resume(c);
    check_event(c, 5, "exited", "the exit after it");
    check_int(isolate_death(c).status, 7, "its status");
    isolate_end(c);
}

static void call_abort(void *arg)
{
    (void)arg;
    abort();
}

static void store_at_0x1234(void *arg)
{
    (void)arg;
    *(volatile int *)0x1234 = 1;
}

/* A page that may not be written: another code than one that is not there. */
static void store_into_constant(void *arg)
{
    struct note *n = arg;
    char *p = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    n->number = (long)p;
    *(volatile char *)p = 1;
}

static void kill_oneself(void *arg)
{
    (void)arg;
    raise(SIGKILL);
}

static void terminate(void *arg)
{
    (void)arg;
    raise(SIGTERM);
}

/* A lie: the note of a death that was another. */
static void fault_and_die_otherwise(void *arg)
{
    (void)arg;
    signal(SIGABRT, SIG_DFL);
    abort();
}

static struct isolate_death check_signal(void (*body)(void *), int signo,
                                         bool seen, const char *name)
{
    struct isolate *c = start(body);
    check_event(c, 5, "signaled", name);
    struct isolate_death d = isolate_death(c);
    check(d.signal == signo && d.seen == seen, name,
          "expected signal %d, %sseen; found %d, %sseen", signo,
          seen ? "" : "not ", d.signal, d.seen ? "" : "not ");
    isolate_end(c);
    return d;
}

static void test_signals(void)
{
    struct isolate_death d;
    d = check_signal(call_abort, SIGABRT, true, "abort");
    check(d.code <= 0, "abort is sent by a process", "code %d", d.code);
    d = check_signal(store_at_0x1234, SIGSEGV, true, "a store at 0x1234");
    check_int((long long)d.address, 0x1234, "its address");
    check_int(d.code, SEGV_MAPERR, "nothing is mapped there");
    check(d.stack && d.stack <= d.stack_base && d.stack_base - d.stack < MIB,
          "the stack is near its base", "%zx and %zx", (size_t)d.stack,
          (size_t)d.stack_base);
    d = check_signal(store_into_constant, SIGSEGV, true, "a store not allowed");
    check_int((long long)d.address, note->number, "its address");
    check_int(d.code, SEGV_ACCERR, "it is mapped but not to be written");
    check_signal(kill_oneself, SIGKILL, false, "SIGKILL");
    check_signal(terminate, SIGTERM, false, "SIGTERM");
    check_signal(fault_and_die_otherwise, SIGABRT, false, "no handler");
    check(isolate_is_crash(SIGSEGV) && isolate_is_crash(SIGABRT) &&
              !isolate_is_crash(SIGKILL) && !isolate_is_crash(SIGTERM),
          "what is a crash", "something else");
}

static int recurse(volatile char *above, int depth)
{
    volatile char frame[4096];
    frame[0] = above[0];
    if (!above[0]) /* never; or compilers warn */
        return 0;
    return recurse(frame, depth + 1) + frame[depth % 4096];
}

static void use_up_the_stack(void *arg)
{
    char c = 1;
    ((struct note *)arg)->number = recurse(&c, 0);
}

static void test_stack(void)
{
    struct isolate_death d =
        check_signal(use_up_the_stack, SIGSEGV, true, "a stack used up");
    size_t used = d.stack_base - d.stack;
    check(used > STACK_LIMIT / 2 && used < 2 * STACK_LIMIT,
          "the stack was the limit of config.h", "%zu bytes", used);
}

/* ---- Limits ------------------------------------------------------------ */

static void loop(void *arg)
{
    ((struct note *)arg)->pid = getpid();
    spin();
}

static void test_timeout(void)
{
    struct isolate *c = start(loop);
    uint64_t began = clock_wall_ns();
    check_event(c, 0.2, "timeout", "a loop");
    double seconds = (double)(clock_wall_ns() - began) / 1e9;
    check(seconds >= 0.2 && seconds < 2, "0.2 s of it", "%g s", seconds);
    check(is_gone(note->pid), "the child is dead after that", "it lives");
    isolate_end(c);
}

static void sleep_long(void *arg)
{
    (void)arg;
    sleep(100);
}

static void test_asleep(void)
{
    struct isolate *c = start(sleep_long);
    uint64_t began = clock_wall_ns();
    check_event(c, 0.1, "asleep", "a child that sleeps");
    double seconds = (double)(clock_wall_ns() - began) / 1e9;
    check(seconds >= 0.1 * TIME_SLACK && seconds < 0.1 * TIME_SLACK + 1,
          "TIME_SLACK times 0.1 s of it", "%g s", seconds);
    isolate_end(c);
}

static void eat_memory(void *arg)
{
    struct note *n = arg;
    for (n->number = 0; n->number < 2000; n->number++) {
        char *p = mmap(NULL, MIB, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (p == MAP_FAILED)
            _exit(1);
        memset(p, 1, MIB);
    }
    spin();
}

static void touch_little(void *arg)
{
    (void)arg;
    char *p = mmap(NULL, 1UL << 36, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED)
        _exit(0); /* valgrind has no such room */
    for (size_t i = 0; i < 100; i++)
        p[i << 28] = 1;
    isolate_step_done();
}

static void test_memory(void)
{
    struct isolate *c = start(eat_memory);
    check_event(c, 20, "memory", "a child that eats memory");
    check(note->number >= 200, "it had what it may have", "%ld MiB",
          note->number);
    isolate_end(c);
    c = start(touch_little);
    enum isolate_event event = isolate_await(c, 5);
    check(event == ISOLATE_STEP || event == ISOLATE_EXITED,
          "address space alone is no memory", "%s", event_name(event));
    isolate_end(c);
    struct isolate_limits all = {.memory = UINT64_MAX};
    uint64_t machine =
        (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
    check(isolate_allowance(all) < machine, "no child may have the machine",
          "%llu", (unsigned long long)isolate_allowance(all));
    struct isolate_limits one = {.memory = MIB};
    check_int((long long)isolate_allowance(one), MIB, "less may be asked for");
}

/* ---- Output ------------------------------------------------------------ */

static void print_both(void *arg)
{
    (void)arg;
    printf("one ");
    fflush(stdout);
    fprintf(stderr, "two\033[31m\r\n");
    printf("three\tfour\n");
    putchar(0);
    printf("\xff|");
    isolate_step_done();
}

static void print_much(void *arg)
{
    for (int i = 0; i < 100000; i++)
        printf("%06d\n", i);
    ((struct note *)arg)->number = 1;
    isolate_step_done();
}

static void test_output(void)
{
    struct isolate *c = start(print_both);
    check_event(c, 5, "step", "it prints");
    char *text = isolate_output(c);
    check_str(text, "one two?[31m?\nthree\tfour\n??|",
              "both streams are kept, control characters are not");
    free(text);
    isolate_end(c);
    note->number = 0;
    c = start(print_much);
    check_event(c, 5, "step", "it prints too much and goes on");
    check_int(note->number, 1, "to its end");
    text = isolate_output(c);
    check_int((long long)strlen(text), OUTPUT_LIMIT, "so much is kept");
    check(strncmp(text, "000000\n000001\n", 14) == 0, "from the beginning",
          "%.14s", text);
    free(text);
    isolate_end(c);
}

static void look_at_descriptors(void *arg)
{
    struct note *n = arg;
    char c;
    n->number = read(0, &c, 1) == 0;
    for (int fd = 3; fd < 256; fd++)
        if (fcntl(fd, F_GETFD) >= 0)
            n->number = fd;
    isolate_step_done();
}

static void test_descriptors(void)
{
    int extra = open("/dev/null", O_RDONLY);
    struct isolate *c = start(look_at_descriptors);
    check_event(c, 5, "step", "it looks at its descriptors");
    check_int(note->number, 1, "its input is empty, there are no others");
    isolate_end(c);
    close(extra);
}

/* Of what the parent had not written yet nothing comes twice. */
static void test_buffers(void)
{
    char path[] = "/tmp/isolate_test-XXXXXX", text[64] = "";
    int fd = mkstemp(path);
    FILE *f = fdopen(dup(fd), "w");
    fprintf(f, "once\n");
    struct isolate *c = start(exit_0);
    check_event(c, 5, "exited", "exit flushes");
    isolate_end(c);
    fclose(f);
    check(pread(fd, text, sizeof text - 1, 0) == 5, "no buffer is doubled",
          "found %s", text);
    close(fd);
    unlink(path);
}

/* ---- Descendants ------------------------------------------------------- */

static void leave_grandchild(void *arg)
{
    struct note *n = arg;
    pid_t pid = fork();
    if (pid == 0)
        for (;;)
            pause();
    n->pid = pid;
    isolate_step_done();
}

static void leave_grandchild_and_exit(void *arg)
{
    struct note *n = arg;
    pid_t pid = fork();
    if (pid == 0)
        for (;;)
            pause();
    n->pid = pid;
    _exit(0);
}

static void test_descendants(void)
{
    struct isolate *c = start(leave_grandchild);
    check_event(c, 5, "step", "it has a child of its own");
    check(kill(note->pid, 0) == 0, "which lives", "it does not");
    isolate_end(c);
    check(is_gone(note->pid), "and dies with it", "it lives");
    c = start(leave_grandchild_and_exit);
    check_event(c, 5, "exited", "it leaves a child behind");
    check(is_gone(note->pid), "which dies with it", "it lives");
    isolate_end(c);
}

static void test_end_at_once(void)
{
    note->pid = 0;
    for (int i = 0; i < 20; i++)
        isolate_end(start(loop));
    check(!note->pid || is_gone(note->pid), "a child may end as it begins",
          "it lives");
    isolate_end(NULL);
    check(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD, "no child is left",
          "one is");
}

/* Its end wakes whoever awaits it, and nobody else. */
static void test_signal_of_end(void)
{
    struct sigaction now;
    struct isolate *c = start(leave_grandchild_and_exit);
    check_event(c, 5, "exited", "a child ends");
    isolate_end(c);
    check(sigaction(SIGCHLD, NULL, &now) == 0 && now.sa_handler == SIG_DFL,
          "the signal of its end is as it was", "it is not");
}

/* The child of a driver that was killed dies too. */
static void test_parent_dies(void)
{
    note->pid = 0;
    pid_t driver = fork();
    if (driver == 0) {
        struct isolate_limits limits = {.memory = 256 * MIB};
        isolate_await(isolate_start(loop, note, limits), 60);
        _exit(0);
    }
    for (int i = 0; i < 500 && !note->pid; i++)
        usleep(10000);
    kill(driver, SIGKILL);
    waitpid(driver, NULL, 0);
    check(note->pid && is_gone(note->pid), "a child dies with its driver",
          "pid %d", (int)note->pid);
}

/* ---- The user's signals ------------------------------------------------ */

static void interrupt_parent(void *arg)
{
    (void)arg;
    kill(getppid(), SIGTERM);
    spin();
}

static void test_interrupt(void)
{
    check_int(interrupt_signal(), 0, "nobody interrupted");
    interrupt_catch();
    struct isolate *c = start(interrupt_parent);
    check_event(c, 20, "interrupted", "the user's signal ends the wait");
    check_int(interrupt_signal(), SIGTERM, "and is told");
    isolate_end(c);
}

/* ---- Processors -------------------------------------------------------- */

/* The parent sets it while we run already: give it a second. */
static void tell_processor(void *arg)
{
    cpu_set_t mine;
    for (int i = 0; i < 1000; i++) {
        sched_getaffinity(0, sizeof mine, &mine);
        if (CPU_COUNT(&mine) == 1)
            break;
        usleep(1000);
    }
    /* not sched_getcpu(): it may be on its way still */
    int processor = 0;
    while (CPU_COUNT(&mine) == 1 && !CPU_ISSET(processor, &mine))
        processor++;
    *(int *)arg = CPU_COUNT(&mine) == 1 ? processor : -1;
    isolate_step_done();
}

static int processor_of(unsigned n)
{
    struct isolate_limits limits = {.memory = 256 * MIB, .processor = n};
    volatile int *told = isolate_shared(sizeof *told);
    *told = -2;
    struct isolate *c = isolate_start(tell_processor, (void *)told, limits);
    for (int ms = 0; *told == -2 && ms < 10000; ms++)
        usleep(1000); /* isolate_await knows that we were interrupted */
    int processor = *told;
    isolate_end(c);
    isolate_unshare((void *)told, sizeof *told);
    return processor;
}

static void test_processors(void)
{
    cpu_set_t ours;
    sched_getaffinity(0, sizeof ours, &ours);
    unsigned count = (unsigned)CPU_COUNT(&ours);
    int first = processor_of(1);
    check(first >= 0, "a child stays on one processor", "on any");
    check_int(processor_of(count + 1), first, "they are counted round");
    if (count > 1)
        check(processor_of(2) != first, "the next one is another", "%d", first);
}

int main(void)
{
    prctl(PR_SET_CHILD_SUBREAPER, 1); /* or orphans may stay as zombies */
    note = isolate_shared(sizeof *note);
    test_steps();
    test_closed_descriptors();
    test_cpu_time();
    test_exits();
    test_signals();
    test_stack();
    test_timeout();
    test_asleep();
    test_memory();
    test_output();
    test_descriptors();
    test_buffers();
    test_descendants();
    test_parent_dies();
    test_end_at_once();
    test_signal_of_end();
    test_interrupt();
    test_processors();
    isolate_unshare(note, sizeof *note);
    return check_done();
}
