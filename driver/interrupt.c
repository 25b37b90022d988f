/*
 * interrupt.c - the user wants the driver to stop
 */
#define _GNU_SOURCE
#include "driver/interrupt.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/wait.h>
#include <time.h>

#include "driver/clock.h"

/* How often a waiting parent looks. */
#define LOOK_EVERY_NS 2000000

static volatile sig_atomic_t interrupted;

static void on_interrupt(int signo)
{
    interrupted = signo;
}

/* Without SA_RESTART: a wait ends at once. */
void interrupt_catch(void)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = on_interrupt}, old;
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        if (sigaction(signals[i], NULL, &old) == 0 &&
            old.sa_handler != SIG_IGN) /* nohup, or a shell's background */
            sigaction(signals[i], &action, NULL);
}

int interrupt_signal(void)
{
    return interrupted;
}

int interrupt_await(pid_t pid, uint64_t deadline, bool *late)
{
    const struct timespec pause = {.tv_nsec = LOOK_EVERY_NS};
    int status = -1;
    pid_t ended;
    *late = false;
    while ((ended = waitpid(pid, &status, WNOHANG)) == 0 ||
           (ended < 0 && errno == EINTR)) {
        *late = clock_wall_ns() > deadline;
        if (*late || interrupt_signal())
            kill(-pid, SIGKILL);
        nanosleep(&pause, NULL);
    }
    return status;
}
