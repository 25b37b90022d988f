/*
 * interrupt.h - the user wants the driver to stop
 *
 * The handler remembers the signal and does nothing else: whoever waits looks
 * here, ends what is under way and leaves in good order.
 */
#ifndef INTERRUPT_H
#define INTERRUPT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* interrupt_catch - from now on SIGINT, SIGTERM and SIGHUP are remembered
 *     instead of ending the driver; one that whoever started us ignores stays
 *     ignored. */
void interrupt_catch(void);

/* interrupt_signal - the last signal that came, 0 for none. */
int interrupt_signal(void);

/*
 * interrupt_await - wait for the end of a child that leads a group of its own,
 *     or, after an interrupt or a deadline (of clock_wall_ns; UINT64_MAX:
 *     none), end the group.  Its status, as waitpid tells; -1 if there is no
 *     such child.  *late: the deadline had passed.
 */
int interrupt_await(pid_t pid, uint64_t deadline, bool *late);

#endif
