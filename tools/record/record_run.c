/*
 * record_run.c - run a program with the recorder inside
 *
 * The program gets rep's streams, signals and environment, in which the
 * recorder comes first among what is loaded before libc.
 */
#define _GNU_SOURCE
#include "tools/record/record_run.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/rep.h"

/* ---- The environment --------------------------------------------------- */

/* find_recorder - the path of the shared object, beside rep or installed. */
static bool find_recorder(char *path, size_t size)
{
    static const char *const places[] = {"build/record.so", "record.so",
                                         "../lib/mdriver/record.so"};
    char self[4000];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    self[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(self, '/');
    if (slash)
        slash[1] = '\0';
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        snprintf(path, size, "%s%s", self, places[i]);
        if (access(path, R_OK) == 0)
            return true;
    }
    rep_fail("expected %s%s, found none (make builds it)", self, places[0]);
    return false;
}

static bool is_split(const char *path)
{
    return strpbrk(path, " :") != NULL;
}

/* rename_recorder - the loader splits paths at blanks and colons.  Children
 *     find no descriptor of ours, but a link in the directory. */
static bool rename_recorder(char *path, size_t size,
                            const struct record_logs *logs)
{
    if (!logs->directory) {
        if (is_split(path))
            snprintf(path, size, RECORD_BY_FD "%d", open(path, O_RDONLY));
        return true;
    }
    if (!is_split(path))
        return true;
    char link[4096];
    snprintf(link, sizeof link, "%s/" RECORD_LINK, logs->directory);
    if (is_split(link)) {
        rep_fail("%s: expected a path without blanks and colons, as that of "
                 "the recorder has some",
                 logs->directory);
        return false;
    }
    if (symlink(path, link) != 0) {
        rep_fail("%s: %s", link, strerror(errno));
        return false;
    }
    snprintf(path, size, "%s", link);
    return true;
}

static bool set_variable(const char *name, const char *value)
{
    bool good = setenv(name, value, 1) == 0;
    if (!good)
        rep_fail("%s: %s", name, strerror(errno));
    return good;
}

/* set_preload - the recorder before all others. */
static bool set_preload(const char *recorder)
{
    char preload[16384];
    const char *others = getenv("LD_PRELOAD");
    bool more = others && *others;
    if (snprintf(preload, sizeof preload, "%s%s%s", recorder, more ? ":" : "",
                 more ? others : "") >= (int)sizeof preload) {
        rep_fail("LD_PRELOAD: expected fewer than 12000 bytes");
        return false;
    }
    return set_variable("LD_PRELOAD", preload);
}

static bool set_environment(const struct record_logs *logs)
{
    char recorder[4096], number[16];
    if (!find_recorder(recorder, sizeof recorder) ||
        !rename_recorder(recorder, sizeof recorder, logs) ||
        !set_preload(recorder))
        return false;
    snprintf(number, sizeof number, "%d", logs->fd);
    return set_variable(RECORD_VARIABLE,
                        logs->directory ? logs->directory : number);
}

/* ---- Signals ----------------------------------------------------------- */

static volatile sig_atomic_t program; /* 0: not running */

static void pass_on(int signo)
{
    if (program)
        kill((pid_t)program, signo);
}

/* What rep does with signals meanwhile; one that whoever started it ignores is
 * ignored by all. */
static struct guarded {
    int signo;
    void (*handler)(int);
    struct sigaction before;
} guarded[] = {
    {.signo = SIGINT, .handler = SIG_IGN},
    {.signo = SIGQUIT, .handler = SIG_IGN},
    {.signo = SIGTERM, .handler = pass_on},
    {.signo = SIGHUP, .handler = pass_on},
};

#define GUARDED (sizeof guarded / sizeof guarded[0])

static sigset_t before; /* the mask */

/* Those that are to be passed on wait until there is somebody to get them. */
void record_run_guard(void)
{
    sigset_t later;
    sigemptyset(&later);
    sigaddset(&later, SIGTERM);
    sigaddset(&later, SIGHUP);
    sigprocmask(SIG_BLOCK, &later, &before);
    for (size_t i = 0; i < GUARDED; i++) {
        struct sigaction action = {.sa_handler = guarded[i].handler};
        sigaction(guarded[i].signo, NULL, &guarded[i].before);
        if (guarded[i].before.sa_handler != SIG_IGN)
            sigaction(guarded[i].signo, &action, NULL);
    }
}

void record_run_unguard(void)
{
    for (size_t i = 0; i < GUARDED; i++)
        sigaction(guarded[i].signo, &guarded[i].before, NULL);
    sigprocmask(SIG_SETMASK, &before, NULL);
}

/* ---- The program ------------------------------------------------------- */

/* set_attributes - signals in the program are as they were in rep. */
static void set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t defaults;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGXFSZ);
    for (size_t i = 0; i < GUARDED; i++)
        if (guarded[i].before.sa_handler != SIG_IGN)
            sigaddset(&defaults, guarded[i].signo);
    posix_spawnattr_setsigdefault(attributes, &defaults);
    posix_spawnattr_setsigmask(attributes, &before);
    posix_spawnattr_setflags(attributes,
                             POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
}

static bool spawn(char **argv, pid_t *pid)
{
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    set_attributes(&attributes);
    int error = posix_spawnp(pid, argv[0], NULL, &attributes, argv, environ);
    posix_spawnattr_destroy(&attributes);
    if (error)
        rep_fail("%s: %s", argv[0], strerror(error));
    return error == 0;
}

bool record_run(char **argv, const struct record_logs *logs, pid_t *pid,
                int *status)
{
    if (!set_environment(logs) || !spawn(argv, pid))
        return false;
    program = *pid;
    sigprocmask(SIG_SETMASK, &before, NULL);
    while (waitpid(*pid, status, 0) < 0)
        if (errno != EINTR)
            break;
    program = 0;
    return true;
}
