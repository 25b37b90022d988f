/*
 * dump.c - linked into the programs that `make coverage` builds
 *
 * gcov keeps what it counted until exit(), and the driver's children end
 * otherwise: they die of a signal, call _exit, or the parent kills them.  By
 * the linker's --wrap, and without a line in the sources, they leave their
 * counts before; a child that is to be killed is asked to by a signal.
 *
 * A child that is confined could not write them: filters are made as ever, but
 * the kernel is not told of them.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <gcov.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

void __real__exit(int status) __attribute__((noreturn));
void __wrap__exit(int status) __attribute__((noreturn));
int __real_raise(int signo);
int __wrap_raise(int signo);
int __real_kill(pid_t pid, int signo);
int __wrap_kill(pid_t pid, int signo);
int __real_prctl(int option, ...);
int __wrap_prctl(int option, ...);

/* gcov does not do without memory; see tests/data/no_memory.c. */
static void have_memory(void)
{
    void (*no_more)(void);
    *(void **)&no_more = dlsym(RTLD_DEFAULT, "no_memory_no_more");
    if (no_more)
        no_more();
}

static void leave_counts(void)
{
    have_memory();
    __gcov_dump();
    __gcov_reset();
}

void __wrap__exit(int status)
{
    leave_counts();
    __real__exit(status);
}

int __wrap_raise(int signo)
{
    leave_counts();
    return __real_raise(signo);
}

static void on_request(int signo)
{
    (void)signo;
    __wrap__exit(0);
}

__attribute__((constructor)) static void await_request(void)
{
    atexit(have_memory);
    sigaction(
        SIGUSR2,
        &(struct sigaction){.sa_handler = on_request, .sa_flags = SA_ONSTACK},
        NULL);
}

/* It may hold a lock that it needs to end: so 2 s, and no longer. */
static void await_end(pid_t pid)
{
    for (int i = 0; i < 2000; i++) {
        siginfo_t info = {0};
        if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
            info.si_pid != 0)
            return;
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
}

int __wrap_kill(pid_t pid, int signo)
{
    if (signo == SIGKILL && pid < -1 && __real_kill(-pid, SIGUSR2) == 0)
        await_end(-pid);
    return __real_kill(pid, signo);
}

int __wrap_prctl(int option, ...)
{
    unsigned long given[4];
    va_list args;
    if (option == PR_SET_SECCOMP)
        return 0;
    va_start(args, option);
    for (int i = 0; i < 4; i++)
        given[i] = va_arg(args, unsigned long);
    va_end(args);
    return __real_prctl(option, given[0], given[1], given[2], given[3]);
}
