/*
 * debugger_test.c - --break-at, under a debugger of twenty lines
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/check.h"

#define TRACE "build/tests/debugger_test.rep"

static int output; /* of the driver, both streams */

/* The driver as the debugger starts it, stopped at its first instruction. */
static pid_t start(const char *line)
{
    char *const argv[] = {
        (char *)"./mdriver", (char *)"-f",         (char *)TRACE, (char *)"-m",
        (char *)"mm",        (char *)"--break-at", (char *)line,  NULL};
    output = memfd_create("output", 0);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(output, 1);
        dup2(output, 2);
        ptrace(PTRACE_TRACEME, 0, NULL, NULL);
        /* LeakSanitizer is itself a debugger, and there can be but one. */
        setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
        execv(argv[0], argv);
        _exit(127);
    }
    waitpid(pid, NULL, 0);
    return pid;
}

/* Let it run; the signal that it stops at next, or -1 with its exit status. */
static int go_on(pid_t pid, int *status)
{
    int signo = 0;
    for (;;) {
        ptrace(PTRACE_CONT, pid, NULL, (void *)(intptr_t)signo);
        if (waitpid(pid, status, 0) < 0 || !WIFSTOPPED(*status))
            break;
        signo = WSTOPSIG(*status);
        if (signo == SIGTRAP)
            return signo;
    }
    *status = WIFEXITED(*status) ? WEXITSTATUS(*status) : -1;
    return -1;
}

static void check_silence(const char *name)
{
    char said[512] = "";
    ssize_t n = pread(output, said, sizeof said - 1, 0);
    said[n < 0 ? 0 : n] = '\0';
    check_str(said, "", name);
    close(output);
}

int main(void)
{
    int status;
    FILE *f = fopen(TRACE, "w");
    if (!f)
        return 1;
    fputs("200\n1\n2\n1\na 0 64\nf 0\n", f);
    fclose(f);

    pid_t pid = start("6");
    check_int(go_on(pid, &status), SIGTRAP, "it traps before the request");
    check_int(go_on(pid, &status), -1, "once");
    check_int(status, 0, "and goes on to the end");
    check_silence("it prints nothing");

    pid = start("7");
    check_int(go_on(pid, &status), -1, "no trap where there is no request");
    check_int(status, 2, "that is an error");
    close(output);
    return check_done();
}
