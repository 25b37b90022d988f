/*
 * confine_test.c - driver/confine.c and driver/isolate.c under another's filter
 * of system calls, as containers have them
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "driver/confine.h"
#include "driver/isolate.h"
#include "tests/check.h"

/* From here on this call fails with this error where its first argument is
 * `first`. */
static bool refuse(unsigned number, unsigned first, unsigned error)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                 offsetof(struct seccomp_data, args[0])),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, first, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof code / sizeof *code, code};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/* What a process of its own returns: a filter cannot be taken off. */
static int status_of(int (*body)(void))
{
    int status = -1;
    pid_t pid = fork();
    if (pid == 0)
        _exit(body());
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int state_without_prctl(void)
{
    return refuse(SYS_prctl, PR_SET_SECCOMP, EINVAL) ? (int)confine_state()
                                                     : -1;
}

static int state_without_seccomp(void)
{
    return refuse(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, EINVAL)
               ? (int)confine_state()
               : -1;
}

/* 1 where a descriptor is left. */
static void count_open(void *arg)
{
    const int *fd = arg;
    _exit(fcntl(*fd, F_GETFD) >= 0);
}

static int open_without_close_range(void)
{
    struct isolate_limits limits = {.memory = 1 << 30};
    int fd = dup(0);
    if (fd < 3 || !refuse(SYS_close_range, 3, EPERM))
        return -1;
    struct isolate *c = isolate_start(count_open, &fd, limits);
    isolate_await(c, 5);
    int status = isolate_death(c).status;
    isolate_end(c);
    return status;
}

int main(void)
{
    if (confine_state() == CONFINE_FILTERED) {
        check_int(status_of(state_without_prctl), CONFINE_MISSING,
                  "a container may refuse filters by prctl");
        check_int(status_of(state_without_seccomp), CONFINE_MISSING,
                  "or not know seccomp");
        check_int(status_of(open_without_close_range), 0,
                  "descriptors are closed without close_range");
    } else {
        check_int(confine_has_tool(), 1, "only a tool is left unconfined");
    }
    return check_done();
}
