/*
 * isolate.c - one child process, held at arm's length
 */
#define _GNU_SOURCE
#include "driver/isolate.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include "config.h"
#include "driver/books.h"
#include "driver/clock.h"
#include "driver/confine.h"
#include "driver/interrupt.h"

/* How often a waiting parent looks at the child's time and memory.  A child
 * that fills memory at 2 GB/s overshoots its limit by 20 MB. */
#define LOOK_EVERY_NS 10000000

/* Who had a processor for a fiftieth of the time is not asleep, but on a busy
 * machine; and is waited for up to ten times as long. */
#define BUSY_PART  50
#define BUSY_SLACK 9

/* How often, and how far apart, is looked whether a child sleeps: where others
 * want its processor it comes to that some 10 ms later. */
#define SETTLE_LOOKS   500
#define SETTLE_WAIT_NS 50000

/* The memory that parent and child talk through: counters of steps done and of
 * leaves to go on.  No semaphores: glibc's abort the process that waits for
 * one that was scribbled on. */
struct wire {
    uint32_t done, go;
    volatile struct isolate_death death;
};

struct isolate {
    pid_t pid; /* 0 once it was reaped */
    struct wire *wire;
    int output; /* an unlinked file in memory */
    size_t rss_limit;
    size_t (*held)(void);
    uint64_t held_limit;
    uint32_t steps; /* wire->done as it was last seen */
    struct isolate_death death;
};

static struct wire *child_wire;

/* ---- Shared memory ----------------------------------------------------- */

void *isolate_shared(size_t bytes)
{
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                   MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return p == MAP_FAILED ? NULL : p;
}

void isolate_withhold(void *p, size_t bytes)
{
    madvise(p, bytes, MADV_DONTFORK);
}

void isolate_unshare(void *p, size_t bytes)
{
    if (p)
        munmap(p, bytes);
}

/* ---- Waiting ----------------------------------------------------------- */

static void counter_raise(uint32_t *counter)
{
    __atomic_add_fetch(counter, 1, __ATOMIC_SEQ_CST);
    syscall(SYS_futex, counter, FUTEX_WAKE, 1, NULL, NULL, 0);
}

/* Sleep until *counter is no longer `seen`, for at most `most` if it is not
 * NULL.  Wakes early for signals. */
static void counter_wait(uint32_t *counter, uint32_t seen,
                         const struct timespec *most)
{
    syscall(SYS_futex, counter, FUTEX_WAIT, seen, most, NULL, 0);
}

static uint32_t counter_read(const uint32_t *counter)
{
    return __atomic_load_n(counter, __ATOMIC_SEQ_CST);
}

/* ---- In the child ------------------------------------------------------ */

static uintptr_t stack_pointer(const ucontext_t *context)
{
#if defined __x86_64__
    return (uintptr_t)context->uc_mcontext.gregs[REG_RSP];
#elif defined __aarch64__
    return (uintptr_t)context->uc_mcontext.sp;
#else
    (void)context;
    return 0;
#endif
}

/* Leave word of what happened; then the default action ends the process. */
static void on_fatal_signal(int signo, siginfo_t *info, void *context)
{
    volatile struct isolate_death *d = &child_wire->death;
    d->signal = signo;
    d->code = info->si_code;
    d->address = (uintptr_t)info->si_addr;
    d->call = signo == SIGSYS ? info->si_syscall : 0;
    d->stack = stack_pointer(context);
    d->seen = true;
    signal(signo, SIG_DFL);
    raise(signo);
}

/* What the driver does about the user's signals is none of the child's. */
static void set_signals(void)
{
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    signal(SIGHUP, SIG_DFL);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGXFSZ, SIG_IGN);
}

static void catch_fatal_signals(void)
{
    static const int fatal[] = {SIGSEGV, SIGBUS,  SIGFPE,
                                SIGILL,  SIGABRT, SIGSYS};
    static char room[16 << 10]; /* a stack for when the stack is used up */
    sigaltstack(&(stack_t){.ss_sp = room, .ss_size = sizeof room}, NULL);
    struct sigaction action = {.sa_sigaction = on_fatal_signal,
                               .sa_flags = SA_SIGINFO | SA_ONSTACK};
    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++)
        sigaction(fatal[i], &action, NULL);
}

/* 0 is empty, 1 and 2 are the kept output, and there are no others. */
static void redirect(int output)
{
    int empty = open("/dev/null", O_RDONLY);
    dup2(empty, 0);
    dup2(output, 1);
    dup2(output, 2);
    closefrom(3);
    /* A buffer of its own, or the first line printed would take memory that
     * counts as the allocator's. */
    static char buffer[BUFSIZ];
    setvbuf(stdout, buffer, _IOLBF, sizeof buffer);
}

__attribute__((noreturn)) static void be_child(struct isolate *c, pid_t parent,
                                               void (*body)(void *), void *arg)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(0);
    setsid();
    child_wire = c->wire;
    child_wire->death.stack_base = (uintptr_t)__builtin_frame_address(0);
    confine_limits();
    redirect(c->output);
    set_signals();
    catch_fatal_signals();
    body(arg);
    _exit(0);
}

/* Of isolate_here. */
static struct {
    unsigned steps;
    void (*end)(void *arg);
    void *arg;
} here;

void isolate_here(void (*body)(void *arg), void *arg, unsigned steps,
                  void (*end)(void *arg))
{
    here.steps = steps;
    here.end = end;
    here.arg = arg;
    set_signals();
    body(arg);
}

void isolate_step_done(void)
{
    if (!child_wire) {
        if (--here.steps == 0)
            here.end(here.arg);
        return;
    }
    uint32_t seen = counter_read(&child_wire->go);
    fflush(stdout);
    counter_raise(&child_wire->done);
    while (counter_read(&child_wire->go) == seen)
        counter_wait(&child_wire->go, seen, NULL);
}

/* ---- In the parent ----------------------------------------------------- */

uint64_t isolate_allowance(struct isolate_limits limits)
{
    uint64_t machine = (uint64_t)sysconf(_SC_PHYS_PAGES) *
                       (uint64_t)sysconf(_SC_PAGESIZE) / 4 * 3;
    return machine < limits.memory ? machine : limits.memory;
}

static void forget(struct isolate *c)
{
    if (c->wire)
        munmap(c->wire, sizeof *c->wire);
    if (c->output >= 0)
        close(c->output);
    free(c);
}

static struct isolate *prepare(void)
{
    struct isolate *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    c->wire = isolate_shared(sizeof *c->wire);
    c->output = memfd_create("output", MFD_CLOEXEC);
    if (!c->wire || c->output < 0) {
        forget(c);
        return NULL;
    }
    return c;
}

/* Where it cannot be kept on one processor, it runs on any. */
static void keep_on_processor(pid_t pid, unsigned n)
{
    cpu_set_t ours, one;
    if (n == 0 || sched_getaffinity(0, sizeof ours, &ours) != 0)
        return;
    n = (n - 1) % (unsigned)CPU_COUNT(&ours) + 1;
    int processor = -1;
    while (n > 0)
        n -= CPU_ISSET(++processor, &ours) != 0;
    CPU_ZERO(&one);
    CPU_SET(processor, &one);
    (void)sched_setaffinity(pid, sizeof one, &one);
}

struct isolate *isolate_start(void (*body)(void *arg), void *arg,
                              struct isolate_limits limits)
{
    struct isolate *c = prepare();
    if (!c)
        return NULL;
    pid_t parent = getpid();
    fflush(NULL); /* or the child would print our buffers once more */
    c->pid = fork();
    if (c->pid < 0) {
        int why = errno;
        c->pid = 0;
        forget(c);
        errno = why;
        return NULL;
    }
    if (c->pid == 0)
        be_child(c, parent, body, arg);
    isolate_withhold(c->wire, sizeof *c->wire);
    keep_on_processor(c->pid, limits.processor);
    c->rss_limit = books_about_resident(c->pid) + isolate_allowance(limits);
    c->held = limits.held;
    c->held_limit = isolate_allowance(limits);
    return c;
}

static void reap(struct isolate *c)
{
    if (!c->pid)
        return;
    kill(-c->pid, SIGKILL);
    kill(c->pid, SIGKILL);
    int status;
    while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
        ;
    c->pid = 0;
}

/* Collect a child that ended by itself; false while it runs. */
static bool ended(struct isolate *c, enum isolate_event *event)
{
    siginfo_t info = {0};
    if (waitid(P_PID, (id_t)c->pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
        info.si_pid == 0)
        return false;
    volatile struct isolate_death *told = &c->wire->death;
    c->death = (struct isolate_death){
        .seen = told->seen != 0,
        .code = told->code,
        .address = told->address,
        .call = told->call,
        .stack = told->stack,
        .stack_base = told->stack_base,
    };
    bool by_exit = info.si_code == CLD_EXITED;
    *event = by_exit ? ISOLATE_EXITED : ISOLATE_SIGNALED;
    *(by_exit ? &c->death.status : &c->death.signal) = info.si_status;
    c->death.seen &= told->signal == c->death.signal;
    reap(c);
    return true;
}

/* One wait of LOOK_EVERY_NS for the child's report. */
static bool step_came(struct isolate *c)
{
    const struct timespec most = {.tv_nsec = LOOK_EVERY_NS};
    if (counter_read(&c->wire->done) == c->steps)
        counter_wait(&c->wire->done, c->steps, &most);
    uint32_t now = counter_read(&c->wire->done);
    bool came = now != c->steps;
    c->steps = now;
    return came;
}

static void on_child(int signo)
{
    (void)signo;
}

/* While the child is awaited its end interrupts the wait: 1 ms instead of 11
 * for a run that crashes at once.  Where it comes just before the wait, the
 * next look finds it. */
static void heed_children(bool yes)
{
    struct sigaction action = {.sa_handler = yes ? on_child : SIG_DFL,
                               .sa_flags = SA_NOCLDSTOP};
    sigaction(SIGCHLD, &action, NULL);
}

struct deadline {
    uint64_t cpu, wall; /* on the clocks of the child and the wall */
    uint64_t cpu_began, wall_began;
};

/* It has taken as long as it may on the wall.  Where it had a processor for a
 * part of that, the machine is busy and it is not asleep; but there is an end
 * to that, too. */
static bool is_asleep(const struct isolate *c, struct deadline d)
{
    uint64_t now = clock_wall_ns();
    uint64_t worked = isolate_cpu_ns(c) - d.cpu_began;
    uint64_t most = d.wall - d.wall_began;
    return now > d.wall && (worked < (now - d.wall_began) / BUSY_PART ||
                            now > d.wall + BUSY_SLACK * most);
}

/* What it unmaps is not its own any more, and not given back either. */
static bool takes_too_much(const struct isolate *c)
{
    return books_about_resident(c->pid) > c->rss_limit ||
           (c->held && c->held() > c->held_limit);
}

static bool must_end(const struct isolate *c, struct deadline d,
                     enum isolate_event *event)
{
    if (interrupt_signal())
        *event = ISOLATE_INTERRUPTED;
    else if (isolate_cpu_ns(c) > d.cpu)
        *event = ISOLATE_TIMEOUT;
    else if (is_asleep(c, d))
        *event = ISOLATE_ASLEEP;
    else if (takes_too_much(c))
        *event = ISOLATE_MEMORY;
    else
        return false;
    return true;
}

static enum isolate_event await_until(struct isolate *c, struct deadline d)
{
    enum isolate_event event;
    while (!step_came(c)) {
        if (ended(c, &event))
            return event;
        if (must_end(c, d, &event)) {
            reap(c);
            return event;
        }
    }
    return ISOLATE_STEP;
}

enum isolate_event isolate_await(struct isolate *c, double seconds)
{
    uint64_t ns = (uint64_t)(seconds * 1e9);
    struct deadline d = {.cpu_began = isolate_cpu_ns(c),
                         .wall_began = clock_wall_ns()};
    d.cpu = d.cpu_began + ns;
    d.wall = d.wall_began + TIME_SLACK * ns;
    heed_children(true);
    enum isolate_event event = await_until(c, d);
    heed_children(false);
    return event;
}

void isolate_resume(struct isolate *c)
{
    counter_raise(&c->wire->go);
}

void isolate_settle(const struct isolate *c)
{
    const struct timespec wait = {.tv_nsec = SETTLE_WAIT_NS};
    for (int i = 0; i < SETTLE_LOOKS && !books_is_asleep(c->pid); i++)
        nanosleep(&wait, NULL);
}

uint64_t isolate_cpu_ns(const struct isolate *c)
{
    return clock_process_ns(c->pid);
}

pid_t isolate_pid(const struct isolate *c)
{
    return c->pid;
}

struct isolate_death isolate_death(const struct isolate *c)
{
    return c->death;
}

bool isolate_is_crash(int signal)
{
    return signal == SIGSEGV || signal == SIGBUS || signal == SIGFPE ||
           signal == SIGILL || signal == SIGABRT || signal == SIGTRAP ||
           signal == SIGSYS;
}

char *isolate_output(struct isolate *c)
{
    char *text = calloc(1, OUTPUT_LIMIT + 1);
    if (!text)
        return NULL;
    ssize_t n = pread(c->output, text, OUTPUT_LIMIT, 0);
    if (n <= 0) {
        free(text);
        return NULL;
    }
    for (char *p = text; p < text + n; p++)
        if (*p != '\n' && *p != '\t' && !isprint((unsigned char)*p))
            *p = '?';
    return text;
}

void isolate_end(struct isolate *c)
{
    if (!c)
        return;
    reap(c);
    forget(c);
}
