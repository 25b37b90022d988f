/*
 * interrupt.c - the user wants the driver to stop
 */
#define _GNU_SOURCE
#include "driver/interrupt.h"

#include <signal.h>
#include <stddef.h>

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
